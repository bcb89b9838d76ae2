using System.Text;
using TrafficCore.Simulators.City;
using TrafficCore.Simulators.City.Layout;
using TrafficCore.Simulators.City.Signals;
using TrafficCore.Tests.Network;

namespace TrafficCore.Tests.Simulators;

/// <summary>From a network file to streets, turns and signal plans.</summary>
public sealed class CityLayoutTests
{
    private static readonly CityOptions Options = new();

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(60)]
    public void Grid_SameSeed_SameBytesAndValid(int intersections)
    {
        byte[] Write(int seed) => GridNetwork.Write(new GridOptions { Seed = seed, Intersections = intersections });

        Assert.Equal(Write(5), Write(5));
        Assert.NotEqual(Write(5), Write(6));
        Assert.Equal(intersections, CityRig.Parse(Write(5)).Intersections.Count);
    }

    [Fact]
    public void Grid_Turns_LeadToTheNeighbours()
    {
        // 3 x 3: from the middle, all turns lead on; arriving from the north means driving south.
        var map = CityRig.Grid(9, Options);
        string Target(int from, string approach, Movements movement)
        {
            var exit = map.Intersections[from].Approaches.Single(a => a.Site.Id == approach).Exits.Single(e => e.Movement == movement);
            return exit.Link is { } link ? $"{map.Intersections[map.Approaches[link.To].Intersection].Site.Id}/{map.Approaches[link.To].Site.Id}" : "out";
        }

        Assert.Equal("int-0008/n", Target(4, "n", Movements.Through));
        Assert.Equal("int-0006/w", Target(4, "n", Movements.Left));
        Assert.Equal("int-0004/e", Target(4, "n", Movements.Right));
        Assert.Equal("int-0002/s", Target(4, "s", Movements.Through));
        Assert.Equal("out", Target(0, "s", Movements.Through));
        Assert.Equal("out", Target(0, "e", Movements.Through));
        Assert.Equal("int-0002/w", Target(0, "w", Movements.Through));
        Assert.All(map.Approaches, static a => Assert.Equal(1000, a.Exits.Sum(static e => e.Share)));
    }

    [Fact]
    public void Grid_Lanes_LeftTurnsHaveTheirOwnPhase()
    {
        var approach = CityRig.Grid(4, Options).Approaches.First(static a => a.Site.Id == "w");

        Assert.Equal([(5, Movements.Left), (2, Movements.Through), (2, Movements.Through | Movements.Right)], approach.Lanes.Select(static l => (l.Phase, l.Movements)));
        Assert.Equal([3200, 200], approach.Lanes[0].Loops.Select(static l => l.OnAt));
        Assert.Equal([6200, 200], approach.Lanes[1].Loops.Select(static l => l.OnAt));
    }

    [Fact]
    public void Plan_EightPhases_FillTheCycleInBothRings()
    {
        foreach (var intersection in CityRig.Grid(25, Options).Intersections)
        {
            var plan = intersection.Signal!;
            Assert.Equal([90_000, 90_000], plan.Phases.GroupBy(static p => p.Ring).Select(static ring => ring.Sum(static p => p.Split)));

            // Both rings cross the barrier together, and every minimum is kept.
            Assert.Single(plan.Phases.Where(static p => p.Group == 0).GroupBy(static p => p.Ring).Select(static ring => ring.Sum(static p => p.Split)).Distinct());
            Assert.All(plan.Phases, static p => Assert.True(p.Green >= p.MinGreen, $"{p}"));
        }
    }

    [Fact]
    public void Plan_CycleTooShort_IsStretchedToTheMinimums()
    {
        var plan = CityRig.Grid(1, Options with { Cycle = TimeSpan.FromSeconds(20) }).Intersections[0].Signal!;

        Assert.True(plan.Cycle > 40_000, $"{plan.Cycle}");
        Assert.All(plan.Phases, static p => Assert.True(p.Green >= p.MinGreen));
    }

    [Fact]
    public void File_OfTheContract_GivesACity()
    {
        // One approach of two lanes with phases 2 and 5, a second intersection without a signal, a link between them.
        var map = MapBuilder.Build(CityRig.Parse(SampleNetwork.Utf8), Options);

        Assert.Equal([2, 5], map.Intersections[0].Signal!.Phases.Select(static p => p.Number));
        Assert.Null(map.Intersections[1].Signal);
        Assert.Equal(42_000, map.Approaches[1].Length);
        Assert.Equal(60_000, map.Detectors[1].IntervalMs);
        Assert.False(map.Approaches[1].IsEdge);
    }

    [Fact]
    public void File_OfTheContract_IsAlive()
    {
        var map = MapBuilder.Build(CityRig.Parse(SampleNetwork.Utf8), Options);
        var sent = CityRig.Run(CityRig.Engine(map, Options), 1800);

        Assert.True(sent.Readings["int-0001/d-01"].Sum(static r => r.GetProperty("volume").GetInt32()) > 20);
        Assert.True(sent.Readings["int-0001/d-02"].Sum(static r => r.GetProperty("volume").GetInt32()) > 5);
    }

    [Fact]
    public void File_DetectorWithoutLane_CountsAllLanes()
    {
        const string File = """
            { "intersections": [ { "id": "x", "approaches": [ { "id": "n", "bearing": 180, "phase": 2, "detectors": [
                { "id": "all", "functions": ["count"], "distance": 40, "interval": 60000 },
                { "id": "one", "lane": 1, "functions": ["presence"], "distance": 40, "interval": 60000 },
                { "id": "two", "lane": 2, "functions": ["presence"], "distance": 40, "interval": 60000 } ] },
                { "id": "e", "bearing": 270, "phase": 4, "detectors": [] } ],
              "controller": { "id": "c", "phases": [ { "number": 2 }, { "number": 4 } ] } } ] }
            """;
        var map = MapBuilder.Build(CityRig.Parse(Encoding.UTF8.GetBytes(File)), Options);
        var readings = CityRig.Run(CityRig.Engine(map, Options), 1800).Readings;
        int[] Volumes(string id) => [.. readings[$"x/{id}"].Select(static r => r.GetProperty("volume").GetInt32())];

        Assert.Equal(2, map.Detectors[0].Loops);
        Assert.Equal(Volumes("one").Zip(Volumes("two"), static (a, b) => a + b), Volumes("all"));
        Assert.All(readings["x/all"], static r => Assert.InRange(r.GetProperty("occupancy").GetDecimal(), 0, 100));
    }

    [Fact]
    public void Actuated_StageNumbers_AreServedInOneRing()
    {
        // Five stages as a city without rings numbers them.
        var loads = Enumerable.Range(11, 5).ToDictionary(static n => n, static _ => 100);
        var plan = SignalPlanBuilder.Build(new TrafficCore.Traffic.Network.Controller("c", []), loads, SignalControl.Actuated, 60_000, 0)!;
        var signal = new SignalState(plan, null);
        var served = new List<int>();
        for (var second = 0L; second < 300; second++)
        {
            foreach (var phase in signal.Phases)
            {
                signal.Feel(phase, second * 1000);
            }

            signal.Step(second * 1000, (second + 1) * 1000);
            served.AddRange(signal.Phases.Where(p => p.IsGreen && (served.Count == 0 || served[^1] != p.Plan.Number)).Select(static p => p.Plan.Number));
        }

        Assert.Equal([11, 12, 13, 14, 15, 11], served.Take(6));
    }
}
