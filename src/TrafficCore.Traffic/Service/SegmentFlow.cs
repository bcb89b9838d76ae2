using TrafficCore.Traffic.Windows;

namespace TrafficCore.Traffic.Service;

/// <summary>What one window of an approach says about the road segment that ends at it: how many vehicles, how fast. Kept small: a city has many.</summary>
/// <param name="Volume">Vehicles, those without a speed included; what does not fit counts as the most that does.</param>
/// <param name="Speed">Their volume-weighted mean speed, 0.0001 km/h, rounded half up.</param>
/// <param name="FreeFlowCenti">Free-flow speed, 0.01 km/h.</param>
/// <param name="Level">Level of the segment by GB/T 33171, 1..5; 0 in a default value, which says nothing.</param>
/// <remarks>
/// Detectors measure speed at a spot, and its mean over vehicles is at least the speed of travel. The index of a city is therefore at most the true one.
/// </remarks>
public readonly record struct SegmentFlow(uint Volume, uint Speed, ushort FreeFlowCenti, byte Level)
{
    /// <summary>0.0001 km/h in 0.01 km/h.</summary>
    public const int SpeedsPerCenti = 100;

    /// <summary>Whether it says anything.</summary>
    public bool IsKnown => Level > 0;

    /// <summary>Reads a row of an approach; a default value when its speed, its free-flow speed or its volume is unknown.</summary>
    public static SegmentFlow Of(FlowRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (row.FreeFlowSpeedCenti is not (> 0 and <= ushort.MaxValue and { } freeFlow)
            || SpeedRatioScale.Gbt33171.Judge(row.SpeedWeighted, (Int128)row.SpeedVehicles * freeFlow) is not { } judged)
        {
            return default;
        }

        // The level is judged before the speed is rounded: 42.00004 of 60 is still more than 0.70.
        Int128 speed = (((Int128)row.SpeedWeighted * (2 * SpeedsPerCenti)) + row.SpeedVehicles) / ((Int128)row.SpeedVehicles * 2);
        return new SegmentFlow(
            (uint)Math.Min(uint.MaxValue, row.Volume ?? 0), (uint)Int128.Min(uint.MaxValue, speed), (ushort)freeFlow, (byte)judged.Level);
    }
}
