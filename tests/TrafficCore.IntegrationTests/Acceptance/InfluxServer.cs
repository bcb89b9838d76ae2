using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Acceptance;

/// <summary>Debian's InfluxDB 1.6 as a child process with a directory and ports of its own.</summary>
internal sealed class InfluxServer : IAsyncDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly HttpClient http = new();
    private Process? process;

    public Uri Url { get; private set; } = null!;

    public static async Task<InfluxServer> StartAsync()
    {
        Assert.SkipWhen(!File.Exists("/usr/bin/influxd") && !SharedData.IsRequired, "influxd is not installed (Debian package influxdb)");
        var server = new InfluxServer();
        var (port, rpc) = (FreePort(), FreePort());
        server.Url = new Uri($"http://127.0.0.1:{port}");
        await File.WriteAllTextAsync(server.directory["influx.conf"], $"""
            reporting-disabled = true
            bind-address = "127.0.0.1:{rpc}"
            [meta]
              dir = "{server.directory["meta"]}"
            [data]
              dir = "{server.directory["data"]}"
              wal-dir = "{server.directory["wal"]}"
              index-version = "tsi1"
            [http]
              bind-address = "127.0.0.1:{port}"
              log-enabled = false
            [monitor]
              store-enabled = false
            [subscriber]
              enabled = false
            """);
        server.process = Process.Start(new ProcessStartInfo("/usr/bin/influxd", ["run", "-config", server.directory["influx.conf"]]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        server.process.BeginErrorReadLine();
        server.process.BeginOutputReadLine();
        await Eventually.ReachesAsync(server.PingAsync, TimeSpan.FromSeconds(20));
        (await server.http.PostAsync(new Uri(server.Url, "query?q=CREATE DATABASE traffic"), null)).EnsureSuccessStatusCode();
        return server;
    }

    /// <summary>Rows of the first series of an InfluxQL query, times in Unix milliseconds; empty when there is none.</summary>
    public async Task<IReadOnlyList<JsonElement[]>> QueryAsync(string database, string query)
    {
        var answer = await http.GetFromJsonAsync<JsonElement>(new Uri(Url, $"query?db={database}&epoch=ms&q={Uri.EscapeDataString(query)}"));
        return answer.GetProperty("results")[0].TryGetProperty("series", out var series)
            ? [.. series[0].GetProperty("values").EnumerateArray().Select(row => row.EnumerateArray().ToArray())]
            : [];
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        http.Dispose();
        directory.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)listener.LocalEndPoint!).Port;
    }

    private async Task<string?> PingAsync()
    {
        try
        {
            return (await http.GetAsync(new Uri(Url, "ping"))).IsSuccessStatusCode ? null : "ping refused";
        }
        catch (HttpRequestException notYet)
        {
            return notYet.Message;
        }
    }
}
