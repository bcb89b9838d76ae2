using System.Text.Json;
using TrafficCore.Simulators.City;
using TrafficCore.Simulators.City.Demand;
using TrafficCore.Simulators.City.Devices;
using TrafficCore.Simulators.City.Roads;
using TrafficCore.Simulators.City.Sending;
using TrafficCore.Simulators.City.Signals;

namespace TrafficCore.Tests.Simulators;

/// <summary>What holds in every city at every moment.</summary>
public sealed class CityInvariantsTests
{
    private static readonly CityOptions Options = new();

    /// <summary>So much traffic that queues reach back over whole roads.</summary>
    private static readonly CityOptions Overloaded = Options with { DemandMilli = 2500, Arrivals = ArrivalPattern.Platoon };

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Vehicles_EverySecond_AreConserved(bool overloaded, bool actuated)
    {
        var options = (overloaded ? Overloaded : Options) with { Signals = actuated ? SignalControl.Actuated : SignalControl.Fixed };
        var traffic = Traffic(options, 12);
        for (var second = 0; second < 1800; second++)
        {
            traffic.Step();
            foreach (var approach in traffic.Approaches)
            {
                var tally = approach.Tally;
                Assert.Equal(tally.Entered, tally.Ended + tally.Left + approach.Inside);
                Assert.InRange(approach.Queue - approach.Outside, 0, approach.Inside);
            }

            Assert.Equal(
                traffic.Approaches.Sum(static a => a.Tally.Began),
                traffic.Approaches.Sum(static a => a.Tally.Ended + a.Tally.Out + a.Inside) + traffic.Underway);
        }

        Assert.True(traffic.Approaches.Sum(static a => a.Tally.Out) > 500, "traffic flows");
    }

    [Fact]
    public void Trips_InTheMiddleOfACity_EndAndBeginAlike()
    {
        // 10 x 10: what ends in the middle is made up for by what begins there, so it is as busy as the outskirts, and stays so.
        var options = Options with { Day = CityRig.Steady, DemandMilli = 700 };
        var traffic = Traffic(options, 100);
        double Flow(Func<ApproachState, bool> which, int seconds)
        {
            var before = traffic.Approaches.Where(which).Sum(static a => a.Tally.Left);
            for (var second = 0; second < seconds; second++)
            {
                traffic.Step();
            }

            return (traffic.Approaches.Where(which).Sum(static a => a.Tally.Left) - before) / (double)traffic.Approaches.Count(which);
        }

        bool IsMiddle(ApproachState a) => a.Map.Intersection / 10 is > 2 and < 7 && a.Map.Intersection % 10 is > 2 and < 7;
        Flow(IsMiddle, 1800);
        var (middle, later, edges) = (Flow(IsMiddle, 1800), Flow(IsMiddle, 1800), Flow(static a => a.Map.IsEdge, 1800));

        Assert.InRange(middle / edges, 0.7, 1.4);
        Assert.InRange(later / middle, 0.9, 1.1);
    }

    [Fact]
    public void Roads_Overloaded_HoldWhatFitsOnThem()
    {
        var traffic = Traffic(Overloaded, 12);
        var isFull = false;
        for (var second = 0; second < 3600; second++)
        {
            traffic.Step();
            foreach (var approach in traffic.Approaches)
            {
                Assert.All(approach.Lanes, lane => Assert.InRange(lane.Space, 0, approach.Map.Length));
                var places = approach.Lanes.Length * approach.Map.Length / VehicleType.All[0].Space;
                isFull |= approach.Inside > places / 2;

                // What waits at the upstream end: the own vehicles, and those that were under way when the road filled up.
                Assert.InRange(approach.Inside, 0, places + 16 + 36);
            }
        }

        Assert.True(isFull);
    }

    [Fact]
    public void Lanes_AnyMinute_LetOutNoMoreThanTheSaturationFlow()
    {
        // The stop bar's loops: 1,800 veh/h are 30 a minute, whatever the signal does, and one for the counting.
        var engine = CityRig.Engine(CityRig.Grid(9, Overloaded), Overloaded);
        var readings = CityRig.Run(engine, 3600).Readings;

        var volumes = readings.SelectMany(static d => d).Select(static r => r.GetProperty("volume").GetInt32()).ToArray();

        Assert.InRange(volumes.Max(), 12, 31);
    }

    [Fact]
    public void Readings_All_AreInRangeAndInOrder()
    {
        var engine = CityRig.Engine(CityRig.Grid(9, Options), Options);
        var sent = CityRig.Run(engine, 3600);

        Assert.Equal(sent.All.Select(static m => m.Message.DueMs).Order(), sent.All.Select(static m => m.Message.DueMs));
        Assert.Equal(9 * 24, sent.Readings.Count);
        foreach (var detector in sent.Readings)
        {
            Assert.Equal(60, detector.Count());
            var (number, start) = (0L, CityRig.BeginUnix);
            foreach (var reading in detector)
            {
                Assert.Equal((number++, start, 60_000), (reading.GetProperty("seq").GetInt64(), reading.GetProperty("ts").GetInt64(), reading.GetProperty("interval").GetInt32()));
                start += 60_000;
                AssertPossible(reading);
            }
        }
    }

    [Fact]
    public void Readings_Spread_LeaveWithinTheIntervalThatFollows()
    {
        var engine = CityRig.Engine(CityRig.Grid(4, Options), Options);
        var sent = CityRig.Run(engine, 300);
        var delays = sent.All.Select(static m => m.Message.DueMs - JsonDocument.Parse(m.Payload).RootElement.GetProperty("ts").GetInt64() - 60_000).ToArray();

        Assert.InRange(delays.Min(), 0, 5_000);
        Assert.InRange(delays.Max(), 55_000, 59_999);
        Assert.Equal(4 * 24, delays.Distinct().Count());
    }

    [Fact]
    public void Readings_EmptyStreetsAtFirst_BeginWithNothing()
    {
        var engine = CityRig.Engine(CityRig.Grid(2, Options, intervalSeconds: 1), Options, begin: 0);
        var readings = CityRig.Run(engine, 60).Readings;

        Assert.All(readings, static d => Assert.Equal((60, 0), (d.Count(), d.First().GetProperty("volume").GetInt32())));
        Assert.True(readings.Sum(static d => d.Sum(static r => r.GetProperty("volume").GetInt32())) > 0);
    }

    [Fact]
    public void Readings_Aligned_LeaveWhenTheIntervalEnds()
    {
        var engine = CityRig.Engine(CityRig.Grid(4, Options), Options, new ReportOptions { IsSpread = false });

        Assert.All(CityRig.Run(engine, 300).All, static m => Assert.Equal(0, m.Message.DueMs % 60_000));
    }

    [Fact]
    public void Readings_Grouped_AreTheSameReadings()
    {
        var single = CityRig.Run(CityRig.Engine(CityRig.Grid(4, Options), Options), 600);
        var grouped = CityRig.Run(CityRig.Engine(CityRig.Grid(4, Options), Options, new ReportOptions { IsGrouped = true }), 600);

        var expected = single.All.Select(static m => (m.Message.Topic.Split('/')[2], m.Message.Topic.Split('/')[4], Text(JsonDocument.Parse(m.Payload).RootElement))).Order();
        var actual = grouped.All.SelectMany(static m => JsonDocument.Parse(m.Payload).RootElement.EnumerateArray()
            .Select(r => (m.Message.Topic.Split('/')[2], r.GetProperty("detector").GetString()!, Text(r)))).Order();
        Assert.Equal(4 * 10, grouped.All.Count);
        Assert.Equal(expected, actual);

        static string Text(JsonElement reading) => string.Join(',', reading.EnumerateObject().Where(static p => p.Name != "detector").Select(static p => p.ToString()));
    }

    [Fact]
    public void City_SameSeed_SameBytes()
    {
        var reports = new ReportOptions { Kind = ReportKind.Both };
        string Run(int seed) => CityRig.Run(CityRig.Engine(CityRig.Grid(6, Options, seed), Options with { Seed = seed }, reports), 900).ToString();

        Assert.Equal(Run(3), Run(3));
        Assert.NotEqual(Run(3), Run(4));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    public void City_AnyPartition_SameBytes(int parts)
    {
        var reports = new ReportOptions { Kind = ReportKind.Both };
        string Run(int p) => CityRig.Run(CityRig.Engine(CityRig.Grid(9, Overloaded), Overloaded, reports, parts: p), 900).ToString();

        Assert.Equal(Run(1), Run(parts));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Intersections_SteppedInAnyOrder_SameTraffic(bool overloaded)
    {
        var options = overloaded ? Overloaded : Options;
        var (forward, backward) = (Traffic(options, 9), Traffic(options, 9));
        for (var now = 0L; now < 1_800_000; now += ModelStep.Length)
        {
            forward.Step();
            var timeOfDay = options.Day.TimeOfDay(now);
            var step = new ModelStep(now, now + ModelStep.Length, options.Day.Share(timeOfDay), options.Day.Tide(timeOfDay));
            foreach (var intersection in backward.Intersections.Reverse())
            {
                intersection.Step(step);
            }
        }

        Assert.Equal(forward.Approaches.Select(static a => a.Tally), backward.Approaches.Select(static a => a.Tally));
    }

    private static void AssertPossible(JsonElement reading)
    {
        var volume = reading.GetProperty("volume").GetInt32();
        Assert.InRange(reading.GetProperty("occupancy").GetDecimal(), 0, 100);
        Assert.Equal(volume > 0, reading.TryGetProperty("speed", out var speed));
        Assert.Equal(volume, reading.TryGetProperty("classes", out var classes) ? classes.EnumerateObject().Sum(static c => c.Value.GetInt32()) : 0);
        if (volume > 0)
        {
            Assert.InRange(speed.GetDecimal(), 3, 90);
        }
    }

    private static CityTraffic Traffic(CityOptions options, int intersections)
    {
        var map = CityRig.Grid(intersections, options);
        return new CityTraffic(map, options, [.. map.Detectors.Select(static d => new DetectorState(d, null, null, keepsTruth: false))]);
    }
}
