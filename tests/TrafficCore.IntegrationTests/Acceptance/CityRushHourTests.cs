using System.Globalization;
using System.Text.Json;

namespace TrafficCore.IntegrationTests.Acceptance;

/// <summary>Rush hours of the simulated city, recorded and replayed: boards say the same each time, seldom change, and say what is true.</summary>
public sealed class CityRushHourTests
{
    private const int ChangesPerHour = 6;

    [Fact]
    public async Task BoardLog_RushHourReplayedTwice_IsByteEqualAndChangesSeldom()
    {
        using var city = await RecordedCity.RecordAsync(seed: 1, RecordedCity.RushHours);
        var (_, first) = await city.RunAsync(static _ => Task.FromResult(true));
        var (_, second) = await city.RunAsync(static _ => Task.FromResult(true), "--Pipeline:Shards=3");

        Assert.Equal(first, second);
        var changes = Changes(first);
        Assert.True(changes.Count >= 80, first);
        Assert.All(changes.GroupBy(static c => c.Board), static board =>
        {
            long[] times = [.. board.Select(static c => c.Time.ToUnixTimeMilliseconds())];
            Assert.InRange(times.Max(from => times.Count(at => at >= from && at < from + 3_600_000)), 1, ChangesPerHour);
        });
    }

    /// <summary>
    /// The rules that docs/operations.md recommends for streets with signals, default options of boards, default truth and tolerance. One warning more or less is some percent of
    /// one city's, so all cities are counted together, and each on its own only roughly.
    /// </summary>
    [Fact]
    public async Task Warnings_RushHoursOfFourCities_AgreeWithTheTruth()
    {
        var total = new Dictionary<string, int>();
        foreach (var seed in Enumerable.Range(1, 4))
        {
            using var city = await RecordedCity.RecordAsync(seed, RecordedCity.RushHours);
            var (score, _) = await city.RunAsync(city.ScoreAsync);
            var boards = score.GetProperty("boards");
            foreach (var name in (string[])["warnings", "justified", "congestions", "found"])
            {
                total[name] = total.GetValueOrDefault(name) + boards.GetProperty(name).GetInt32();
            }

            Assert.Equal(25, boards.GetProperty("boards").GetInt32());
            Assert.InRange(boards.GetProperty("mostChangesInAnHour").GetInt32(), 1, ChangesPerHour);
            Assert.True(boards.GetProperty("congestions").GetInt32() >= 36, score.ToString());
            Assert.True(boards.GetProperty("precision").GetDouble() >= 0.9 && boards.GetProperty("recall").GetDouble() >= 0.9, $"seed {seed}: {score}");
            TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}: {boards}");
        }

        var (precision, recall) = ((double)total["justified"] / total["warnings"], (double)total["found"] / total["congestions"]);
        Assert.True(precision >= 0.95 && recall >= 0.9, $"precision {precision:0.000}, recall {recall:0.000}, {JsonSerializer.Serialize(total)}");
    }

    private static List<(DateTimeOffset Time, string Board)> Changes(string log) =>
        [.. log.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(static line => line.Split(','))
            .Select(static cells => (DateTimeOffset.Parse(cells[0], CultureInfo.InvariantCulture), $"{cells[1]}/{cells[2]}"))];
}
