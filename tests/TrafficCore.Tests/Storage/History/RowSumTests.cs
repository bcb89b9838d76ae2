using TrafficCore.Storage.History;
using TrafficCore.Traffic.Service;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Tests.Storage.History;

public sealed class RowSumTests
{
    private static readonly FlowRow Part = new()
    {
        Level = FlowLevel.Detector, Intersection = "i", Id = "d", Start = 0, Length = 60_000, Revision = 1, Readings = 2, Expected = 2, Volume = 10,
        ObservedMs = 60_000, ExpectedMs = 60_000, OccupancyWeighted = 5_000L * 60_000, OccupancyMs = 60_000, SpeedWeighted = 10 * 5_000, SpeedVehicles = 10,
        FlowRateMilli = 600_000, Health = RowHealth.Ok,
    };

    [Fact]
    public void Build_DetectorParts_SumsExactly()
    {
        FlowRow sum = Sum(
            Part,
            Part with { Start = 60_000, Volume = 20, ObservedMs = 30_000, Readings = 1, SpeedWeighted = 20 * 2_000, SpeedVehicles = 20, FlowRateMilli = 2_400_000, Revision = 3 });

        Assert.Equal((30, 3, 4), (sum.Volume, sum.Readings, sum.Expected));
        Assert.Equal(0.75, sum.Coverage);
        Assert.Equal(1_200_000, sum.FlowRateMilli); // 30 vehicles in 90 s observed
        Assert.Equal(30.0, sum.Speed); // (10 x 50 + 20 x 20) / 30
        Assert.Equal(5.0, sum.Occupancy);
        Assert.Equal(3, sum.Revision); // two corrections of parts
        Assert.Equal((120_000, RowHealth.Ok), (sum.Length, sum.Health));
    }

    [Fact]
    public void Build_PartWithoutVolume_KeepsWhatIsKnownAndCoverageSaysHowMuch()
    {
        FlowRow silent = Part with { Start = 60_000, Readings = 0, Volume = null, ObservedMs = 0, OccupancyMs = 0, OccupancyWeighted = 0, SpeedVehicles = 0, SpeedWeighted = 0, FlowRateMilli = null, Health = RowHealth.Silent };

        FlowRow sum = Sum(Part, silent);

        Assert.Equal((10, 0.5, 600_000), (sum.Volume, sum.Coverage, sum.FlowRateMilli));
        Assert.Null(Sum(silent, silent).Volume);
        Assert.Null(Sum(silent, silent).FlowRateMilli);
        Assert.Equal(RowHealth.Silent, Sum(silent, silent).Health);
    }

    /// <summary>Rows do not say where their detector lies: a part that is stuck was judged by who knew it, else the limit at the stop bar counts.</summary>
    [Theory]
    [InlineData(RowHealth.Ok, 1, RowHealth.Ok)]
    [InlineData(RowHealth.Ok, 2, RowHealth.StuckOn)]
    [InlineData(RowHealth.StuckOn, 1, RowHealth.StuckOn)]
    public void Sum_OccupiedAllTheTimeWithoutVehicles_IsStuckOnByItsPartsOrItsLength(RowHealth health, int parts, RowHealth expected)
    {
        FlowRow stands = Part with { Length = 900_000, Volume = 0, ObservedMs = 900_000, OccupancyMs = 900_000, OccupancyWeighted = 900_000 * 100_000L, SpeedVehicles = 0, SpeedWeighted = 0, Health = health };
        Assert.Equal(expected, Sum([.. Enumerable.Range(0, parts).Select(i => stands with { Start = i * 900_000 })]).Health);
    }

    [Fact]
    public void Build_PartWithUnknownExpectation_MakesCoverageUnknown()
    {
        FlowRow sum = Sum(Part, Part with { Expected = null, ExpectedMs = null });

        Assert.Null(sum.Expected);
        Assert.Null(sum.Coverage);
    }

    [Fact]
    public void Build_ApproachParts_WeighsRatesByLengthAndJudgesServiceFromTheSummedSpeed()
    {
        FlowRow approach = Approach with
        {
            FlowRateMilli = 1_000_001, FreeFlowSpeedCenti = 5_000, SpeedRatioMilli = 1_000, ServiceLevel = 1, LevelMethod = "hcm7-speed-ratio",
            Classes = [new ClassVolume("car", 9), new ClassVolume("bus", 1)], PcuMilli = 11_000,
        };

        FlowRow sum = Sum(
            approach,
            approach with { FlowRateMilli = 2_000_000, SpeedRatioMilli = 250, SpeedVehicles = 30, SpeedWeighted = 30 * 1_250, ServiceLevel = 6, Classes = [new ClassVolume("car", 30)], PcuMilli = 30_000 });

        Assert.Equal(1_500_001, sum.FlowRateMilli); // half up
        Assert.Equal(438, sum.SpeedRatioMilli); // (10 x 1000 + 30 x 250) / 40 = 437.5
        Assert.Equal((4, "hcm7-speed-ratio"), (sum.ServiceLevel, sum.LevelMethod));
        Assert.Equal([new ClassVolume("bus", 1), new ClassVolume("car", 39)], sum.Classes);
        Assert.Equal((41_000, RowHealth.None), (sum.PcuMilli, sum.Health));
        Assert.Null(Sum(approach, approach with { PcuMilli = null }).PcuMilli);
    }

    // The limit is 0.70: 0.7004 and 0.6996 of equal traffic are 0.7000 and level 2, whatever the rounded ratios say.
    [Fact]
    public void Build_ApproachParts_AreJudgedFromExactSumsByTheMethodOfTheParts()
    {
        FlowRow fast = Approach with { FreeFlowSpeedCenti = 10_000, SpeedVehicles = 1, SpeedWeighted = 7_004, SpeedRatioMilli = 700, ServiceLevel = 1, LevelMethod = "gbt33171-speed-ratio" };
        FlowRow slow = fast with { SpeedWeighted = 6_996, ServiceLevel = 2 };
        Assert.Equal((2, 700, "gbt33171-speed-ratio"), Judged(Sum(fast, slow)));
        Assert.Equal((1, 700, "gbt33171-speed-ratio"), Judged(Sum(fast, slow with { SpeedWeighted = 6_997 })));

        // Free-flow speeds of two versions of the network: 1 vehicle at 50 of 100 and 3 at 50 of 50.
        Assert.Equal((1, 800, "gbt33171-speed-ratio"), Judged(Sum(fast with { SpeedWeighted = 5_000 }, fast with { FreeFlowSpeedCenti = 5_000, SpeedVehicles = 3, SpeedWeighted = 15_000 })));

        // An earlier release stored the ratio alone, under the method's earlier name.
        FlowRow old = fast with { FreeFlowSpeedCenti = null, SpeedWeighted = 4_500, SpeedRatioMilli = 450, ServiceLevel = 4, LevelMethod = "speed-ratio" };
        Assert.Equal((4, 450, "hcm7-speed-ratio"), Judged(Sum(old, old)));
        Assert.Equal((null, null, null), Judged(Sum(old with { SpeedRatioMilli = 0 })));

        // Levels of different scales have no common level.
        Assert.Equal((null, null, null), Judged(Sum(fast, old)));
        Assert.Equal((null, null, null), Judged(Sum(fast with { LevelMethod = "of a later release" })));
    }

    [Fact]
    public void Build_ApproachPartsWithoutSpeed_AreJudgedByOccupancyUnlessOneHasASpeed()
    {
        FlowRow free = Approach with { SpeedVehicles = 0, SpeedWeighted = 0, OccupancyWeighted = 5_000L * 60_000, ServiceLevel = 1, LevelMethod = "occupancy" };
        FlowRow full = free with { OccupancyWeighted = 65_000L * 60_000, ServiceLevel = 5 };
        Assert.Equal((4, null, "occupancy"), Judged(Sum(free, full))); // 35 %

        // What was not judged by its occupancy has no part: its detectors are at the stop bar.
        Assert.Equal((1, null, "occupancy"), Judged(Sum(free, full with { ServiceLevel = null, LevelMethod = null })));
        Assert.Equal((null, null, null), Judged(Sum(full with { ServiceLevel = null, LevelMethod = null })));

        FlowRow measured = Approach with { FreeFlowSpeedCenti = 10_000, SpeedRatioMilli = 500, ServiceLevel = 3, LevelMethod = "gbt33171-speed-ratio" };
        Assert.Equal((3, 500, "gbt33171-speed-ratio"), Judged(Sum(free, measured, full)));
    }

    private static FlowRow Approach => Part with { Level = FlowLevel.Approach, Health = RowHealth.None };

    private static (int?, int?, string?) Judged(FlowRow row) => (row.ServiceLevel, row.SpeedRatioMilli, row.LevelMethod);

    private static FlowRow Sum(params FlowRow[] parts)
    {
        RowSum sum = new(ServiceRules.Default);
        foreach (FlowRow part in parts)
        {
            sum.Add(part);
        }

        return sum.Build(0, parts.Sum(part => part.Length));
    }
}
