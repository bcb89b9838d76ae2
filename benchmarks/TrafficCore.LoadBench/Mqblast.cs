using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TrafficCore.LoadBench;

/// <summary>The load generator: compiled from its source, then run once for each measurement.</summary>
internal sealed class Mqblast
{
    /// <summary>The generator gives up by itself after 20 s without progress; this only bounds what a run takes beyond its schedule.</summary>
    private static readonly TimeSpan RunLimit = TimeSpan.FromMinutes(5);

    private readonly string _program;

    private Mqblast(string program) => _program = program;

    /// <summary>Compiles the generator into a directory.</summary>
    public static async Task<Mqblast> CompileAsync(string source, string directory)
    {
        if (!File.Exists(source))
        {
            throw new BenchException($"{source} is not there; --mqblast names the generator's source.");
        }

        var program = Path.Combine(directory, "mqblast");
        await OwnedProcess.RunAsync("gcc", ["-O2", "-o", program, source], TimeSpan.FromMinutes(1));
        return new Mqblast(program);
    }

    /// <summary>Runs a profile against a broker; intersections are named <paramref name="prefix"/>-0000 and on.</summary>
    public async Task<MqblastResult> RunAsync(LoadProfile profile, int port, int brokerProcess, string prefix)
    {
        string[] arguments =
        [
            "--port", Text(port), "--pid", Text(brokerProcess), "--qos", Text(profile.Qos), "--conns", Text(profile.Connections),
            "--window", Text(profile.Window), "--batch", Text(profile.Batch), "--msgs", Text(profile.Messages), "--rate", Text(profile.Rate),
            "--per-int", Text(LoadProfile.DevicesPerIntersection), "--prefix", prefix, "--topic", $"traffic/v1/{prefix}-%d/detector/d-%d",
        ];
        var planned = profile.Rate > 0 ? TimeSpan.FromSeconds((double)profile.Messages / profile.Rate) : TimeSpan.Zero;
        return await ReportAsync<MqblastResult>(arguments, planned + RunLimit);
    }

    /// <summary>Opens connections that do nothing for three seconds.</summary>
    public Task<IdleResult> RunIdleAsync(int connections, int port, int brokerProcess) =>
        ReportAsync<IdleResult>(["--port", Text(port), "--pid", Text(brokerProcess), "--conns", Text(connections), "--idle", "3"], RunLimit);

    private async Task<T> ReportAsync<T>(string[] arguments, TimeSpan limit)
    {
        var (exit, lines) = await OwnedProcess.TryRunAsync(_program, arguments, limit);

        // A server that stalls ends a run early; the report says so and the caller decides what that means.
        var json = lines.LastOrDefault(static l => l.StartsWith('{')) ?? throw new BenchException($"mqblast failed with {exit}:\n{string.Join('\n', lines)}");
        return JsonSerializer.Deserialize<T>(json)!;
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The generator's own report of idle connections.</summary>
internal sealed record IdleResult
{
    [JsonPropertyName("conns")]
    public required int Connections { get; init; }

    [JsonPropertyName("bytes_per_conn")]
    public required long BytesPerConnection { get; init; }
}

/// <summary>The generator's own report of one run.</summary>
internal sealed record MqblastResult
{
    [JsonPropertyName("sent")]
    public required long Sent { get; init; }

    [JsonPropertyName("acked")]
    public required long Acknowledged { get; init; }

    [JsonPropertyName("seconds")]
    public required double Seconds { get; init; }

    [JsonPropertyName("msgs_per_s")]
    public required double MessagesPerSecond { get; init; }

    [JsonPropertyName("p50_us")]
    public required double P50 { get; init; }

    [JsonPropertyName("p99_us")]
    public required double P99 { get; init; }

    [JsonPropertyName("gen_cpu_s")]
    public required double GeneratorCpu { get; init; }

    [JsonPropertyName("srv_cpu_s_per_M")]
    public required double CpuPerMillion { get; init; }

    [JsonPropertyName("srv_rss_kb")]
    public required long ResidentKb { get; init; }

    [JsonPropertyName("timeout")]
    public required int TimedOut { get; init; }
}
