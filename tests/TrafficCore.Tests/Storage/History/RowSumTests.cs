using TrafficCore.Storage.History;
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
        FlowRow approach = Part with
        {
            Level = FlowLevel.Approach, Health = RowHealth.None, FlowRateMilli = 1_000_001, SpeedRatioMilli = 1_000, Level6 = 1, LevelMethod = "speed-ratio",
            Classes = [new ClassVolume("car", 9), new ClassVolume("bus", 1)], PcuMilli = 11_000,
        };

        FlowRow sum = Sum(
            approach,
            approach with { FlowRateMilli = 2_000_000, SpeedRatioMilli = 250, SpeedVehicles = 30, SpeedWeighted = 30 * 1_250, Level6 = 6, Classes = [new ClassVolume("car", 30)], PcuMilli = 30_000 });

        Assert.Equal(1_500_001, sum.FlowRateMilli); // half up
        Assert.Equal(438, sum.SpeedRatioMilli); // (10 x 1000 + 30 x 250) / 40 = 437.5
        Assert.Equal((4, "speed-ratio"), (sum.Level6, sum.LevelMethod));
        Assert.Equal([new ClassVolume("bus", 1), new ClassVolume("car", 39)], sum.Classes);
        Assert.Equal((41_000, RowHealth.None), (sum.PcuMilli, sum.Health));
        Assert.Null(Sum(approach, approach with { PcuMilli = null }).PcuMilli);
    }

    private static FlowRow Sum(params FlowRow[] parts)
    {
        RowSum sum = new();
        foreach (FlowRow part in parts)
        {
            sum.Add(part);
        }

        return sum.Build(0, parts.Sum(part => part.Length));
    }
}
