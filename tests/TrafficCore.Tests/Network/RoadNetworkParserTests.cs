using System.Text.Json.Nodes;
using TrafficCore.Traffic.Network;

namespace TrafficCore.Tests.Network;

public sealed class RoadNetworkParserTests
{
    [Fact]
    public void Parse_Sample_GivesTheWholeNetwork()
    {
        NetworkParseResult result = SampleNetwork.Parse(SampleNetwork.Json);
        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        RoadNetwork network = result.Network!;
        Assert.Equal(("demo", "Asia/Shanghai"), (network.City, network.TimeZone));
        Intersection site = network.FindIntersection("int-0001")!;
        Assert.Equal(("First and Main", 114.32, 29.84), (site.Name, site.Lon, site.Lat));
        Approach approach = site.FindApproach("n")!;
        Assert.Equal((5_000, 50.0, 1_800.0, 2), (approach.FreeFlowSpeedCenti, approach.FreeFlowSpeed, approach.SaturationFlow, approach.Phase));
        Detector second = site.DetectorByChannel(6)!;
        Assert.Same(second, site.FindDetector("d-02"));
        Assert.Same(approach, second.Approach);
        Assert.Equal((5, DetectorFunctions.Count | DetectorFunctions.Presence), (second.Phase, second.Functions));
        Assert.Equal((2, 60_000), (site.FindDetector("d-01")!.Phase, site.FindDetector("d-01")!.IntervalMs));
        Assert.Equal(new SignalPhase(2, 10, 3, 1.5), site.Controller!.Phases[0]);
        Assert.Equal([new ApproachReference("int-0001", "n")], site.Boards[0].Watches);
        Assert.Equal([new EnvironmentSensor("w-1"), new EnvironmentSensor("w-2")], site.Environment);
        Assert.Equal([new CarPark("p-1")], site.Parking);
        Assert.Empty(network.FindIntersection("int-0002")!.Environment);
        Assert.Equal(new RoadLink("l-1", "int-0001", "int-0002", 420, new ApproachReference("int-0002", "s")), network.Links[0]);
        Assert.Null(network.FindIntersection("int-0003"));
    }

    [Theory]
    [InlineData("intersections.0.id", "int 1", "$.intersections[0].id")]
    [InlineData("intersections.1.id", "int-0001", "$.intersections[1].id")]
    [InlineData("intersections.0.lat", 91, "$.intersections[0].lat")]
    [InlineData("intersections.0.name", 5, "$.intersections[0].name")]
    [InlineData("intersections.0.approaches", "none", "$.intersections[0].approaches")]
    [InlineData("intersections.0.approaches.0.freeFlowSpeed", 0, "$.intersections[0].approaches[0].freeFlowSpeed")]
    [InlineData("intersections.0.approaches.0.phase", 2.5, "$.intersections[0].approaches[0].phase")]
    [InlineData("intersections.0.approaches.0.detectors.1.id", "d-01", "$.intersections[0].approaches[0].detectors[1].id")]
    [InlineData("intersections.0.approaches.0.detectors.1.channel", 5, "$.intersections[0].approaches[0].detectors[1].channel")]
    [InlineData("intersections.0.approaches.0.detectors.0.lane", 0, "$.intersections[0].approaches[0].detectors[0].lane")]
    [InlineData("intersections.0.approaches.0.detectors.0.interval", 0, "$.intersections[0].approaches[0].detectors[0].interval")]
    [InlineData("intersections.0.approaches.0.detectors.0.functions.0", "counts", "$.intersections[0].approaches[0].detectors[0].functions[0]")]
    [InlineData("intersections.0.approaches.0.detectors.0.functions", null, "$.intersections[0].approaches[0].detectors[0].functions")]
    [InlineData("intersections.0.controller.phases.0.number", "two", "$.intersections[0].controller.phases[0].number")]
    [InlineData("intersections.0.boards.0.watches.0", "int-0001/x", "$.intersections[0].boards[0].watches[0]")]
    [InlineData("intersections.0.boards.0.watches.0", "int-0001", "$.intersections[0].boards[0].watches[0]")]
    [InlineData("intersections.0.environment.1.id", "w-1", "$.intersections[0].environment[1].id")]
    [InlineData("intersections.0.environment.0", "w-1", "$.intersections[0].environment[0]")]
    [InlineData("intersections.0.parking.0.id", "p 1", "$.intersections[0].parking[0].id")]
    [InlineData("intersections.0.parking", "none", "$.intersections[0].parking")]
    [InlineData("links.0.to", "int-0009", "$.links[0].to")]
    [InlineData("links.0.approach", "int-0001/n", "$.links[0].approach")]
    [InlineData("timeZone", "Beijing time", "$.timeZone")]
    [InlineData("intersections", null, "$.intersections")]
    public void Parse_OneThingWrong_NamesItsPath(string where, object? value, string path)
    {
        NetworkParseResult result = SampleNetwork.Parse(SampleNetwork.With(root => Set(root, where, value)));
        Assert.Null(result.Network);
        Assert.Contains(result.Errors, error => error.Path == path);
    }

    [Fact]
    public void Parse_ManyThingsWrong_ReportsAllOfThem()
    {
        string json = SampleNetwork.With(root =>
        {
            Set(root, "intersections.0.lon", 500);
            Set(root, "intersections.0.approaches.0.detectors.0.functions.0", "x");
            Set(root, "intersections.0.environment.1.id", "w-1");
            Set(root, "intersections.0.parking.0.id", "");
            Set(root, "intersections.1.id", "");
            Set(root, "links.0.from", "nowhere");
        });
        Assert.Equal(
            ["$.intersections[0].approaches[0].detectors[0].functions[0]", "$.intersections[0].environment[1].id", "$.intersections[0].parking[0].id", "$.intersections[0].lon", "$.intersections[1].id", "$.links[0].from", "$.links[0].to", "$.links[0].approach"],
            SampleNetwork.Parse(json).Errors.Select(error => error.Path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"intersections\":[")]
    [InlineData("{\"intersections\":[{\"id\":\"\\ud800\"}]}")]
    [InlineData("{\"intersections\":[],\"intersections\":[]}")]
    public void Parse_NotANetwork_IsOneError(string json)
    {
        NetworkParseResult result = SampleNetwork.Parse(json);
        Assert.Null(result.Network);
        Assert.Single(result.Errors);
    }

    [Fact]
    public void Parse_MisspeltMember_IsWarnedAndIgnored()
    {
        NetworkParseResult result = SampleNetwork.Parse(SampleNetwork.With(root => Set(root, "intersections.0.approaches.0.freeflowspeed", 50)));
        Assert.NotNull(result.Network);
        Assert.Equal("$.intersections[0].approaches[0].freeflowspeed", Assert.Single(result.Warnings).Path);
    }

    [Fact]
    public void Parse_ByteOrderMarkCommentsAndTrailingCommas_AreAllowed() =>
        Assert.NotNull(SampleNetwork.Parse("\uFEFF{ /* by hand */ \"intersections\": [ { \"id\": \"a\" }, ], }").Network);

    [Fact]
    public void Parse_ListsAnywhereWithCommentsBetweenTheirElements_AreReadWhole()
    {
        NetworkParseResult result = SampleNetwork.Parse(
            """
            { "links": [ /* the first */ {"id":"l","from":"a","to":"b"}, // and no other
              ], "city": "x", "intersections": [ {"id":"a","links":[1,{}]}, /* ] */ {"id":"b","name":"]"}, ], "timeZone": "UTC" }
            """);
        Assert.Equal(("x", "a b", "l"), (result.Network!.City, string.Join(' ', result.Network.Intersections.Select(i => i.Id)), result.Network.Links.Single().Id));
        Assert.Equal("$.intersections[0].links", Assert.Single(result.Warnings).Path);
    }

    [Theory]
    [InlineData("""{"intersections":[1,{"id":"a"}]}""", "$.intersections[0]")]
    [InlineData("""{"intersections":[{"id":"a"}],"links":{}}""", "$.links")]
    [InlineData("""{"intersections":[{"id":"a"}]} {}""", "$")]
    [InlineData("""{"intersections":[{"id":"a"},{"id":"b"]}""", "$")]
    public void Parse_WrongElementOrEnd_IsOneErrorAtItsPath(string json, string path) => Assert.Equal(path, Assert.Single(SampleNetwork.Parse(json).Errors).Path);

    [Fact]
    public void Parse_ZoneThatNobodyKnows_IsAnError()
    {
        NetworkParseResult result = RoadNetworkParser.Parse(SampleNetwork.Utf8, zone => zone != "Asia/Shanghai");
        Assert.Equal("$.timeZone", Assert.Single(result.Errors).Path);
    }

    private static void Set(JsonNode root, string where, object? value)
    {
        string[] parts = where.Split('.');
        JsonNode node = root;
        foreach (string part in parts[..^1])
        {
            node = int.TryParse(part, out int index) ? node[index]! : node[part]!;
        }

        JsonNode? leaf = JsonValue.Create(value);
        if (int.TryParse(parts[^1], out int last))
        {
            node[last] = leaf;
        }
        else
        {
            node[parts[^1]] = leaf;
        }
    }
}
