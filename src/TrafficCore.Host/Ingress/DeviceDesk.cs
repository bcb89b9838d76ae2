using TrafficCore.Log;
using TrafficCore.Pipeline.Ingest;

namespace TrafficCore.Host.Ingress;

/// <summary>Knows or learns devices. Safe from any thread.</summary>
internal sealed class DeviceDesk(DeviceRegistry registry, IInputLog log, ServiceClock clock, IngressOptions options, ILogger logger)
{
    private readonly bool _open = options.Open;
    private readonly int _maxLearned = options.MaxLearned;
    private int _fullLogged;

    public DeviceRegistry Registry => registry;

    public bool IsOpen => _open;

    /// <summary>Finds a device, learning it when that is allowed. False when the log has no room for its record: try again later.</summary>
    /// <param name="id">The device.</param>
    /// <param name="cached">What an earlier call found, or null.</param>
    /// <param name="flags">What a device to learn would be.</param>
    /// <param name="verdict">The device, or why not.</param>
    public bool TryResolve(in DeviceIdView id, DeviceEntry? cached, DeviceFlags flags, out IngressScratch.Verdict verdict)
    {
        DeviceEntry? device = cached ?? registry.Find(id.Kind, id.Intersection, id.Device);
        verdict = new IngressScratch.Verdict { Device = device };
        if (device is not null && IsKnown(device))
        {
            return true;
        }

        verdict.Device = null;
        verdict.Reason = _open ? RejectionReason.NetworkFull : RejectionReason.UnknownDevice;
        if (!_open || registry.LearntCount >= _maxLearned)
        {
            WarnFull();
            return true;
        }

        switch (registry.Learn(log, clock, id, flags, _maxLearned, out device))
        {
            case LearnResult.Learnt:
                verdict = new IngressScratch.Verdict { Device = device };
                return true;
            case LearnResult.NetworkFull:
                WarnFull();
                return true;
            default:
                return false;
        }
    }

    /// <summary>The device if it may send, else null; never learns. For what is refused anyway.</summary>
    public DeviceEntry? FindKnown(in DeviceIdView id)
    {
        DeviceEntry? device = registry.Find(id.Kind, id.Intersection, id.Device);
        return device is not null && IsKnown(device) ? device : null;
    }

    private bool IsKnown(DeviceEntry device) => device.Named || (_open && device.Learnt);

    private void WarnFull()
    {
        if (_open && Interlocked.Exchange(ref _fullLogged, 1) == 0)
        {
            IngressLog.NetworkFull(logger, registry.LearntCount);
        }
    }
}
