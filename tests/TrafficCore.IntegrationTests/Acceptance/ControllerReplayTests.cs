using System.Globalization;
using System.Text.Json;
using TrafficCore.TestKit.Processes;
using TrafficCore.TestKit.Storage;

namespace TrafficCore.IntegrationTests.Acceptance;

/// <summary>Two recorded hours of a real signal controller, replayed over MQTT, against the totals published with the recording.</summary>
public sealed class ControllerReplayTests
{
    private const string Events = "odot_signal_1136/events_1136.csv.gz";
    private const string Expected = "odot_signal_1136/expected_actuations_15min.csv";
    private const string Controller = "1136";

    private static readonly DateTimeOffset From = new(2024, 4, 15, 12, 0, 0, TimeSpan.Zero);

    // The last window closes by silence: a controller holds a window for 2 x 60 s after its last event.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(180);

    [Fact]
    public async Task Actuations_RecordedController_EqualPublishedTotals()
    {
        var (events, expected) = (RecordedReplay.Require(Events), ReadExpected(RecordedReplay.Require(Expected)));
        using var data = new TemporaryDirectory();
        await using var influx = await RecordedReplay.StartInfluxAsync();
        await using var service = await ServiceProcess.StartAsync(data.FullName, "--Ingest:MaxAge=unlimited", $"--Influx:Url={influx.Url}", "--Influx:Api=v1");

        var report = await RecordedReplay.RunAsync(service, events, "--format", "indiana");
        Assert.Equal(37_152, report.GetProperty("events").GetInt64());

        using var api = new ServiceApi(service.Http);
        await AssertFlowAsync(api, expected);
        await AssertInfluxAsync(influx, expected);
        await AssertLedgerAsync(api);
    }

    private static ILookup<string, (DateTimeOffset Start, long Total)> ReadExpected(string path) =>
        File.ReadLines(path).Skip(1).Select(line => line.Split(','))
            .ToLookup(cells => cells[2], cells => (DateTimeOffset.Parse(cells[0], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal), long.Parse(cells[3], CultureInfo.InvariantCulture)));

    private static async Task AssertFlowAsync(ServiceApi api, ILookup<string, (DateTimeOffset Start, long Total)> expected)
    {
        foreach (var channel in expected)
        {
            await Eventually.ReachesAsync(
                async () =>
                {
                    var rows = await api.FlowAsync($"{Controller}/detectors/{channel.Key}", From, From.AddHours(2), "900s");
                    return channel.Select(bin => RecordedReplay.Difference(rows, bin.Start, bin.Total)).FirstOrDefault(difference => difference is not null);
                },
                Silence);
        }
    }

    private static async Task AssertInfluxAsync(DatabaseProcess influx, ILookup<string, (DateTimeOffset Start, long Total)> expected)
    {
        foreach (var channel in expected)
        {
            await Eventually.ReachesAsync(
                async () =>
                {
                    var volumes = await RecordedReplay.VolumesAsync(
                        influx, $"SELECT volume FROM detector_flow WHERE intersection='{Controller}' AND detector='{channel.Key}' AND \"window\"='900s'");
                    return channel.Select(bin => volumes.GetValueOrDefault(bin.Start, -1) == bin.Total ? null : $"{channel.Key} at {bin.Start:O}").FirstOrDefault(difference => difference is not null);
                },
                TimeSpan.FromSeconds(30));
        }
    }

    private static async Task AssertLedgerAsync(ServiceApi api)
    {
        var ledger = await api.LedgerAsync($"{Controller}/controller/{Controller}");
        Assert.Equal(37_152, ledger.GetProperty("received").GetInt64());
        Assert.Equal(37_148, ledger.GetProperty("stored").GetInt64());
        Assert.Equal(4, ledger.GetProperty("duplicate").GetInt64());
        Assert.Equal(0, ledger.GetProperty("unexplained").GetInt64());
        Assert.Contains("trafficcore_pipeline_readings_duplicate_total 4\n", await api.GetTextAsync("metrics"), StringComparison.Ordinal);
    }
}
