using System.Text.Json;
using TrafficCore.Pipeline.Output;
using TrafficCore.Storage.History;
using TrafficCore.Storage.Influx;
using TrafficCore.TestKit.Storage;

namespace TrafficCore.IntegrationTests.Storage;

/// <summary>The board log on its way to SQLite and to a real InfluxDB.</summary>
public sealed class BoardHistoryTests
{
    // Close to midnight UTC, so that two days' files are written.
    private const long Evening = 1_709_337_540_000;

    [Fact]
    public async Task Sqlite_Decisions_ReadBackWholeOnceAndInOrder()
    {
        await using SqliteFixture store = new();
        BoardDecisionRecord[] decisions = [.. Enumerable.Range(0, 5).Select(Decision)];
        foreach (BoardDecisionRecord decision in decisions.Reverse())
        {
            store.Output.Append(store.Now, decision);
        }

        // Made again after a crash, and another board.
        store.Output.Append(store.Now, decisions[2]);
        store.Output.Append(store.Now, decisions[2] with { Board = "b-2" });
        BoardStatusRecord status = new("int-1", "b-1", Evening + 5, "m", "shown", "[jp3]X", null);
        store.Output.Append(store.Now, status);
        await store.Start().DeliveredAsync();

        using var history = store.History();
        BoardQuery all = new("int-1", "b-1", 0, long.MaxValue, 100);
        Assert.Equal(decisions, await history.DecisionsAsync(all));
        Assert.Equal(decisions[1..3], await history.DecisionsAsync(all with { FromMs = decisions[1].Time, ToMs = decisions[3].Time }));
        Assert.Equal(decisions[..2], await history.DecisionsAsync(all with { Limit = 2 }));
        Assert.Equal([status], await history.StatusesAsync(all));
        Assert.Empty(await history.StatusesAsync(all with { Board = "b-2" }));
        Assert.Equal(["boards-2024-03-01.db", "boards-2024-03-02.db", "catalog.db"], store.Files());
    }

    [Fact]
    public async Task Sqlite_FileOfADayIsLost_IsRebuiltFromTheOutput()
    {
        await using SqliteFixture store = new();
        BoardDecisionRecord[] decisions = [.. Enumerable.Range(0, 5).Select(Decision)];
        Array.ForEach(decisions, decision => store.Output.Append(store.Now, decision));
        await store.Start().DeliveredAsync();
        await store.StopAsync();
        File.Delete(Path.Combine(store.Directory, "boards-2024-03-01.db"));
        await store.Start().DeliveredAsync();
        using var history = store.History();
        Assert.Equal(decisions, await history.DecisionsAsync(new BoardQuery("int-1", "b-1", 0, long.MaxValue, 100)));
    }

    [Fact]
    public async Task Sqlite_OldDay_IsDeletedByAge()
    {
        await using SqliteFixture store = new();
        store.Output.Append(store.Now, Decision(0));
        await store.Start().DeliveredAsync();
        await store.StopAsync();
        await store.RunAtAsync(store.Options.KeepBoards + TimeSpan.FromDays(1));
        Assert.DoesNotContain("boards-2024-03-01.db", store.Files());
    }

    [Fact]
    public async Task Influx_Decisions_AreOnePointEach()
    {
        await using DatabaseProcess? server = await DatabaseProcess.TryStartInfluxAsync();
        Assert.SkipWhen(server is null, "influxd is not installed");
        await server.PostAsync("/query", "q", "CREATE DATABASE traffic");
        await using InfluxFixture influx = new(new InfluxOptions { Url = server.Url, Api = InfluxApi.V1, Token = "user:password" });
        influx.Output.Append(Evening, Decision(0));
        influx.Output.Append(Evening, Decision(0));
        influx.Output.Append(Evening, Decision(1) with { Message = "", Priority = null, State = "blanked" });
        influx.Output.Append(Evening, new BoardStatusRecord("int-1", "b-1", Evening, "m", "shown", null, null));
        influx.Start();
        await influx.DeliveredAsync();

        using var answer = JsonDocument.Parse(await server.GetAsync($"/query?db=traffic&epoch=ms&q={Uri.EscapeDataString("SELECT message, priority, rule, state FROM board_message GROUP BY intersection, board; SELECT state FROM board_status")}"));
        var results = answer.RootElement.GetProperty("results");
        var series = results[0].GetProperty("series")[0];
        Assert.Equal("int-1", series.GetProperty("tags").GetProperty("intersection").GetString());
        Assert.Equal(
            [$"[{Evening},\"[jp3][jl3]SLOW \\\"0\\\"\",8,\"congestion\",\"commanded\"]", $"[{Evening + 60_000},\"\",null,\"congestion\",\"blanked\"]"],
            series.GetProperty("values").EnumerateArray().Select(v => v.GetRawText()));
        Assert.Equal($"[{Evening},\"shown\"]", results[1].GetProperty("series")[0].GetProperty("values")[0].GetRawText());
    }

    private static BoardDecisionRecord Decision(int index) => new(
        "int-1", "b-1", Evening + (index * 60_000), $"congestion-{index}", $"[jp3][jl3]SLOW \"{index}\"", 8, "congestion", "commanded", Evening + 300_000, index == 1 ? "李" : null, "{\"rule\":\"congestion\"}");
}
