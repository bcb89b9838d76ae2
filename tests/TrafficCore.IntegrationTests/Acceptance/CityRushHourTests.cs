using System.Globalization;

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
        Assert.True(changes.Count >= 90, first);
        Assert.All(changes.GroupBy(static c => c.Board), static board =>
        {
            long[] times = [.. board.Select(static c => c.Time.ToUnixTimeMilliseconds())];
            Assert.InRange(times.Max(from => times.Count(at => at >= from && at < from + 3_600_000)), 1, ChangesPerHour);
        });
    }

    /// <summary>Default rule, default options of boards, default truth and tolerance; each of the cities, not their average.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public Task Warnings_DefaultRule_AgreeWithTheTruth(int seed) => AssertAgreesAsync(seed, rules: null, RecordedCity.RushHours);

    /// <summary>In linked streets queues of one intersection starve and block another; CityWarningsTests has more shapes of them.</summary>
    [Fact]
    public Task Warnings_LinkedStreets_AgreeWithTheTruth() => AssertAgreesAsync(seed: 2, rules: null, RecordedCity.LinkedRushHours);

    /// <summary>The same with the rules by occupancy alone that docs/operations.md has for streets with signals.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public Task Warnings_RulesForSignals_AgreeWithTheTruth(int seed) => AssertAgreesAsync(seed, RecordedCity.SignalRules, RecordedCity.RushHours);

    private static async Task AssertAgreesAsync(int seed, string? rules, string[] rushHours)
    {
        using var city = await RecordedCity.RecordAsync(seed, rules, rushHours);
        var (score, _) = await city.RunAsync(city.ScoreAsync);

        var boards = score.GetProperty("boards");
        TestContext.Current.TestOutputHelper?.WriteLine(boards.ToString());
        Assert.Equal(25, boards.GetProperty("boards").GetInt32());
        Assert.True(boards.GetProperty("congestions").GetInt32() >= 35 && boards.GetProperty("warnings").GetInt32() >= 35, boards.ToString());
        Assert.True(boards.GetProperty("precision").GetDouble() >= 0.95 && boards.GetProperty("recall").GetDouble() >= 0.9, boards.ToString());
        Assert.InRange(boards.GetProperty("mostChangesInAnHour").GetInt32(), 1, ChangesPerHour);
    }

    private static List<(DateTimeOffset Time, string Board)> Changes(string log) =>
        [.. log.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(static line => line.Split(','))
            .Select(static cells => (DateTimeOffset.Parse(cells[0], CultureInfo.InvariantCulture), $"{cells[1]}/{cells[2]}"))];
}
