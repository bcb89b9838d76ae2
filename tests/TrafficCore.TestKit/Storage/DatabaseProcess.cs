using System.Diagnostics;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.TestKit.Storage;

/// <summary>A real InfluxDB 1.x or VictoriaMetrics on free ports of this machine, ended with the test that started it.</summary>
/// <remarks>Ownership: one test.</remarks>
public sealed class DatabaseProcess : IAsyncDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly HttpClient http = new();
    private Process? process;
    private ProcessStartInfo? command;

    private DatabaseProcess(int port, string host = "127.0.0.1") => Url = $"http://{host}:{port}";

    /// <summary>Base address.</summary>
    public string Url { get; }

    /// <summary>Starts influxd without users.</summary>
    /// <param name="network">Where it listens; null: on this machine's loopback.</param>
    /// <returns>Null when it is not installed.</returns>
    public static async Task<DatabaseProcess?> TryStartInfluxAsync(LossyNetwork? network = null)
    {
        if (RequiredTools.Find("influxd") is not { } program)
        {
            return null;
        }

        int port = FreePort.Find();
        string host = network?.Address ?? "127.0.0.1";
        DatabaseProcess database = new(port, host);
        string configuration = $"""
            reporting-disabled = true
            bind-address = "127.0.0.1:{FreePort.Find()}"
            [meta]
              dir = "{database.directory["meta"]}"
            [data]
              dir = "{database.directory["data"]}"
              wal-dir = "{database.directory["wal"]}"
              index-version = "tsi1"
            [http]
              bind-address = "{host}:{port}"
              auth-enabled = false
            [monitor]
              store-enabled = false
            [subscriber]
              enabled = false
            """;
        await File.WriteAllTextAsync(database.directory["influx.conf"], configuration).ConfigureAwait(false);
        string[] inside = [.. network?.Prefix(program) ?? [program], "run", "-config", database.directory["influx.conf"]];
        await database.StartAsync(inside[0], inside[1..], "/ping").ConfigureAwait(false);
        return database;
    }

    /// <summary>Starts victoria-metrics.</summary>
    /// <returns>Null when it is not installed.</returns>
    public static async Task<DatabaseProcess?> TryStartVictoriaMetricsAsync()
    {
        if (RequiredTools.Find("victoria-metrics") is not { } program)
        {
            return null;
        }

        int port = FreePort.Find();
        DatabaseProcess database = new(port);
        string[] arguments =
        [
            $"-httpListenAddr=127.0.0.1:{port}", $"-storageDataPath={database.directory["data"]}", "-retentionPeriod=100y",
            "-influxMeasurementFieldSeparator=_", "-search.latencyOffset=0s",
        ];
        await database.StartAsync(program, arguments, "/health").ConfigureAwait(false);
        return database;
    }

    /// <summary>GET, as text.</summary>
    public Task<string> GetAsync(string path) => http.GetStringAsync(new Uri(Url + path));

    /// <summary>POST of a form, as text.</summary>
    public async Task<string> PostAsync(string path, string name, string value)
    {
        using FormUrlEncodedContent form = new([new KeyValuePair<string, string>(name, value)]);
        using HttpResponseMessage response = await http.PostAsync(new Uri(Url + path), form).ConfigureAwait(false);
        return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync().ConfigureAwait(false);
    }

    /// <summary>SIGKILL, and waits until the process is gone. What it has on disk stays.</summary>
    public async Task KillAsync()
    {
        if (process is { HasExited: false })
        {
            process.Kill();
            await process.WaitForExitAsync().ConfigureAwait(false);
        }

        process?.Dispose();
        process = null;
    }

    /// <summary>Starts it again under its address, on what it has on disk.</summary>
    public Task StartAgainAsync() => StartAsync(probe: "/ping");

    /// <summary>Sends a signal, e.g. <c>STOP</c>.</summary>
    public Task SignalAsync(string signal) => process!.SignalAsync(signal);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await KillAsync().ConfigureAwait(false);
        directory.Dispose();
    }

    private Task StartAsync(string program, string[] arguments, string probe)
    {
        command = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        return StartAsync(probe);
    }

    private async Task StartAsync(string probe)
    {
        process = Process.Start(command!)!;
        process.ErrorDataReceived += static (_, _) => { };
        process.OutputDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        await Eventually.ReachesAsync(
            async () =>
            {
                try
                {
                    await GetAsync(probe).ConfigureAwait(false);
                    return null;
                }
                catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
                {
                    return e.Message;
                }
            },
            TimeSpan.FromSeconds(20)).ConfigureAwait(false);
    }
}
