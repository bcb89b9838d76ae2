namespace TrafficCore.Simulators.City.Faults;

/// <summary>All faults of a run, device by device. Immutable.</summary>
internal sealed class FaultSchedule
{
    /// <summary>Nothing goes wrong.</summary>
    public static readonly FaultSchedule Empty = new(0, []);

    private readonly Dictionary<(FaultyDevices, int), DeviceFault[]> _byDevice;

    public FaultSchedule(int seed, IReadOnlyList<DeviceFault> faults)
    {
        (Seed, All) = (seed, faults);
        _byDevice = faults.GroupBy(static f => (f.Devices, f.Device)).ToDictionary(static g => g.Key, static g => g.OrderBy(static f => f.From).ToArray());
    }

    /// <summary>Seed of everything random about the faults.</summary>
    public int Seed { get; }

    /// <summary>All faults.</summary>
    public IReadOnlyList<DeviceFault> All { get; }

    /// <summary>The faults of one device in order of begin.</summary>
    public IReadOnlyList<DeviceFault> Of(FaultyDevices kind, int device) => _byDevice.GetValueOrDefault((kind, device)) ?? [];
}
