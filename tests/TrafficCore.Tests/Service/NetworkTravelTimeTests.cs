using TrafficCore.Traffic.Service;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Tests.Service;

public sealed class NetworkTravelTimeTests
{
    [Fact]
    public void Add_OneSegment_IsItsTravelTime()
    {
        var sum = new NetworkTravelTime();
        sum.Add(Flow(volume: 10, speedCenti: 45_00, freeFlowCenti: 60_00), 5_000);

        // 10 vehicles, 500 m: 40 s each, 30 s in free flow.
        Assert.Equal((400_000_000, 300_000_000), (sum.TravelTime, sum.FreeFlowTime));
        Assert.Equal(new CongestionIndex(1_667, 250_000, 1_333_333), sum.Index);
        Assert.Equal((new LevelLengths(5_000, 0, 0, 0, 0), 1), (sum.Lengths, sum.Segments));
    }

    [Fact]
    public void Add_FasterThanFreeFlow_NeedsTheTimeOfFreeFlow()
    {
        var sum = new NetworkTravelTime();
        sum.Add(Flow(1, 66_00, 60_00), 1_000);
        Assert.Equal(sum.FreeFlowTime, sum.TravelTime);
        Assert.Equal(0, sum.Index!.Value.TpiMilli);
    }

    [Fact]
    public void Add_StandingVehicles_MoveAtAWalk()
    {
        var sum = new NetworkTravelTime();
        sum.Add(Flow(1, 0, 50_00), 10_000);
        Assert.Equal((3_600_000_000, new LevelLengths(0, 0, 0, 0, 10_000)), (sum.TravelTime, sum.Lengths));

        // Not even a free-flow speed below that breaks the order of the two.
        sum = new NetworkTravelTime();
        sum.Add(Flow(1, 0, 50), 10_000);
        Assert.Equal(sum.FreeFlowTime, sum.TravelTime);
    }

    [Fact]
    public void Index_NothingKnownOrNobodyDriving_IsUnknown()
    {
        var sum = new NetworkTravelTime();
        sum.Add(default, 1_000);
        Assert.Equal((null, 0), (sum.Index, sum.Segments));
        sum.Add(new SegmentFlow(0, 400_000, 50_00, 1), 1_000);
        Assert.Equal((null, 1), (sum.Index, sum.Segments));
    }

    [Fact]
    public void Of_Row_NeedsSpeedAndFreeFlowSpeed()
    {
        FlowRow row = new()
        {
            Level = FlowLevel.Approach, Intersection = "x", Id = "n", Start = 0, Length = 60_000, Revision = 1, Volume = 9, SpeedWeighted = 12_601, SpeedVehicles = 3, FreeFlowSpeedCenti = 60_00,
        };

        // 42.00333 of 60 is more than 0.70 although it rounds to no more than that in the row's ratio.
        Assert.Equal(new SegmentFlow(9, 420_033, 60_00, 1), SegmentFlow.Of(row));
        Assert.Equal(new SegmentFlow(9, 420_000, 60_00, 2), SegmentFlow.Of(row with { SpeedWeighted = 12_600 }));
        Assert.Equal(new SegmentFlow(uint.MaxValue, uint.MaxValue, 60_00, 1), SegmentFlow.Of(row with { Volume = long.MaxValue, SpeedWeighted = long.MaxValue }));
        Assert.False(SegmentFlow.Of(row with { SpeedVehicles = 0, SpeedWeighted = 0 }).IsKnown);
        Assert.False(SegmentFlow.Of(row with { FreeFlowSpeedCenti = null }).IsKnown);
    }

    // A city of random segments, its true index in decimals with no regard for overflow, order or speed.
    [Fact]
    public void Index_RandomCity_EqualsTheNaiveOneInAnyOrder()
    {
        var random = new Random(33171);
        for (int city = 0; city < 200; city++)
        {
            (uint Volume, int Speed, int Free, int Length)[] segments =
                [.. Enumerable.Range(0, random.Next(1, 80)).Select(_ => ((uint)random.Next(1, 500), random.Next(100, 90_00), random.Next(20, 121) * 100, random.Next(500, 30_000)))];
            decimal travel = segments.Sum(s => s.Volume * (s.Length / 10m) * 3.6m / (Math.Min(s.Speed, s.Free) / 100m));
            decimal free = segments.Sum(s => s.Volume * (s.Length / 10m) * 3.6m / (s.Free / 100m));
            CongestionIndex index = Sum(segments);

            Assert.Equal((double)((travel - free) / travel), index.DtpMicro / 1e6, 1e-6);
            Assert.Equal((double)(travel / free), index.TtiMicro / 1e6, 1e-6);
            random.Shuffle(segments);
            Assert.Equal(index, Sum(segments));
        }

        static CongestionIndex Sum((uint Volume, int Speed, int Free, int Length)[] segments)
        {
            var sum = new NetworkTravelTime();
            Array.ForEach(segments, s => sum.Add(Flow(s.Volume, s.Speed, s.Free), s.Length));
            return sum.Index!.Value;
        }
    }

    private static SegmentFlow Flow(uint volume, int speedCenti, int freeFlowCenti) => SegmentFlow.Of(new FlowRow
    {
        Level = FlowLevel.Approach, Intersection = "x", Id = "n", Start = 0, Length = 60_000, Revision = 1, Volume = volume, SpeedWeighted = (long)speedCenti * volume, SpeedVehicles = volume,
        FreeFlowSpeedCenti = freeFlowCenti,
    });
}
