using System.Text;
using System.Text.Json.Nodes;
using TrafficCore.Simulators.City;
using TrafficCore.Simulators.City.Faults;
using TrafficCore.Tests.House;
using TrafficCore.Tests.Network;

namespace TrafficCore.Tests.Simulators;

public sealed class FaultPlanTests
{
    private const string Sample = """
        { "seed": 7,
          "faults": [
            { "device": "int-0001/detector/d-01", "kind": "chatter", "start": "10m", "duration": "5m", "parameters": { "perSecond": 3 } },
            { "device": "int-0001/detector/d-02", "kind": "count-drift", "start": "0s", "duration": "1h", "parameters": { "percent": -30 } },
            { "device": "*/controller/*", "kind": "half", "start": "90s", "duration": "10m", "parameters": { "channels": "13-24,3" } },
            { "device": "int-0001/detector/*", "kind": "backlog", "start": "20m", "duration": "5m", "parameters": { "perSecond": 5, "order": "live-first" } },
            { "device": "int-0002/detector/d-01", "kind": "reorder", "start": "1m", "duration": "5m", "parameters": { "percent": 50, "delay": "5s" } },
            { "device": "int-0001/board/b-1", "kind": "wrong", "start": "1m", "duration": "5m", "parameters": { "multi": "[jp3]NO" } } ],
          "random": [ { "devices": "detector", "kind": "silence", "perHour": 0.5, "duration": "10m" } ] }
        """;

    private static readonly JsonNode Schema = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "simulators/TrafficCore.Simulators/faults.schema.json")))!;

    [Fact]
    public void Plan_Sample_IsReadWithDefaults()
    {
        var (plan, errors) = Parse(Sample);

        Assert.Empty(errors);
        Assert.Equal((7, 6, 1), (plan!.Seed, plan.Faults.Count, plan.Random.Count));
        Assert.Equal([3, .. Enumerable.Range(13, 12)], plan.Faults[2].Parameters.Channels.Order());
        Assert.True(plan.Faults[3].Parameters.LiveFirst);
        Assert.Equal(TimeSpan.FromSeconds(5), plan.Faults[4].Parameters.Delay);
        Assert.Equal((TimeSpan.Zero, TimeSpan.FromHours(1)), (plan.Faults[1].Start, plan.Faults[1].Duration));
    }

    [Fact]
    public void Plan_ManyMistakes_AreAllListed()
    {
        var (plan, errors) = Parse("""
            { "seed": -1, "fault": [],
              "faults": [
                { "device": "int-0001/lamp/d-01", "kind": "silence", "start": "1m", "duration": "5m" },
                { "device": "int-0001/board/b-1", "kind": "chatter", "start": "1m", "duration": "5m" },
                { "device": "int-0001/detector/d-01", "kind": "asleep", "start": "soon", "duration": "0s" },
                { "device": "int-0001/detector/d-01", "kind": "chatter", "start": "1m", "duration": "5m", "parameters": { "perSecond": 40, "percent": 3 } } ],
              "random": [ { "devices": "cars", "kind": "silence", "duration": "10m" } ] }
            """);

        Assert.Null(plan);
        string[] places =
        [
            "$.seed", "$.fault:", "$.faults[0].device", "$.faults[1].kind", "$.faults[2].kind", "$.faults[2].start", "$.faults[2].duration",
            "$.faults[3].parameters.perSecond", "$.faults[3].parameters.percent", "$.random[0].devices", "$.random[0].perHour",
        ];
        Assert.All(places, place => Assert.Contains(errors, e => e.StartsWith(place, StringComparison.Ordinal)));
        Assert.Equal(places.Length, errors.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    public void Plan_NoObject_IsRefused(string text) => Assert.NotEmpty(Parse(text).Errors);

    [Fact]
    public void Schema_Sample_IsValid() => Assert.Empty(SchemaCheck.Errors(Schema, JsonNode.Parse(Sample)));

    [Fact]
    public void Schema_Kinds_AreTheParsers()
    {
        Assert.Equal(FaultRule.All.Select(static r => r.Name), Schema["$defs"]!["kind"]!["enum"]!.AsArray().Select(static n => n!.GetValue<string>()));
        Assert.Equal(FaultRule.All.Select(static r => (int)r.Kind), Enumerable.Range(0, FaultRule.All.Count));
        Assert.Equal(
            FaultRule.All.SelectMany(static r => r.Parameters).Distinct().Order(),
            Schema["$defs"]!["parameters"]!["properties"]!.AsObject().Select(static p => p.Key).Order());
    }

    [Fact]
    public void Schema_WhatItRefuses_TheParserRefuses()
    {
        // The other way round the parser is stricter: kinds, devices and parameters have to fit each other.
        JsonNode?[] values = [null, -1, 1e12, "", "x y", "a/b", "count", true, new JsonArray(), new JsonObject(), new JsonArray(1)];
        var refused = 0;
        foreach (var path in JsonPaths.All(JsonNode.Parse(Sample)!))
        {
            foreach (var value in values)
            {
                var root = JsonNode.Parse(Sample)!;
                JsonPaths.Replace(root, path, value?.DeepClone());
                var wrong = SchemaCheck.Errors(Schema, root);
                refused += wrong.Count > 0 ? 1 : 0;
                Assert.True(wrong.Count == 0 || Parse(root.ToJsonString()).Errors.Count > 0, $"{path} = {value?.ToJsonString() ?? "null"}: {string.Join("; ", wrong)}");
            }
        }

        Assert.True(refused > 200, $"{refused}");
    }

    [Fact]
    public void Documentation_SampleAndKinds_AreThePrograms()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs/simulators.md"));
        var sample = page.Split("```json\n")[1].Split("```")[0];
        var table = page.Split("| kind | devices |")[1].Split("\n\n")[0];
        var kinds = table.Split('\n').Where(static l => l.StartsWith("| `", StringComparison.Ordinal)).SelectMany(static l => l.Split('|')[1].Split(',')).Select(static k => k.Trim(' ', '`'));

        Assert.Empty(Parse(sample).Errors);
        Assert.Equal(FaultRule.All.Select(static r => r.Name).Order(), kinds.Order());
    }

    [Fact]
    public void Schedule_UnknownDevicesAndOverlaps_AreListed()
    {
        var (plan, _) = Parse("""
            { "faults": [
                { "device": "int-0099/detector/d-01", "kind": "silence", "start": "1m", "duration": "5m" },
                { "device": "int-0001/board/b-9", "kind": "offline", "start": "1m", "duration": "5m" },
                { "device": "int-0001/detector/d-01", "kind": "silence", "start": "1m", "duration": "5m" },
                { "device": "int-0001/detector/*", "kind": "silence", "start": "2m", "duration": "5m" } ] }
            """);

        var (schedule, errors) = FaultScheduler.Resolve(CityRig.Grid(4, new CityOptions()), plan!, 0, TimeSpan.FromHours(1));

        Assert.Null(schedule);
        Assert.Equal(3, errors.Count);
        Assert.StartsWith("$.faults[0].device", errors[0], StringComparison.Ordinal);
        Assert.StartsWith("$.faults[1].device", errors[1], StringComparison.Ordinal);
        Assert.StartsWith("$.faults[3]:", errors[2], StringComparison.Ordinal);
    }

    [Fact]
    public void Schedule_RandomFaults_ComeAtTheirRateAndNeverTwiceAtOnce()
    {
        var map = CityRig.Grid(20, new CityOptions());
        var (plan, _) = Parse("""{ "seed": 5, "random": [ { "devices": "detector", "kind": "silence", "perHour": 2, "duration": "3m" } ] }""");

        var schedule = FaultScheduler.Resolve(map, plan!, 0, TimeSpan.FromHours(24)).Schedule!;

        // After 3 minutes of silence another half hour on average: 24 h / 33 min times 480 detectors.
        Assert.InRange(schedule.All.Count, 0.95 * 480 * 24 * 60 / 33, 1.05 * 480 * 24 * 60 / 33);
        foreach (var detector in map.Detectors)
        {
            var faults = schedule.Of(FaultyDevices.Detector, detector.Index);
            Assert.All(faults.Zip(faults.Skip(1)), static pair => Assert.True(pair.First.Until <= pair.Second.From));
        }
    }

    [Fact]
    public void Schedule_RandomFaults_AreTheSameForOneDeviceInALargerCity()
    {
        var (plan, _) = Parse("""{ "seed": 5, "random": [ { "devices": "detector", "kind": "silence", "perHour": 2, "duration": "3m" } ] }""");
        (long, long)[] First(int intersections) => [.. FaultScheduler.Resolve(CityRig.Grid(intersections, new CityOptions()), plan!, 0, TimeSpan.FromHours(9)).Schedule!
            .Of(FaultyDevices.Detector, 3).Select(static f => (f.From, f.Until))];

        Assert.NotEmpty(First(1));
        Assert.Equal(First(1), First(9));
    }

    private static (FaultPlan? Plan, IReadOnlyList<string> Errors) Parse(string text) => FaultPlanParser.Parse(Encoding.UTF8.GetBytes(text));
}
