using TrafficCore.Traffic.Network;

namespace TrafficCore.Pipeline.Ingest;

/// <summary>A device with its number.</summary>
/// <remarks>
/// Ownership: identity never changes. Flags, naming and interval are written under the registry's lock and read by anyone:
/// a reader sees the value before or after a change of network, both of which were right at some instant of its request.
/// </remarks>
public sealed class DeviceEntry
{
    private volatile bool _named;
    private volatile int _defaultIntervalMs;
    private volatile DeviceFlags _flags;
    private volatile int _learntHere;

    internal DeviceEntry(uint number, DeviceName name, DeviceFlags flags, int hash)
    {
        Number = number;
        Kind = name.Kind;
        Intersection = name.Intersection;
        Device = name.Device;
        _flags = flags;
        Hash = hash;
    }

    /// <summary>Number from 1; 0 for the pseudo device of an intersection's <c>detectors</c> topic.</summary>
    public uint Number { get; }

    /// <summary>Kind of the device.</summary>
    public DeviceKind Kind { get; }

    /// <summary>Intersection id.</summary>
    public string Intersection { get; }

    /// <summary>Device id.</summary>
    public string Device { get; }

    /// <summary>How it became known.</summary>
    public DeviceFlags Flags => _flags;

    /// <summary>Learnt from what it sent.</summary>
    public bool Learnt => (_flags & DeviceFlags.Learnt) != 0;

    /// <summary>Learnt from a controller's channel.</summary>
    public bool Channel => (_flags & DeviceFlags.Channel) != 0;

    /// <summary>Named by the network file in force.</summary>
    public bool Named => _named;

    /// <summary>Interval that the network file gives its readings, ms; 0 when unknown.</summary>
    public int DefaultIntervalMs => _defaultIntervalMs;

    /// <summary>Of the pseudo device of an intersection: how many of its devices were learnt.</summary>
    public int LearntHere => _learntHere;

    /// <summary>Position behind the record that numbered it; 0 when it comes from a snapshot.</summary>
    public long LoggedEnd { get; internal set; }

    internal int Hash { get; }

    internal void CountLearntUnderLock() => _learntHere++;

    internal void SetFlagsUnderLock(DeviceFlags flags) => _flags = flags;

    internal void SetNetworkUnderLock(RoadNetwork network)
    {
        Intersection? site = network.FindIntersection(Intersection);
        Detector? detector = Kind == DeviceKind.Detector ? site?.FindDetector(Device) : null;
        _defaultIntervalMs = detector?.IntervalMs ?? 0;
        _named = site is not null && Kind switch
        {
            DeviceKind.Detector => detector is not null,
            DeviceKind.Controller => site.Controller?.Id == Device,
            DeviceKind.Board => site.Boards.Any(b => b.Id == Device),
            DeviceKind.Environment => site.Environment.Any(s => s.Id == Device),
            DeviceKind.Parking => site.Parking.Any(p => p.Id == Device),
            _ => false,
        };
    }
}
