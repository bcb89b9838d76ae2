using System.Text;
using TrafficCore.Log;
using TrafficCore.Pipeline.Ingest;

namespace TrafficCore.Host.Ingress;

/// <summary>Knows or learns devices. Safe from any thread.</summary>
internal sealed class DeviceDesk(DeviceRegistry registry, IInputLog log, ServiceClock clock, IngressOptions options, ILogger logger)
{
    private readonly bool _open = options.Open;
    private readonly LearningBounds _bounds = new(options.MaxLearned, options.MaxLearnedPerIntersection);
    private int _fullLogged;
    private int _intersectionFullLogged;

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

        if (!_open)
        {
            verdict = new IngressScratch.Verdict { Reason = RejectionReason.UnknownDevice };
            return true;
        }

        var result = CheckBounds(id);
        if (result == LearnResult.Learnt)
        {
            result = registry.Learn(log, clock, id, flags, _bounds, out device);
        }

        verdict = result switch
        {
            LearnResult.Learnt => new IngressScratch.Verdict { Device = device },
            LearnResult.IntersectionFull => new IngressScratch.Verdict { Reason = RejectionReason.IntersectionFull },
            _ => new IngressScratch.Verdict { Reason = RejectionReason.NetworkFull },
        };
        WarnFull(result, id);
        return result != LearnResult.LogFull;
    }

    /// <summary>The device if it may send, else null; never learns. For what is refused anyway.</summary>
    public DeviceEntry? FindKnown(in DeviceIdView id)
    {
        DeviceEntry? device = registry.Find(id.Kind, id.Intersection, id.Device);
        return device is not null && IsKnown(device) ? device : null;
    }

    private bool IsKnown(DeviceEntry device) => device.Named || (_open && device.Learnt);

    /// <summary>Without the registry's lock: a device that is refused sends on, and each of its messages would take it.</summary>
    private LearnResult CheckBounds(in DeviceIdView id) =>
        registry.LearntCount >= _bounds.InAll ? LearnResult.NetworkFull
        : (registry.FindIntersection(id.Intersection)?.LearntHere ?? 0) >= _bounds.OfOneIntersection ? LearnResult.IntersectionFull
        : LearnResult.Learnt;

    private void WarnFull(LearnResult result, in DeviceIdView id)
    {
        if (result == LearnResult.NetworkFull && Interlocked.Exchange(ref _fullLogged, 1) == 0)
        {
            IngressLog.NetworkFull(logger, registry.LearntCount);
        }
        else if (result == LearnResult.IntersectionFull && Interlocked.Exchange(ref _intersectionFullLogged, 1) == 0)
        {
            IngressLog.IntersectionFull(logger, Encoding.ASCII.GetString(id.Intersection), _bounds.OfOneIntersection);
        }
    }
}
