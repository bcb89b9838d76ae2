using TrafficCore.Traffic.Windows;

namespace TrafficCore.TestKit.Storage;

/// <summary>Rows with every field known or unknown as the seed decides.</summary>
public sealed class RandomRows(int seed)
{
    private static readonly string[] ClassNames = ["bike", "bus", "car", "heavy truck", "van,long", "x=y", "Ж"];

    private readonly Random random = new(seed);

    /// <summary>A row of one series and window.</summary>
    public FlowRow Next(FlowLevel level, string intersection, string id, long start, long length, int revision = 1)
    {
        bool detector = level == FlowLevel.Detector;
        long? volume = Maybe(0, 5_000);
        int? serviceLevel = detector ? null : (int?)Maybe(1, 6);
        bool classes = !detector && random.Next(2) == 0;
        return new FlowRow
        {
            Level = level,
            Intersection = intersection,
            Id = id,
            Start = start,
            Length = length,
            Revision = revision,
            Readings = random.Next(100),
            Expected = (int?)Maybe(0, 100),
            Volume = volume,
            ObservedMs = random.NextInt64(0, length * 10),
            ExpectedMs = Maybe(1, length * 10),
            OccupancyWeighted = random.NextInt64(0, 100_000 * length),
            OccupancyMs = Maybe(1, length) ?? 0,
            SpeedWeighted = random.NextInt64(0, 10_000_000),
            SpeedVehicles = Maybe(1, 5_000) ?? 0,
            FlowRateMilli = Maybe(0, 5_000_000),
            Classes = classes ? [.. ClassNames.Where(_ => random.Next(2) == 0).Order(StringComparer.Ordinal).Select(name => new ClassVolume(name, random.Next(900)))] : [],
            PcuMilli = detector ? null : Maybe(0, 9_000_000),
            SpeedRatioMilli = detector ? null : (int?)Maybe(0, 2_000),
            FreeFlowSpeedCenti = level == FlowLevel.Approach ? (int?)Maybe(1, 30_000) : null,
            ServiceLevel = serviceLevel,
            LevelMethod = serviceLevel is null ? null : "hcm7-speed-ratio",
            Health = detector ? (RowHealth)random.Next(1, 6) : RowHealth.None,
        };
    }

    private long? Maybe(long from, long to) => random.Next(4) == 0 ? null : random.NextInt64(from, to + 1);
}
