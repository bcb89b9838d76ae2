using TrafficCore.Simulators.City.Demand;
using TrafficCore.Simulators.City.Faults;
using TrafficCore.Simulators.City.Layout;
using TrafficCore.Simulators.City.Sending;

namespace TrafficCore.Simulators.City.Devices;

/// <summary>What goes wrong between a device's counting and the wire: clock, power, connection.</summary>
/// <remarks>Ownership: the engine. Times are model time; <c>due</c> is when the device would send.</remarks>
internal sealed class SenderFaults
{
    /// <summary>Most messages that a device keeps while it cannot send: hours of seconds, a week of minutes. A plan that asks for more is refused.</summary>
    public const int MaxBacklog = 10_000;

    private readonly DeviceFault[] _faults;
    private readonly int _seed;
    private readonly int _device;
    private readonly Queue<(CityMessage Message, byte[] Payload)> _backlog = new();
    private DeviceFault? _offline;
    private long _busyUntil = long.MinValue;
    private long _lastReboot = long.MinValue;

    private SenderFaults(FaultSchedule schedule, DeviceFault[] faults, int device) => (_seed, _faults, _device) = (schedule.Seed, faults, device);

    /// <summary>The faults of a detector that sends for itself; null when it has none. A channel that half a controller leaves out is silent.</summary>
    public static SenderFaults? OfDetector(FaultSchedule schedule, MapDetector detector) => Of(
        schedule,
        FaultyDevices.Detector,
        detector.Index,
        schedule.Of(FaultyDevices.Detector, detector.Index).Concat(
            schedule.Of(FaultyDevices.Controller, detector.Intersection)
                .Where(f => f.Kind == FaultKind.Half && f.Parameters.Channels.Contains(detector.Channel))
                .Select(static f => f with { Kind = FaultKind.Silence })));

    /// <summary>The faults of an intersection's controller; null when it has none.</summary>
    public static SenderFaults? OfController(FaultSchedule schedule, int intersection) =>
        Of(schedule, FaultyDevices.Controller, intersection, schedule.Of(FaultyDevices.Controller, intersection));

    /// <summary>What the device's clock shows too much at a moment, ms.</summary>
    public long ClockError(long at)
    {
        long error = 0;
        foreach (var fault in _faults)
        {
            if (fault.IsAt(at))
            {
                error += fault.Kind switch
                {
                    FaultKind.ClockOffset => (long)fault.Parameters.Milliseconds,
                    FaultKind.ClockDrift => (at - fault.From) * (long)fault.Parameters.MillisecondsPerHour / 3_600_000,
                    _ => 0,
                };
            }
        }

        return error;
    }

    /// <summary>Whether what is due then never arrives in good form.</summary>
    /// <param name="due">When it would be sent.</param>
    /// <param name="number">Number of the message among the device's.</param>
    public bool IsLost(long due, long number) => IsOff(due) || IsMalformed(due, number);

    /// <summary>Whether the device is off or mute.</summary>
    private bool IsOff(long due) => _faults.Find(FaultKind.Silence, due) is not null || _faults.Find(FaultKind.Reboot, due) is not null;

    /// <summary>Whether the message is broken.</summary>
    private bool IsMalformed(long due, long number) => _faults.Find(FaultKind.Malformed, due) is { } fault && IsHit(fault, number);

    /// <summary>Whether the device has been rebooted since it was last asked.</summary>
    public bool HasRebooted(long at)
    {
        foreach (var fault in _faults)
        {
            if (fault.Kind == FaultKind.Reboot && fault.Until <= at && fault.Until > _lastReboot)
            {
                _lastReboot = fault.Until;
                return true;
            }
        }

        return false;
    }

    /// <summary>Sends a message: now, twice, later, broken, when the device can send again, or not at all.</summary>
    /// <param name="due">When it is due, model time.</param>
    /// <param name="number">Number of the message among the device's.</param>
    /// <param name="message">The message.</param>
    /// <param name="payload">Its payload.</param>
    /// <param name="outbox">Takes it.</param>
    public void Send(long due, long number, CityMessage message, ReadOnlySpan<byte> payload, Outbox outbox)
    {
        if (IsOff(due))
        {
            return;
        }

        if (IsMalformed(due, number))
        {
            message = message with { IsBroken = true };
            payload = payload[..(payload.Length / 2)];
        }

        if (_faults.Find(FaultKind.Backlog, due) is { } offline)
        {
            Keep(offline, message, payload);
            return;
        }

        var delay = _faults.Find(FaultKind.Reorder, due) is { } reorder && IsHit(reorder, number) ? Milliseconds(reorder) : 0;
        delay += Queueing(due);
        outbox.Add(message with { DueMs = message.DueMs + delay }, payload);
        if (_faults.Find(FaultKind.Duplicate, due) is { } duplicate && IsHit(duplicate, number))
        {
            outbox.Add(message with { DueMs = message.DueMs + delay + Milliseconds(duplicate) }, payload);
        }
    }

    /// <summary>Sends what was kept, once the device can send again; to be called before each step, and with <paramref name="isEnd"/> at the end of the run.</summary>
    /// <param name="now">Model time.</param>
    /// <param name="unixOffset">From model time to Unix time, ms.</param>
    /// <param name="outbox">Takes it.</param>
    /// <param name="isEnd">Send it however long the fault would still last.</param>
    public void Release(long now, long unixOffset, Outbox outbox, bool isEnd)
    {
        if (_offline is not { } offline || (now < offline.Until && !isEnd))
        {
            return;
        }

        var gap = (long)(1000 / offline.Parameters.PerSecond);
        var at = now;
        foreach (var (message, payload) in _backlog)
        {
            outbox.Add(message with { DueMs = at + unixOffset }, payload);
            at += gap;
        }

        _busyUntil = offline.Parameters.LiveFirst ? long.MinValue : at;
        _backlog.Clear();
        _offline = null;
    }

    private static SenderFaults? Of(FaultSchedule schedule, FaultyDevices kind, int device, IEnumerable<DeviceFault> faults)
    {
        DeviceFault[] own = [.. faults.Where(static f => f.Kind is >= FaultKind.ClockOffset and <= FaultKind.Malformed)];
        return own.Length == 0 ? null : new SenderFaults(schedule, own, device + ((int)kind << 24));
    }

    private static long Milliseconds(DeviceFault fault) => (long)fault.Parameters.Delay.TotalMilliseconds;

    private void Keep(DeviceFault offline, in CityMessage message, ReadOnlySpan<byte> payload)
    {
        _offline = offline;
        _backlog.Enqueue((message, payload.ToArray()));
    }

    /// <summary>A device that sends its backlog in order lets new messages wait behind it.</summary>
    private long Queueing(long due)
    {
        if (_busyUntil <= due)
        {
            return 0;
        }

        // Each takes its turn a millisecond after the one before.
        return _busyUntil++ - due;
    }

    private bool IsHit(DeviceFault fault, long number)
    {
        var random = CityRandom.For(_seed, RandomUse.Faults, unchecked((_device * 31) + fault.Id));
        random = new CityRandom(random.Next() + (ulong)number);
        return random.Chance((int)(fault.Parameters.Percent * 10_000));
    }
}
