using System.Buffers;
using TrafficCore.Simulators.City.Faults;
using TrafficCore.Simulators.City.Layout;
using TrafficCore.Simulators.City.Sending;
using TrafficCore.Simulators.City.Signals;

namespace TrafficCore.Simulators.City.Devices;

/// <summary>Controllers that send events: what each logged in a batch's time goes out as one numbered message.</summary>
/// <remarks>Ownership: the engine. Times are model time unless they say Unix.</remarks>
internal sealed class ControllerReports
{
    /// <summary>A controller in which nothing happens still says that it is there, well within the minute for which an event proves a stream alive.</summary>
    private const long LongestSilence = 30_000;

    private readonly CityClock _clock;
    private readonly long _batch;
    private readonly ControllerSender[] _senders;
    private readonly ArrayBufferWriter<byte> _text = new(4096);
    private ControllerEvent[] _events = new ControllerEvent[256];

    public ControllerReports(CityMap map, IReadOnlyList<ControllerLog?> logs, ReportOptions options, FaultSchedule faults, CityClock clock, int seed)
    {
        _clock = clock;
        _batch = (long)options.EventBatch.TotalMilliseconds;
        var numbers = SenderNumbers.Of(map);
        _senders = [.. map.Intersections.Where(i => logs[i.Index] is not null).Select(i => new ControllerSender(
            new CityMessage(0, i.Index, numbers.Controller(i.Index), CityTopics.Events(i)),
            logs[i.Index]!,
            SenderNumbers.Moment(seed, numbers.Controller(i.Index), _batch, options.IsSpread),
            SenderFaults.OfController(faults, i.Index),
            [.. faults.Of(FaultyDevices.Controller, i.Index).Where(static f => f.Kind == FaultKind.Half)]))];
    }

    /// <summary>Told of each detector-on event: of which intersection and channel, when, and whether it is sent in good form; null: nobody asks.</summary>
    public Action<int, int, long, bool>? OnVehicle { get; set; }

    /// <summary>Forgets what happened before the run and says which pattern is on.</summary>
    public void Begin()
    {
        foreach (var sender in _senders)
        {
            sender.Log.Clear();
            sender.Log.Add(_clock.Begin, EventCode.PatternChange, 1);
        }
    }

    /// <summary>Sends the batches that end now.</summary>
    public void Send(long now, Outbox outbox)
    {
        if (!_clock.Ends(now, _batch) || now == _clock.Begin)
        {
            return;
        }

        foreach (var sender in _senders)
        {
            sender.Faults?.Release(now, _clock.UnixOffset, outbox, isEnd: false);
            Send(sender, now, outbox);
        }
    }

    /// <summary>Sends everything that is left when the run ends: a batch that has begun, and what faulty controllers keep.</summary>
    public void Finish(long now, Outbox outbox)
    {
        foreach (var sender in _senders)
        {
            if (sender.Log.Events.Count > 0)
            {
                Send(sender, now, outbox);
            }

            sender.Faults?.Release(now, _clock.UnixOffset, outbox, isEnd: true);
        }
    }

    private void Send(ControllerSender sender, long now, Outbox outbox)
    {
        var count = Collect(sender);
        if (count == 0 && now - sender.LastSent < LongestSilence)
        {
            return;
        }

        var due = now + sender.Moment;
        var number = (now + _batch - 1) / _batch;
        sender.LastSent = now;
        Tell(sender, count, due, number);
        _text.ResetWrittenCount();
        var message = sender.Message with { DueMs = _clock.Unix(due) };
        if (sender.Faults is not { } faults)
        {
            EventPayload.Write(_text, sender.Sequence++, _events.AsSpan(0, count), _clock.UnixOffset);
            outbox.Add(message, _text.WrittenSpan);
            return;
        }

        if (faults.HasRebooted(due))
        {
            sender.Sequence = 0;
        }

        EventPayload.Write(_text, sender.Sequence++, _events.AsSpan(0, count), _clock.UnixOffset + faults.ClockError(now) / ControllerLog.Tenth * ControllerLog.Tenth);
        faults.Send(due, number, message, _text.WrittenSpan, outbox);
    }

    /// <summary>Takes what was logged, in order of time and without the channels that do not report; returns how many.</summary>
    private int Collect(ControllerSender sender)
    {
        var count = 0;
        foreach (var logged in sender.Log.Events)
        {
            if (sender.Half.Length > 0 && logged.Code is EventCode.DetectorOn or EventCode.DetectorOff && IsMuted(sender.Half, logged))
            {
                continue;
            }

            if (count == _events.Length)
            {
                Array.Resize(ref _events, count * 2);
            }

            // Almost in order already; events of one instant keep the order in which they were logged.
            var at = count++;
            for (; at > 0 && _events[at - 1].At > logged.At; at--)
            {
                _events[at] = _events[at - 1];
            }

            _events[at] = logged;
        }

        sender.Log.Clear();
        return count;
    }

    private static bool IsMuted(DeviceFault[] half, ControllerEvent logged) =>
        Array.Exists(half, f => f.IsAt(logged.At) && f.Parameters.Channels.Contains(logged.Parameter));

    private void Tell(ControllerSender sender, int count, long due, long number)
    {
        if (OnVehicle is null)
        {
            return;
        }

        var isSent = sender.Faults?.IsLost(due, number) != true;
        foreach (var logged in _events.AsSpan(0, count))
        {
            if (logged.Code == EventCode.DetectorOn)
            {
                OnVehicle(sender.Message.Intersection, logged.Parameter, logged.At, isSent);
            }
        }
    }

    private sealed class ControllerSender(CityMessage message, ControllerLog log, int moment, SenderFaults? faults, DeviceFault[] half)
    {
        public CityMessage Message => message;

        public ControllerLog Log => log;

        public int Moment => moment;

        public SenderFaults? Faults => faults;

        public DeviceFault[] Half => half;

        public long Sequence { get; set; }

        public long LastSent { get; set; }
    }
}
