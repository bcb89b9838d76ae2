using TrafficCore.Traffic.Windows;

namespace TrafficCore.Storage.Influx;

/// <summary>Which fields a point has.</summary>
[Flags]
internal enum FlowFields : ushort
{
    None = 0,
    Volume = 1,
    FlowRate = 2,
    Occupancy = 4,
    Speed = 8,
    Pcu = 16,
    Classes = 32,
    Level = 64,
    SpeedRatio = 128,
    Coverage = 256,
    Expected = 512,
    Health = 1024,

    /// <summary>
    /// What later readings can take away: an interval that turns out unknown takes rate, coverage and expectation, a hole in a controller's stream
    /// takes the volume. Every other value of a detector comes from sums that only grow.
    /// </summary>
    Revocable = Volume | FlowRate | Coverage | Expected,

    /// <summary>Beyond that, of approaches and intersections: another approach may decide, and it may have no speed; another method may judge nothing.</summary>
    RevocableService = Level | SpeedRatio,
}

/// <summary>Tells which fields of a row are known.</summary>
internal static class FlowFieldsOf
{
    /// <summary>What a correction can take away.</summary>
    public static FlowFields Revocable(FlowLevel level) =>
        level == FlowLevel.Detector ? FlowFields.Revocable : FlowFields.Revocable | FlowFields.RevocableService;

    public static FlowFields Row(FlowRow row)
    {
        FlowFields fields =
            (row.Volume is null ? 0 : FlowFields.Volume)
            | (row.FlowRateMilli is null ? 0 : FlowFields.FlowRate)
            | (row.OccupancyMs > 0 ? FlowFields.Occupancy : 0)
            | (row.SpeedVehicles > 0 ? FlowFields.Speed : 0)
            | (row.Coverage is null ? 0 : FlowFields.Coverage)
            | (row.Expected is null ? 0 : FlowFields.Expected);
        return row.Level == FlowLevel.Detector
            ? fields | (row.Health == RowHealth.None ? 0 : FlowFields.Health)
            : fields
                | (row.PcuMilli is null ? 0 : FlowFields.Pcu)
                | (row.Classes.Count == 0 ? 0 : FlowFields.Classes)
                | (row.ServiceLevel is null ? 0 : FlowFields.Level)
                | (row.SpeedRatioMilli is null ? 0 : FlowFields.SpeedRatio);
    }
}
