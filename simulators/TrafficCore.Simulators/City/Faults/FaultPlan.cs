namespace TrafficCore.Simulators.City.Faults;

/// <summary>A plan as it is written: faults of named devices, and rates at which others befall devices at random. Immutable.</summary>
/// <param name="Seed">Seed of everything random about the faults.</param>
/// <param name="Faults">Planned faults.</param>
/// <param name="Random">Random ones.</param>
internal sealed record FaultPlan(int Seed, IReadOnlyList<PlannedFault> Faults, IReadOnlyList<RandomFault> Random)
{
    /// <summary>Nothing goes wrong.</summary>
    public static readonly FaultPlan None = new(0, [], []);
}

/// <summary>A fault of a device or of all that a pattern names. Immutable.</summary>
/// <param name="Path">Where it stands in the plan.</param>
/// <param name="Device">Intersection, kind and device, as in topics; <c>*</c> stands for any intersection or any device.</param>
/// <param name="Kind">What is wrong.</param>
/// <param name="Start">When it begins, after the run.</param>
/// <param name="Duration">How long it lasts.</param>
/// <param name="Parameters">How wrong.</param>
internal sealed record PlannedFault(string Path, DevicePattern Device, FaultKind Kind, TimeSpan Start, TimeSpan Duration, FaultParameters Parameters);

/// <summary>A fault that befalls each device of a kind now and then. Immutable.</summary>
/// <param name="Devices">Kind of device.</param>
/// <param name="Kind">What is wrong.</param>
/// <param name="PerHour">How often in an hour and device, on average.</param>
/// <param name="Duration">How long it lasts.</param>
/// <param name="Parameters">How wrong.</param>
internal sealed record RandomFault(FaultyDevices Devices, FaultKind Kind, double PerHour, TimeSpan Duration, FaultParameters Parameters);

/// <summary>Names devices: <c>int-0001/detector/d-01</c>, <c>int-0001/detector/*</c>, <c>*/controller/*</c>.</summary>
/// <param name="Intersection">An id or <c>*</c>.</param>
/// <param name="Kind">Kind of device.</param>
/// <param name="Device">An id or <c>*</c>.</param>
internal sealed record DevicePattern(string Intersection, FaultyDevices Kind, string Device)
{
    /// <summary>Stands for any.</summary>
    public const string Any = "*";

    public override string ToString() => $"{Intersection}/{Kind.ToString().ToLowerInvariant()}/{Device}";
}
