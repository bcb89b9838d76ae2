using System.Text.Json;
using Spectre.Console;
using TrafficCore.Simulators.City.Layout;
using TrafficCore.Simulators.Demo;
using TrafficCore.Simulators.Load;
using TrafficCore.Traffic.Network;

namespace TrafficCore.Tests.Simulators;

public sealed class DemoScreenTests
{
    private static readonly DemoSnapshot Snapshot = new(
        [new DemoIntersection("int-0001", "Market [x]", "10s", DateTimeOffset.UnixEpoch, 12, 34.56, 41.2, "F", 1)],
        [new DemoBoard("int-0001", "b-1", "SLOW / AHEAD", "slow-traffic entered int-0001/n", "confirmed", "shown")],
        [new DemoLag("sqlite", 0, 0), new DemoLag("influxdb", 1200, 4.2)],
        new LedgerCounts(10, 9, 1, 0, 0, 0, 0, 0),
        48);

    [Fact]
    public void Lines_SameFrameTwice_RepeatNothingButTheLedger()
    {
        var screen = new DemoLines(TextWriter.Null);
        var frame = new DemoFrame(TimeSpan.FromSeconds(61), true, 10, 9, Snapshot);

        var first = screen.Lines(frame with { Service = Snapshot with { Intersections = [Snapshot.Intersections[0] with { Start = DateTimeOffset.UnixEpoch.AddSeconds(10) }] } }).ToArray();
        var second = screen.Lines(frame).ToArray();

        Assert.Equal(3, first.Length);
        Assert.Contains("int-0001 window 00:00:10Z 10s: vehicles 12, occupancy 34.6 %, speed 41.2 km/h, level F", first[0], StringComparison.Ordinal);
        Assert.Contains("board int-0001/b-1 shows SLOW / AHEAD because slow-traffic entered int-0001/n", first[1], StringComparison.Ordinal);
        Assert.Contains("stored 9", first[2], StringComparison.Ordinal);
        Assert.EndsWith("databases: sqlite up to date, influxdb 1200 records, 4.2 s behind", first[2], StringComparison.Ordinal);
        Assert.Empty(second);
    }

    [Fact]
    public void Table_UnknownValues_AreDashesAndNothingIsMarkup()
    {
        var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = 140;
        var unknown = new DemoIntersection("int-0002", null, null, null, null, null, null, null, null);

        var screen = new DemoTable(console, "Ctrl-C [stops]");
        console.Write(screen.Render(new DemoFrame(TimeSpan.Zero, false, 1, 1, Snapshot with { Intersections = [.. Snapshot.Intersections, unknown] })));
        console.Write(screen.Render(new DemoFrame(TimeSpan.Zero, false, 0, 0, DemoSnapshot.Empty)));

        Assert.Contains("Market [x]", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("34.6 %", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("databases: sqlite up to date", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("Ctrl-C [stops]", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Table_NarrowTerminal_KeepsEachIntersectionOnOneLine()
    {
        var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = 40;

        console.Write(new DemoTable(console, "Ctrl-C stops").Render(new DemoFrame(TimeSpan.Zero, false, 1, 1, Snapshot)));

        var lines = text.ToString().Split('\n', StringSplitOptions.TrimEntries);
        Assert.All(lines, static line => Assert.InRange(line.Length, 0, 40));
        Assert.Contains(lines, static line => line.Contains("int-0001", StringComparison.Ordinal) && line.Contains("41.2", StringComparison.Ordinal) && line.Contains('F', StringComparison.Ordinal));
    }

    [Fact]
    public void Feed_AnswersOfTheService_AreRead()
    {
        var intersection = Parse("""{"id":"int-0001","name":"A","latest":{"window":"10s","row":{"start":"2026-01-02T03:04:10Z","volume":5,"occupancy":1.5,"speed":40.5,"levelOfService":"B","coverage":1}}}""");
        var board = Parse("""{"intersection":"int-0001","board":"b-1","multi":"[jp3]SLOW[nl]AHEAD","text":"SLOW / AHEAD","delivery":"confirmed","status":{"state":"shown"},"reason":{"rule":"slow-traffic","because":{"event":"entered","approach":"int-0001/n","metric":"speedRatio","value":0.2345}}}""");

        Assert.Equal(
            new DemoIntersection("int-0001", "A", "10s", new DateTimeOffset(2026, 1, 2, 3, 4, 10, TimeSpan.Zero), 5, 1.5, 40.5, "B", 1),
            DemoFeed.ReadIntersection(intersection));
        Assert.Equal(
            new DemoBoard("int-0001", "b-1", "SLOW / AHEAD", "slow-traffic entered int-0001/n speedRatio 0.23", "confirmed", "shown"),
            DemoFeed.ReadBoard(board));
        Assert.Equal(new DemoLag("sqlite", 7, 0.5), DemoFeed.ReadLag(Parse("""{"name":"sqlite","position":9,"lagRecords":7,"lagSeconds":0.5,"lagBytes":900}""")));
        Assert.Equal("(blank)", DemoFeed.ReadBoard(Parse("""{"intersection":"i","board":"b","multi":"","text":""}""")).Text);
    }

    [Fact]
    public void NetworkFile_Demo_HasNoErrors()
    {
        var parsed = RoadNetworkParser.Parse(GridNetwork.Write(DemoCity.Describe(new DemoOptions { Intersections = 8 }).Grid));

        Assert.Empty(parsed.Errors);
        Assert.Empty(parsed.Warnings);
        Assert.NotNull(parsed.Network);
    }

    private static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;
}
