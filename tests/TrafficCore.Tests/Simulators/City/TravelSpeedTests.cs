using System.Globalization;
using TrafficCore.Simulators.City;
using TrafficCore.Simulators.City.Demand;
using TrafficCore.Simulators.City.Layout;
using TrafficCore.Simulators.City.Truth;

namespace TrafficCore.Tests.Simulators;

/// <summary>When the truth calls a road congested.</summary>
public sealed class TravelSpeedTests
{
    [Theory]
    [InlineData(10)]
    [InlineData(200)]
    public void State_QuietCity_IsNeverCongested(int demandMilli)
    {
        var rows = Rows(new CityOptions { DemandMilli = demandMilli, Day = CityRig.Steady }, new GridOptions { Intersections = 4 }, minutes: 60);

        Assert.True(rows.Count > 900);
        Assert.DoesNotContain(rows, static r => r["state"] is "light" or "moderate" or "severe");
    }

    /// <summary>Where hardly anybody drives, who comes too late for a green wave needs far more than the mean, and nobody else leaves meanwhile.</summary>
    [Fact]
    public void State_OneRed_IsNoCongestion()
    {
        var options = new CityOptions { DemandMilli = 50, Cycle = TimeSpan.FromSeconds(120), Day = CityRig.Steady };

        Assert.DoesNotContain(Rows(options, new GridOptions { Intersections = 25 }, minutes: 240), static r => r["state"] is "light" or "moderate" or "severe");
    }

    [Fact]
    public void FreeFlow_AnyDemand_IsThatOfTheRoadAndItsSignals()
    {
        var quiet = FreeFlow(new CityOptions { DemandMilli = 100 });

        Assert.Equal(quiet, FreeFlow(new CityOptions { DemandMilli = 2000 }));
        Assert.All(quiet, static f => Assert.InRange(f, 0.2, 0.95));
        Assert.All(quiet.Zip(FreeFlow(new CityOptions { Cycle = TimeSpan.FromSeconds(180) })), static pair => Assert.True(pair.Second < pair.First, $"{pair}"));
    }

    [Fact]
    public void State_RoadThatNobodyLeaves_IsSevereOnceItStands()
    {
        // Thirty times what signals let through: the first vehicles wait for minutes.
        var rows = Rows(new CityOptions { DemandMilli = 30_000, Day = CityRig.Steady }, new GridOptions { Intersections = 4 }, minutes: 40);

        Assert.All(rows.TakeLast(16), static r => Assert.Equal("severe", r["state"]));
    }

    [Fact]
    public void Roads_FullInARing_ComeFreeAgain()
    {
        // One lane and one and a half times the usual demand: turns block each other, and full roads close rings.
        var options = new CityOptions { DemandMilli = 1500, Day = new DayProfile(6 * 3_600_000L, 5 * 3_600_000L, DayShape.Peaks) };
        var map = MapBuilder.Build(CityRig.Parse(GridNetwork.Write(new GridOptions { Intersections = 16, Lanes = 1 })), options);
        var engine = CityRig.Engine(map, options);
        CityRig.Run(engine, 4 * 3600);

        // An hour after the second rush.
        var waits = engine.Traffic.Approaches.SelectMany(static a => a.Lanes).Select(l => engine.Traffic.Now - (l.FirstEntered ?? engine.Traffic.Now)).ToList();
        Assert.All(waits, static wait => Assert.InRange(wait, 0, 600_000));
    }

    private static List<double> FreeFlow(CityOptions options)
    {
        var map = MapBuilder.Build(CityRig.Parse(GridNetwork.Write(new GridOptions { Intersections = 4 })), options);
        var groups = map.Approaches.SelectMany(static a => a.Lanes.Select(static l => l.Phase).Distinct().Select(_ => a)).ToList();
        return [.. FreeFlowTimes.Measure(map, options, parts: 1).Zip(groups, static (time, approach) => approach.Length * 1000.0 / approach.FreeSpeed / time)];
    }

    private static IReadOnlyList<IReadOnlyDictionary<string, string>> Rows(CityOptions options, GridOptions grid, int minutes)
    {
        var files = new MemoryTruth();
        CityRig.Run(CityRig.Engine(MapBuilder.Build(CityRig.Parse(GridNetwork.Write(grid)), options), options, truth: files.Files), minutes * 60);
        var rows = files.Rows(TruthFiles.ApproachesName);
        Assert.All(rows.Where(static r => r["speed_ratio"].Length > 0), static r => Assert.Equal(Number(r["travel_speed"]) / Number(r["free_flow_speed"]), Number(r["speed_ratio"]), 0.03));
        return rows;
    }

    private static double Number(string cell) => double.Parse(cell, CultureInfo.InvariantCulture);
}
