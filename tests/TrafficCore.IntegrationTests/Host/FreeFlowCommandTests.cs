using TrafficCore.IntegrationTests.Storage;
using TrafficCore.TestKit.Processes;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.IntegrationTests.Host;

public sealed class FreeFlowCommandTests
{
    private const string Network = """
        { "city": "t", "timeZone": "Asia/Shanghai", "intersections": [ { "id": "int-1", "approaches": [
            { "id": "n", "freeFlowSpeed": 50, "detectors": [ { "id": "d-1", "functions": ["count"] } ] }, { "id": "s", "detectors": [] } ] } ] }
        """;

    [Fact]
    public async Task FreeFlow_MonthOfHistory_IsEstimatedBesideWhatIsConfigured()
    {
        using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(directory["network.json"], Network);
        await using SqliteFixture store = new();
        const long Quarter = SqliteFixture.Quarter;
        long today = store.Now / SqliteFixture.Day * SqliteFixture.Day;
        for (int day = -33; day < 0; day++)
        {
            // Hours 9 to 11 UTC, in the afternoon there, are the fastest ninth of the day.
            store.Output.Append(store.Now, [.. Enumerable.Range(0, 96).Select(quarter => Row(today + (day * SqliteFixture.Day) + (quarter * Quarter), quarter is >= 36 and < 44 ? 57 : 40))]);
        }

        await store.Start().DeliveredAsync();

        var (exitCode, output) = await ServiceProcess.RunAsync(
            "trafficcore.dll", "free-flow", $"--Sqlite:Directory={store.Directory}", $"--Data:Directory={directory["data"]}", $"--Network:File={directory["network.json"]}");
        Assert.True(exitCode == 0, output);
        Assert.Equal(["intersection,approach,configured,estimated,days", "int-1,n,50,57,33", "int-1,s,,,0"], output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

        (exitCode, output) = await ServiceProcess.RunAsync(
            "trafficcore.dll", "free-flow", "--limit", "55", $"--Sqlite:Directory={store.Directory}", $"--Data:Directory={directory["data"]}", $"--Network:File={directory["network.json"]}");
        Assert.Contains("int-1,n,50,55,33", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Network:File")]
    [InlineData("--from", "--from", "yesterday")]
    public async Task FreeFlow_WrongUsage_NamesWhatIsMissing(string named, params string[] arguments)
    {
        using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(directory["network.json"], Network);
        string[] network = arguments.Length > 0 ? [$"--Network:File={directory["network.json"]}"] : [];
        var (exitCode, output) = await ServiceProcess.RunAsync("trafficcore.dll", ["free-flow", .. arguments, .. network, $"--Data:Directory={directory["data"]}"]);
        Assert.Equal(2, exitCode);
        Assert.Contains(named, output, StringComparison.Ordinal);
    }

    private static FlowRow Row(long start, int kmh) => new()
    {
        Level = FlowLevel.Approach, Intersection = "int-1", Id = "n", Start = start, Length = SqliteFixture.Quarter, Revision = 1, Volume = 4, SpeedVehicles = 4, SpeedWeighted = 400L * kmh,
    };
}
