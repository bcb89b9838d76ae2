using TrafficCore.Traffic.Detectors;
using TrafficCore.Traffic.Service;

namespace TrafficCore.Traffic.Windows;

/// <summary>Which row of which window.</summary>
public readonly record struct RowKey(string Intersection, FlowLevel Level, string Id, long Start, long Length);

/// <summary>Makes rows of single detectors.</summary>
public static class DetectorRow
{
    /// <summary>Makes the row; without content it is the empty row of a silent detector.</summary>
    /// <param name="key">Which row.</param>
    /// <param name="revision">Its revision.</param>
    /// <param name="flow">What is known of the detector in the window.</param>
    /// <param name="isAtStopBar">The detector lies at a stop bar, or nobody said where.</param>
    /// <param name="pcu">Passenger-car units of the classes.</param>
    public static FlowRow Create(in RowKey key, int revision, in DetectorFlow flow, bool isAtStopBar, PcuTable pcu) => new()
    {
        Intersection = key.Intersection,
        Id = key.Id,
        Level = key.Level,
        Start = key.Start,
        Length = key.Length,
        Revision = revision,
        Readings = flow.Cell.Readings,
        Volume = flow.Volume,
        ObservedMs = flow.Cell.ObservedMs,
        Expected = flow.ExpectedReadings(key.Length),
        ExpectedMs = flow.IsExpected && flow.IsTimed ? key.Length : null,
        OccupancyWeighted = flow.Cell.OccupancyWeighted,
        OccupancyMs = flow.Cell.OccupancyMs,
        SpeedWeighted = flow.Cell.SpeedWeighted,
        SpeedVehicles = flow.Cell.SpeedVehicles,
        FlowRateMilli = flow.RateMilli,
        Classes = flow.Classes?.ToList() ?? [],
        PcuMilli = flow.Classes?.PcuMilli(pcu, flow.Volume ?? 0),
        Health = Judge(in flow, isAtStopBar, key.Length),
    };

    private static RowHealth Judge(in DetectorFlow flow, bool isAtStopBar, long length) => RowHealthRule.Judge(new RowHealthInput
    {
        Readings = flow.Cell.Readings,
        Volume = flow.Volume,
        ObservedMs = flow.Cell.ObservedMs,
        LengthMs = length,
        OccupancyWeighted = flow.Cell.OccupancyWeighted,
        OccupancyMs = flow.Cell.OccupancyMs,
        SpeedWithoutVehicles = flow.Cell.SpeedWithoutVehicles,
        IsAtStopBar = isAtStopBar,
    });
}
