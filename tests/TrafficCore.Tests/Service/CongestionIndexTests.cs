using TrafficCore.Traffic.Service;

namespace TrafficCore.Tests.Service;

public sealed class CongestionIndexTests
{
    // Golden examples 20 and 21: V_free 60, so travel time is 60 / V of that in free flow. A kilometre at V takes 3,600,000 / V ms.
    [Theory]
    [InlineData(45, 1_667, 250_000, 1_333_333, 1)]
    [InlineData(42, 2_000, 300_000, 1_428_571, 2)]
    [InlineData(36, 3_000, 400_000, 1_666_667, 2)]
    [InlineData(30, 4_000, 500_000, 2_000_000, 3)]
    [InlineData(27, 5_000, 550_000, 2_222_222, 3)]
    [InlineData(24, 6_000, 600_000, 2_500_000, 4)]
    [InlineData(21, 7_000, 650_000, 2_857_143, 4)]
    [InlineData(18, 8_000, 700_000, 3_333_333, 5)]
    [InlineData(15, 8_333, 750_000, 4_000_000, 5)]
    public void Of_GoldenSpeeds_AreExact(int speed, int tpiMilli, int dtpMicro, long ttiMicro, int level)
    {
        // Both times by the product of the speeds: whole numbers.
        CongestionIndex index = CongestionIndex.Of(60, speed);
        Assert.Equal(new CongestionIndex(tpiMilli, dtpMicro, ttiMicro), index);
        Assert.Equal(level, index.Level);
        Assert.Equal(index, CongestionIndex.Of((Int128)60 << 80, (Int128)speed << 80));
    }

    // Golden example 22.
    [Fact]
    public void Of_FasterThanFreeFlow_IsNoDelay()
    {
        Assert.Equal(new CongestionIndex(0, 0, 1_000_000), CongestionIndex.Of(60, 66));
        Assert.Equal(1, CongestionIndex.Of(60, 66).Level);
        Assert.Throws<ArgumentOutOfRangeException>(() => CongestionIndex.Of(60, 0));
    }

    [Fact]
    public void Of_MoreTravelTime_NeverHasALowerIndexAndReachesEveryLevel()
    {
        CongestionIndex[] indices = [.. Enumerable.Range(0, 60_000).Select(delay => CongestionIndex.Of(1_000 + delay, 1_000))];
        Assert.Equal(indices.Select(i => i.TpiMilli).Order(), indices.Select(i => i.TpiMilli));
        Assert.Equal(indices.Select(i => i.DtpMicro).Order(), indices.Select(i => i.DtpMicro));
        Assert.Equal(indices.Select(i => i.TtiMicro).Order(), indices.Select(i => i.TtiMicro));
        Assert.Equal([1, 2, 3, 4, 5], indices.Select(i => i.Level).Distinct());
        Assert.All(indices, i => Assert.InRange(i.TpiMilli, 0, 10_000));
        Assert.Equal((10_000, 5), (CongestionIndex.Of(Int128.MaxValue >> 40, 1).TpiMilli, CongestionIndex.Of(Int128.MaxValue >> 40, 1).Level));
    }

    // Annex C once more, in decimals, straight from its table.
    [Fact]
    public void Of_RandomTimes_EqualTheTableInDecimals()
    {
        var random = new Random(7);
        for (int i = 0; i < 20_000; i++)
        {
            long free = random.NextInt64(1, 1_000_000_000), travel = free + random.NextInt64(0, free * random.Next(1, 9));
            decimal dtp = (travel - free) / (decimal)travel;
            decimal tpi = dtp <= 0.3m ? dtp / 0.3m * 2
                : dtp <= 0.5m ? 2 + ((dtp - 0.3m) / 0.2m * 2)
                : dtp <= 0.6m ? 4 + ((dtp - 0.5m) / 0.1m * 2)
                : dtp <= 0.7m ? 6 + ((dtp - 0.6m) / 0.1m * 2)
                : 8 + ((dtp - 0.7m) / 0.3m * 2);
            CongestionIndex index = CongestionIndex.Of(travel, free);
            Assert.Equal((int)Math.Round(tpi * 1000, MidpointRounding.AwayFromZero), index.TpiMilli);
            Assert.Equal((int)Math.Round(dtp * 1_000_000, MidpointRounding.AwayFromZero), index.DtpMicro);
        }
    }
}
