using TrafficCore.Traffic.Service;

namespace TrafficCore.Tests.Service;

public sealed class ServiceTests
{
    // Golden examples 20 and 22: V_free 60.
    [Theory]
    [InlineData(66_00, 1, 1_100)]
    [InlineData(45_00, 1, 750)]
    [InlineData(42_01, 1, 700)]
    [InlineData(42_00, 2, 700)]
    [InlineData(36_00, 2, 600)]
    [InlineData(30_00, 3, 500)]
    [InlineData(27_00, 3, 450)]
    [InlineData(24_00, 4, 400)]
    [InlineData(21_00, 4, 350)]
    [InlineData(18_00, 5, 300)]
    [InlineData(15_00, 5, 250)]
    [InlineData(0, 5, 0)]
    public void Gbt33171_Ratio_IsComparedExactly(int speedCenti, int level, int ratioMilli) =>
        AssertJudged(SpeedRatioScale.Gbt33171, speedCenti, 60_00, new ServiceJudgement(level, "gbt33171-speed-ratio", ratioMilli));

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
    public void Hcm7_Ratio_IsComparedExactly(int speedCenti, int freeFlowCenti, int level, int ratioMilli) =>
        AssertJudged(SpeedRatioScale.Hcm7, speedCenti, freeFlowCenti, new ServiceJudgement(level, "hcm7-speed-ratio", ratioMilli));

    private static void AssertJudged(SpeedRatioScale scale, int speedCenti, int freeFlowCenti, ServiceJudgement expected)
    {
        foreach (int vehicles in new[] { 1, 3, 1_000_000 })
        {
            Assert.Equal(expected, scale.Judge((long)speedCenti * vehicles, (Int128)vehicles * freeFlowCenti));
        }
    }

    [Fact]
    public void SpeedRatio_FreeFlowUnknown_IsNotJudged() => Assert.Null(SpeedRatioScale.Gbt33171.Judge(100, 0));

    [Fact]
    public void Find_Names_AreThoseOfScalesAndTheEarlierOne()
    {
        Assert.Same(SpeedRatioScale.Gbt33171, SpeedRatioScale.Find("gbt33171-speed-ratio"));
        Assert.Same(SpeedRatioScale.Hcm7, SpeedRatioScale.Find("hcm7-speed-ratio"));
        Assert.Same(SpeedRatioScale.Hcm7, SpeedRatioScale.Find("speed-ratio"));
        Assert.Null(SpeedRatioScale.Find("occupancy"));
        Assert.Null(SpeedRatioScale.Find(null));
        Assert.Equal(("hcm7-speed-ratio", "of a later release"), (SpeedRatioScale.NameOf("speed-ratio"), SpeedRatioScale.NameOf("of a later release")));
    }

    // A level may have its limit: "above 35 % congested".
    [Theory]
    [InlineData(0, 1)]
    [InlineData(10_000, 1)]
    [InlineData(10_001, 2)]
    [InlineData(15_000, 2)]
    [InlineData(25_000, 3)]
    [InlineData(35_000, 4)]
    [InlineData(35_001, 5)]
    [InlineData(100_000, 5)]
    public void Occupancy_FiveLevels_IsComparedExactly(int occupancyMilli, int level)
    {
        OccupancyScale scale = ServiceRules.Default.Occupancy!;
        foreach (long ms in new[] { 1L, 7, 900_000, 1L << 40 })
        {
            Assert.Equal(new ServiceJudgement(level, "occupancy", null), scale.Judge(occupancyMilli * ms, ms));
        }

        Assert.Null(scale.Judge(0, 0));
    }

    [Fact]
    public void Levels_FasterOrLessOccupied_AreNeverWorse()
    {
        foreach (SpeedRatioScale scale in new[] { SpeedRatioScale.Gbt33171, SpeedRatioScale.Hcm7 })
        {
            int[] levels = [.. Enumerable.Range(0, 2_000).Select(speed => scale.Judge(speed, 1_000)!.Value.Level)];
            Assert.Equal(levels.OrderDescending(), levels);
            Assert.Equal(Enumerable.Range(1, scale.Levels), levels.Distinct().Order());
        }

        int[] occupied = [.. Enumerable.Range(0, 1_001).Select(tenths => ServiceRules.Default.Occupancy!.Judge(tenths * 100, 1)!.Value.Level)];
        Assert.Equal(occupied.Order(), occupied);
        Assert.Equal([1, 2, 3, 4, 5], occupied.Distinct());
    }

    [Fact]
    public void Deciding_OfSeveral_IsTheWorstThenTheMeasuredThenTheSlowest()
    {
        ServiceJudgement free = new(1, "gbt33171-speed-ratio", 900), slow = new(4, "gbt33171-speed-ratio", 390), slower = slow with { RatioMilli = 310 };
        ServiceJudgement occupied = new(4, "occupancy", null), jammed = new(5, "occupancy", null);
        Assert.Null(ServiceJudgement.Deciding(null, null));
        Assert.Equal(free, ServiceJudgement.Deciding(free, null));
        foreach ((ServiceJudgement expected, ServiceJudgement other) in new[] { (slow, free), (slower, slow), (slow, occupied), (jammed, slower), (jammed, free) })
        {
            Assert.Equal(expected, ServiceJudgement.Deciding(expected, other));
            Assert.Equal(expected, ServiceJudgement.Deciding(other, expected));
        }
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
