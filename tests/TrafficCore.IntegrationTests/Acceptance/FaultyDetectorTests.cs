using System.Text.Json;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Acceptance;

/// <summary>Broken detectors through the whole service: boards do not warn because of them, rows say how far to trust them, and the score knows what really passed.</summary>
public sealed class FaultyDetectorTests
{
    // Each board watches one approach: n of the first intersection, e of the second, s, w, and n again. Detectors 1 and 2 are n's, 3 and 4 e's, and so on.
    private const string Plan = """
        { "seed": 1, "faults": [
          { "device": "int-0001/detector/d-01", "kind": "stuck-on", "start": "10m", "duration": "90m" },
          { "device": "int-0002/detector/d-03", "kind": "stuck-off", "start": "10m", "duration": "90m" },
          { "device": "int-0003/detector/d-05", "kind": "chatter", "start": "10m", "duration": "90m", "parameters": { "perSecond": 2 } },
          { "device": "int-0004/detector/d-07", "kind": "silence", "start": "10m", "duration": "90m" } ] }
        """;

    // Seven in the morning and two hours more, at a level that no signal has trouble with.
    private static readonly string[] Quiet =
        ["--intersections", "5", "--links", "no", "--lanes", "2", "--stop-bar-detectors", "no", "--board-every", "1", "--demand", "60", "--start-time-of-day", "07:00", "--duration", "2h"];

    private static readonly DateTimeOffset Begin = new(2026, 1, 5, 7, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task FaultPlan_QuietCity_NoBoardWarnsAndEveryRowSaysSo()
    {
        using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(directory["faults.json"], Plan);
        using var city = await RecordedCity.RecordAsync(seed: 1, rules: null, [.. Quiet, "--faults", directory["faults.json"]]);

        var ((score, rows), log) = await city.RunAsync(async service => (await city.ScoreAsync(service), await RowsAsync(service)));

        // The log has a header and nothing else.
        Assert.Single(log.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal((0, 0), (score.GetProperty("boards").GetProperty("warnings").GetInt32(), score.GetProperty("boards").GetProperty("congestions").GetInt32()));

        // Stuck where a queue could stand, so only a quarter of an hour tells; no vehicles and no occupancy are what an empty road looks like too.
        Assert.Equal(("stuck-on", 0, 100.0, 1.0), Text(rows["int-0001/d-01"]));
        Assert.Equal(("ok", 0, 0.0, 1.0), Text(rows["int-0002/d-03"]));
        Assert.Equal("chatter", rows["int-0003/d-05"].GetProperty("health").GetString());
        Assert.True(rows["int-0003/d-05"].GetProperty("volume").GetInt32() > 1800);

        // Empty rows are the clock's, and a replay of old data has none: the other lane of its approach is all that is known.
        Assert.False(rows.ContainsKey("int-0004/d-07"));
        Assert.Equal("ok", rows["int-0005/d-01"].GetProperty("health").GetString());
        Assert.Equal(0.5, rows["int-0004/w"].GetProperty("coverage").GetDouble());

        // Of the windows with a fault the service says what was sent, and the score what is wrong with that.
        var faulty = score.GetProperty("faulty");
        Assert.True(faulty.GetProperty("windows").GetInt32() >= 4 * 90 && faulty.GetProperty("exact").GetInt32() < faulty.GetProperty("windows").GetInt32() / 4, score.ToString());
        Assert.Equal(0, score.GetProperty("healthy").GetProperty("meanAbsoluteError").GetDouble());
    }

    private static (string?, int, double, double) Text(JsonElement row) =>
        (row.GetProperty("health").GetString(), row.GetProperty("volume").GetInt32(), row.GetProperty("occupancy").GetDouble(), row.GetProperty("coverage").GetDouble());

    /// <summary>Rows of the quarter of an hour from 07:30 on, in the middle of every fault.</summary>
    private static async Task<Dictionary<string, JsonElement>> RowsAsync(ServiceProcess service)
    {
        using var api = new ServiceApi(service.Http);
        var rows = new Dictionary<string, JsonElement>();
        foreach (var (intersection, kind, id) in new[]
        {
            ("int-0001", "detectors", "d-01"), ("int-0002", "detectors", "d-03"), ("int-0003", "detectors", "d-05"), ("int-0004", "detectors", "d-07"), ("int-0005", "detectors", "d-01"), ("int-0004", "approaches", "w"),
        })
        {
            foreach (var (_, row) in await api.FlowAsync($"{intersection}/{kind}/{id}", Begin.AddMinutes(30), Begin.AddMinutes(45), "900s"))
            {
                rows.Add($"{intersection}/{id}", row);
            }
        }

        return rows;
    }
}
