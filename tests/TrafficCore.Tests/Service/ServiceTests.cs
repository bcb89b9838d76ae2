using TrafficCore.Traffic.Service;

namespace TrafficCore.Tests.Service;

public sealed class ServiceTests
{
    // Golden example 18: base free-flow speed 40 mph; 25 mph is C, 20.0 is D because C needs more than half.
    [Theory]
    [InlineData(25_00, 40_00, 3, 625)]
    [InlineData(20_00, 40_00, 4, 500)]
    [InlineData(20_01, 40_00, 3, 500)]
    [InlineData(40_01, 50_00, 1, 800)]
    [InlineData(40_00, 50_00, 2, 800)]
    [InlineData(15_00, 50_00, 6, 300)]
    [InlineData(15_01, 50_00, 5, 300)]
    [InlineData(60_00, 50_00, 1, 1_200)]
    [InlineData(0, 50_00, 6, 0)]
    public void BySpeed_Ratio_IsComparedExactly(int speedCenti, int freeFlowCenti, int level, int ratioMilli)
    {
        foreach (int vehicles in new[] { 1, 3, 1_000_000 })
        {
            Assert.Equal((level, ratioMilli), LevelOfService.BySpeed((long)speedCenti * vehicles, vehicles, freeFlowCenti, SpeedRatioThresholds.Hcm7));
        }
    }

    [Theory]
    [InlineData(0, 50_00)]
    [InlineData(5, null)]
    [InlineData(5, 0)]
    public void BySpeed_Unknown_IsNull(int vehicles, int? freeFlowCenti) =>
        Assert.Equal((null, null), LevelOfService.BySpeed(1, vehicles, freeFlowCenti, SpeedRatioThresholds.Hcm7));

    [Fact]
    public void Worst_OfSomeUnknown_IsTheWorstKnown()
    {
        Assert.Equal(5, LevelOfService.Worst(2, 5));
        Assert.Equal(2, LevelOfService.Worst(2, null));
        Assert.Null(LevelOfService.Worst(null, null));
    }

    // Golden example 2.
    [Fact]
    public void Pcu_CarsBusesTrucks_AddUp()
    {
        PcuTable table = PcuTable.Cjj37;
        Assert.Equal(165_000, (100 * table.FactorMilli("car")) + (20 * table.FactorMilli("bus")) + (10 * table.FactorMilli("truck")));
        Assert.Equal(1_000, table.FactorMilli("hovercraft"));
        Assert.Equal(3_000, table.FactorMilli("Articulated"));
    }
}
