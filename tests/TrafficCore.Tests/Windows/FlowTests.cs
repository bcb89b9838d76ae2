using TrafficCore.Traffic.Service;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Tests.Windows;

/// <summary>Worked examples of the flow formulas.</summary>
public sealed class FlowTests
{
    [Theory]
    [InlineData(10, 30_000, 1_200_000)]
    [InlineData(12, 60_000, 720_000)]
    [InlineData(1, 7_000, 514_286)]
    [InlineData(0, 60_000, 0)]
    [InlineData(uint.MaxValue, 1000, 15_461_882_262_000_000)]
    public void FlowRate_IsVolumeTimes3600BySeconds_RoundedHalfUp(long volume, long observedMs, long expectedMilli)
    {
        Assert.Equal(expectedMilli, FlowRate.Milli(volume, observedMs));
    }

    [Fact]
    public void FlowRate_NothingObserved_IsUnknown() => Assert.Null(FlowRate.Milli(5, 0));

    [Fact]
    public void Speed_IsWeightedByVehicles()
    {
        FlowCell cell = default;
        cell.Add(new ReadingValues(60_000, 1, -1, 3000));
        cell.Add(new ReadingValues(60_000, 1, -1, 4500));
        cell.Add(new ReadingValues(60_000, 1, -1, 6000));
        cell.Add(new ReadingValues(60_000, 5, -1, -1));

        Assert.Equal((13_500L, 3L), (cell.SpeedWeighted, cell.SpeedVehicles));
        Assert.False(cell.SpeedWithoutVehicles);
    }

    [Fact]
    public void Occupancy_IsWeightedByTime()
    {
        FlowCell cell = default;
        cell.Add(new ReadingValues(60_000, 1, 10_000, -1));
        cell.Add(new ReadingValues(30_000, 1, 40_000, -1));

        Assert.Equal(20_000, cell.OccupancyWeighted / cell.OccupancyMs);
    }

    [Fact]
    public void Pcu_UsesTheTable_UnknownClassIsACar()
    {
        var tally = new ClassTally();
        tally.Add("truck", 10);
        tally.Add("car", 100);
        tally.Add("bus", 20);

        Assert.Equal(165_000, tally.PcuMilli(PcuTable.Cjj37, 130));
        Assert.Equal(["bus", "car", "truck"], tally.ToList().Select(c => c.Name));
        tally.Add("rickshaw", 1);
        Assert.Equal(166_000, tally.PcuMilli(PcuTable.Cjj37, 131));
    }

    [Fact]
    public void Pcu_VehiclesWithoutAClass_IsUnknown()
    {
        var tally = new ClassTally();
        tally.Add("bus", 1);

        Assert.Null(tally.PcuMilli(PcuTable.Cjj37, 10));
        Assert.Equal(2_000, tally.PcuMilli(PcuTable.Cjj37, 1));
    }

    [Theory]
    [InlineData(new long[] { 60_000, 900_000 }, 3_600_000)]
    [InlineData(new long[] { 300_000, 7_200_000 }, 7_200_000)]
    [InlineData(new long[] { 1_500_000 }, 18_000_000)]
    [InlineData(new long[] { 86_400_000 }, 86_400_000)]
    public void WindowLengths_SpanIsACommonMultipleOfHoursAndWindows(long[] lengths, long span) =>
        Assert.Equal(span, WindowLengths.Create(lengths).SpanMs);

    [Theory]
    [InlineData(new long[] { 1500 })]
    [InlineData(new long[] { 0 })]
    [InlineData(new long[] { 7_000_000 })]
    [InlineData(new long[] { })]
    [InlineData(new long[] { 86_401_000 })]
    public void WindowLengths_WithoutAPageOfADay_AreRefused(long[] lengths)
    {
        Assert.False(WindowLengths.TryCreate(lengths, out _, out string? error));
        Assert.NotEmpty(error!);
    }
}
