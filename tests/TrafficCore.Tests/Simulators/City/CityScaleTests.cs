using TrafficCore.Simulators.City;
using TrafficCore.Simulators.City.Devices;
using TrafficCore.Simulators.City.Layout;
using TrafficCore.Simulators.City.Roads;
using TrafficCore.Simulators.City.Sending;

namespace TrafficCore.Tests.Simulators;

/// <summary>What makes a city of 10,000 intersections affordable.</summary>
public sealed class CityScaleTests
{
    private static readonly CityOptions Options = new();

    [Fact]
    public void Traffic_Stepping_AllocatesNothing()
    {
        var options = Options with { Day = CityRig.Steady };
        var map = CityRig.Grid(100, options);
        var traffic = new CityTraffic(map, options, [.. map.Detectors.Select(static d => new DetectorState(d, null, null, keepsTruth: false))]);

        // An hour: by then every queue and list has had its longest.
        Step(traffic, 3600);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Step(traffic, 600);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // A queue that grows beyond any before it doubles its storage, once.
        Assert.True(allocated < 64 * 1024, $"{allocated} bytes in 600 steps of 100 intersections");
    }

    [Fact]
    public void Engine_Readings_AllocateNothingEach()
    {
        var engine = CityRig.Engine(CityRig.Grid(100, Options), Options);
        var count = new Counter();
        for (var second = 0; second < 1200; second++)
        {
            engine.Step(count);
        }

        var (sent, before) = (count.Messages, GC.GetAllocatedBytesForCurrentThread());
        for (var second = 0; second < 600; second++)
        {
            engine.Step(count);
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(24_000, count.Messages - sent);
        Assert.True(allocated < 128 * 1024, $"{allocated} bytes for {count.Messages - sent} readings");
    }

    [Fact]
    public void Layout_TenThousandIntersections_HasWhatItsSizeSays()
    {
        var map = CityRig.Grid(10_000, Options);

        Assert.Equal((10_000, 40_000, 240_000), (map.Intersections.Count, map.Approaches.Count, map.Detectors.Count));

        // Four roads lead to each intersection; those at the four sides of the square come from outside.
        Assert.Equal(40_000 - 400, map.Links.Count);
        Assert.Equal(400, map.Approaches.Count(static a => a.IsEdge));
        Assert.Equal(map.Detectors.Select(static d => d.Index), Enumerable.Range(0, 240_000));
        Assert.All(map.Intersections, static i => Assert.Equal(8, i.Signal!.Phases.Count));
    }

    [Fact]
    public void Senders_Spread_ShareTheIntervalEvenly()
    {
        // 24,000 devices over 60 s: 400 a second, never twice as many.
        var moments = Enumerable.Range(0, 24_000).Select(static s => SenderNumbers.Moment(1, s, 60_000, isSpread: true));

        Assert.All(moments.GroupBy(static m => m / 1000), static second => Assert.InRange(second.Count(), 300, 500));
    }

    private static void Step(CityTraffic traffic, int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            traffic.Step();
        }
    }

    private sealed class Counter : ICityOutput
    {
        public int Messages { get; private set; }

        public void Send(in CityMessage message, ReadOnlySpan<byte> payload) => Messages++;
    }
}
