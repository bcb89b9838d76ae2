namespace TrafficCore.Simulators.City.Faults;

/// <summary>One fault of one device. Immutable.</summary>
/// <param name="Id">Number in the schedule.</param>
/// <param name="Devices">Kind of device.</param>
/// <param name="Device">Index among the city's devices of that kind.</param>
/// <param name="Kind">What is wrong.</param>
/// <param name="From">When it begins, ms of model time.</param>
/// <param name="Until">When it is over.</param>
/// <param name="Parameters">How wrong.</param>
internal sealed record DeviceFault(int Id, FaultyDevices Devices, int Device, FaultKind Kind, long From, long Until, FaultParameters Parameters)
{
    /// <summary>Whether it is there at a moment.</summary>
    public bool IsAt(long at) => at >= From && at < Until;

    /// <summary>Whether it is there at any moment of [from, until).</summary>
    public bool Touches(long from, long until) => From < until && from < Until;

    /// <summary>How much of it has passed at a moment, per mille: drifts grow evenly.</summary>
    public int Progress(long at) => (int)Math.Clamp((at - From) * 1000 / (Until - From), 0, 1000);
}

/// <summary>Looks into the faults of one device.</summary>
internal static class DeviceFaults
{
    /// <summary>The fault of a kind that is there at a moment; null when there is none.</summary>
    public static DeviceFault? Find(this DeviceFault[] faults, FaultKind kind, long at)
    {
        foreach (var fault in faults)
        {
            if (fault.Kind == kind && fault.IsAt(at))
            {
                return fault;
            }
        }

        return null;
    }
}
