using System.Globalization;
using System.Text.Json;
using TrafficCore.Log;
using TrafficCore.Pipeline.Export;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Acceptance;

/// <summary>A rush hour through the whole service, killed again and again: the city's index is that of the readings, without holes and with every revision once.</summary>
public sealed class CityKillTests
{
    private const string Links = """, "links": [ { "id": "l-1", "from": "int-2", "to": "int-1", "length": 650, "approach": "int-1/n" }, { "id": "l-2", "from": "int-1", "to": "int-2", "length": 1200, "approach": "int-2/n" } ] }""";

    // Of int-1/n, int-1/s (the default) and int-2/n: metres and free-flow speed.
    private static readonly Dictionary<string, (decimal Metres, decimal FreeFlow)> Segments = new(StringComparer.Ordinal)
    {
        ["int-1/n"] = (650, 50), ["int-1/s"] = (400, 50), ["int-2/n"] = (1200, 60),
    };

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task CityIndex_SigkillAtAnyMoment_IsThatOfTheReadingsWithoutHolesOrIdleRevisions()
    {
        using var data = new TemporaryDirectory();
        await File.WriteAllTextAsync(data["network.json"], RushHour.Network.TrimEnd()[..^1].TrimEnd() + Links);
        string[] arguments =
        [
            "--Ingest:MaxAge=unlimited", "--Boards:MaxInputAge=unlimited", "--Windows:IdleTimeout=60s", "--Pipeline:SnapshotInterval=2s", "--Pipeline:Shards=2", "--City:SaveEvery=2s",
            $"--Network:File={data["network.json"]}",
        ];
        var service = await ServiceProcess.StartAsync(data["data"], arguments);
        try
        {
            // One intersection runs ahead of the other; after the second send nothing is waited for.
            var (first, second) = (0, 0);
            foreach (var (minute, ahead, settles) in new[] { (8, 12, true), (22, 22, false), (30, 55, true), (52, 55, false) })
            {
                first = await RushHour.SendAsync(service.MqttPort, "int-1", first, (minute * 18) - first);
                second = await RushHour.SendAsync(service.MqttPort, "int-2", second, (ahead * 6) - second);
                if (settles)
                {
                    await PublishedAsync(service, Math.Min(minute, ahead) - 1);
                }

                await service.KillAsync();
                await service.DisposeAsync();
                service = await ServiceProcess.StartAsync(data["data"], arguments);
            }

            await RushHour.SendAsync(service.MqttPort, "int-1", first, RushHour.Of("int-1").Count - first);
            await RushHour.SendAsync(service.MqttPort, "int-2", second, RushHour.Of("int-2").Count - second);
            await PublishedAsync(service, RushHour.Minutes - 1);
            Assert.Equal(0, await service.TerminateAsync());
        }
        finally
        {
            await service.DisposeAsync();
        }

        AssertRevisions(data["data"]);
        await AssertExportAsync(data["data"]);
    }

    /// <summary>Waits until the API has every window up to a minute.</summary>
    private static async Task PublishedAsync(ServiceProcess service, int minute)
    {
        using var api = new ServiceApi(service.Http);
        var from = RushHour.Start.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        await Eventually.ReachesAsync(
            async () =>
            {
                var starts = (await api.GetAsync($"api/v1/city/index?window=60s&from={from}")).GetProperty("rows").EnumerateArray()
                    .Select(row => (int)(row.GetProperty("start").GetDateTimeOffset() - RushHour.Start).TotalMinutes).ToList();
                return Enumerable.Range(0, minute + 1).Except(starts).ToList() is { Count: > 0 } missing ? $"minutes {string.Join(", ", missing)} are missing" : null;
            },
            Deadline);
    }

    private static void AssertRevisions(string directory)
    {
        foreach (var window in DataExport.CityIndex(directory, PhysicalFileSystem.Instance).GroupBy(row => (row.Length, row.Start)))
        {
            Assert.Equal(Enumerable.Range(1, window.Count()), window.Select(row => row.Revision));
            Assert.All(window.Zip(window.Skip(1)), pair => Assert.NotEqual(pair.First with { Revision = 0 }, pair.Second with { Revision = 0 }));
        }
    }

    private static async Task AssertExportAsync(string directory)
    {
        var (exitCode, output) = await ServiceProcess.RunAsync("trafficcore.dll", "export", "city", $"--Data:Directory={directory}");
        Assert.True(exitCode == 0, output);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("city,window,start,tpi,tti,dtp,level,congested_share,share_1,share_2,share_3,share_4,share_5,approaches,coverage,method,network_version,revision", lines[0]);
        var rows = lines.Skip(1).Select(line => line.Split(',')).ToDictionary(c => (c[1], DateTimeOffset.Parse(c[2], CultureInfo.InvariantCulture)));

        // The last quarter of an hour is not over by the readings themselves.
        foreach (var (name, minutes) in new[] { ("60s", 1), ("900s", 15) })
        {
            for (var minute = 0; minute + minutes <= RushHour.Minutes; minute += minutes)
            {
                var cells = rows[(name, RushHour.Start.AddMinutes(minute))];
                var (tpi, dtp) = Naive(minute, minutes);
                Assert.Equal((double)tpi, Number(cells[3]), 0.0011);
                Assert.Equal((double)dtp, Number(cells[5]), 0.00001);
                Assert.Equal(("\"test\"", 3, 1.0, "gbt33171-2016-annex-c-dtp"), (cells[0], (int)Number(cells[13]), Number(cells[14]), cells[15]));
            }
        }

        Assert.Contains(rows.Values, cells => cells[6] == "5");
        Assert.Contains(rows.Values, cells => cells[6] == "1");
    }

    private static double Number(string cell) => double.Parse(cell, CultureInfo.InvariantCulture);

    /// <summary>The index straight from what was sent.</summary>
    private static (decimal Tpi, decimal Dtp) Naive(int minute, int minutes)
    {
        var (travel, free) = (0m, 0m);
        var from = RushHour.Start.AddMinutes(minute).ToUnixTimeMilliseconds();
        foreach (var (segment, (metres, freeFlow)) in Segments)
        {
            var (vehicles, weighted) = (0m, 0m);
            foreach (var (topic, payload) in RushHour.Of(segment.Split('/')[0]).Where(r => r.Topic.Contains($"/{segment[^1]}", StringComparison.Ordinal)))
            {
                using var reading = JsonDocument.Parse(payload);
                var ts = reading.RootElement.GetProperty("ts").GetInt64();
                if (ts >= from && ts < from + (minutes * 60_000))
                {
                    vehicles += reading.RootElement.GetProperty("volume").GetDecimal();
                    weighted += reading.RootElement.GetProperty("volume").GetDecimal() * reading.RootElement.GetProperty("speed").GetDecimal();
                }
            }

            travel += vehicles * metres / Math.Min(freeFlow, weighted / vehicles);
            free += vehicles * metres / freeFlow;
        }

        var dtp = 1 - (free / travel);
        return (
            dtp <= 0.3m ? dtp / 0.15m
            : dtp <= 0.5m ? 2 + ((dtp - 0.3m) * 10)
            : dtp <= 0.7m ? 4 + ((dtp - 0.5m) * 20)
            : 8 + ((dtp - 0.7m) / 0.15m), dtp);
    }
}
