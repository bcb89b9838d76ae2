using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using TrafficCore.IntegrationTests.Host;
using TrafficCore.Mqtt.Client;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Live;

/// <summary>Slow readers, the stop, and how long a change takes.</summary>
public sealed class LiveLoadTests
{
    private const long Second = 1000;
    private const int Approaches = 100;
    private const int Windows = 500;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private readonly long origin = (TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - 7200) * Second;

    [Fact]
    public async Task Reader_ThatTakesNothing_HoldsUpNobodyAndFindsTheLatest()
    {
        await using var service = await StartWideAsync("--Live:SendTimeout=10m");
        using var slow = await RawStream.OpenAsync(service.Service.Http, "?intersection=int-1&kinds=window&window=1s");
        await using var quick = await LiveReader.OpenAsync(service.Http, "?intersection=int-1&kinds=window&window=1s");
        await PublishWindowsAsync(service);
        var last = $"\"start\":\"{Iso(origin + ((Windows - 1) * Second))}\"";
        await quick.NextAsync(m => !m.IsOpen && m.Data.GetRawText().Contains(last, StringComparison.Ordinal));

        var text = await slow.ReadUntilAsync(last);
        var told = text.Split("event: window").Length - 1;
        Assert.InRange(told, 2, Windows * 3 / 4);
        Assert.Contains("trafficcore_live_coalesced_total", await service.Http.GetStringAsync(new Uri("metrics", UriKind.Relative)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reader_ThatTakesNothingForTooLong_IsCutOff()
    {
        await using var service = await StartWideAsync("--Live:SendTimeout=1s");
        using var slow = await RawStream.OpenAsync(service.Service.Http, "?kinds=window");
        await PublishWindowsAsync(service);
        await Eventually.ReachesAsync(
            async () => await service.Http.GetStringAsync(new Uri("metrics", UriKind.Relative)) is var metrics
                && metrics.Contains("trafficcore_live_ended_total{reason=\"TooSlow\"} 1", StringComparison.Ordinal) && metrics.Contains("trafficcore_live_clients 0", StringComparison.Ordinal)
                ? null
                : metrics,
            Deadline);
    }

    [Fact]
    public async Task Stop_WithReadersOfWhichOneTakesNothing_EndsThemAndDoesNotWait()
    {
        await using var service = await StartWideAsync("--Stop:Connections=50s");
        using var slow = await RawStream.OpenAsync(service.Service.Http, "?intersection=int-1&kinds=window");
        await using var quick = await LiveReader.OpenAsync(service.Http);
        await PublishWindowsAsync(service);
        var began = TimeProvider.System.GetTimestamp();
        await service.Service.StopAsync("test");
        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(40)); // not the 50 s that connections may take
        await quick.EndsAsync();
    }

    [Fact]
    public async Task Window_OfOneOfThreeHundredIntersections_ArrivesWithinASecond()
    {
        const int Intersections = 300, Rounds = 3;
        await using var service = await RunningService.StartAsync("--Windows:Length=60s", "--Windows:IdleTimeout=1s");
        await using var reader = await LiveReader.OpenAsync(service.Http, "?kinds=window");
        await using var device = await service.ConnectAsync("device");
        var sent = new Dictionary<(string?, string?), long>();
        List<double> took = [];
        for (var round = 0; round < Rounds; round++)
        {
            var minute = (origin / 60_000 + round) * 60_000;
            for (var i = 0; i < Intersections; i++)
            {
                // It ends the minute of its only detector: the window is published at this reading.
                var reading = $$"""{"ts":{{minute + 50_000}},"interval":10000,"volume":{{i % 9}}}""";
                await device.PublishAsync(new MqttPublication($"traffic/v1/int-{i}/detector/d-1", Encoding.UTF8.GetBytes(reading)));
                sent[($"int-{i}", Iso(minute))] = TimeProvider.System.GetTimestamp(); // acknowledged: its input is durable, its window not yet
            }

            for (var left = Intersections; left > 0; left--)
            {
                var window = await reader.NextAsync(m => m is { Kind: "window", IsOpen: false } && m.Row.GetProperty("revision").GetInt32() == 1 && sent.ContainsKey(Key(m)));
                sent.Remove(Key(window), out var at);
                took.Add(TimeProvider.System.GetElapsedTime(at, window.Timestamp).TotalMilliseconds);
            }
        }

        took.Sort();
        var (half, most) = (took[took.Count / 2], took[took.Count * 99 / 100]);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"from PUBACK to the event: p50 {half:F1} ms, p99 {most:F1} ms, {took.Count} windows"));
        Assert.True(half < 1000, $"p50 {half} ms");
        Assert.Empty(sent);

        static (string?, string?) Key(LiveMessage m) => (m.Text("intersection"), m.Text("start"));
    }

    /// <summary>One intersection of so many approaches that an event of it is 15 KB, and all windows are more than a connection holds (4 MiB).</summary>
    private static Task<RunningService> StartWideAsync(params string[] overrides)
    {
        var approaches = string.Join(',', Enumerable.Range(0, Approaches).Select(a => $$"""{"id":"a-{{a}}","detectors":[{"id":"d-{{a}}","functions":["count"],"interval":1000}]}"""));
        return RunningService.StartWithNetworkAsync(
            $$"""{"city":"wide","intersections":[{"id":"int-1","approaches":[{{approaches}}]}]}""", ["--Windows:Length=1s,60s", "--Windows:IdleTimeout=1s", .. overrides]);
    }

    /// <summary>Each message ends a second of all detectors, and so publishes a window.</summary>
    private async Task PublishWindowsAsync(RunningService service)
    {
        await using var device = await service.ConnectAsync("device");
        for (var second = 0; second < Windows; second++)
        {
            var readings = Enumerable.Range(0, Approaches).Select(d => $$"""{"detector":"d-{{d}}","ts":{{origin + (second * Second)}},"interval":1000,"volume":1,"occupancy":5}""");
            await device.PublishAsync(new MqttPublication("traffic/v1/int-1/detectors", Encoding.UTF8.GetBytes($"[{string.Join(',', readings)}]")));
        }
    }

    private static string Iso(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>A client that takes nothing until it is told to, and has little room for what comes.</summary>
    private sealed class RawStream(Socket socket) : IDisposable
    {
        public static async Task<RawStream> OpenAsync(IPEndPoint server, string question)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
            await socket.ConnectAsync(IPAddress.Loopback, server.Port);
            await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /api/v1/live{question} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")); // without chunks
            return new RawStream(socket);
        }

        public async Task<string> ReadUntilAsync(string end)
        {
            using var limit = new CancellationTokenSource(Deadline);
            var text = new StringBuilder();
            var buffer = new byte[64 * 1024];
            var seen = 0;
            while (text.ToString(seen, text.Length - seen).IndexOf(end, StringComparison.Ordinal) < 0)
            {
                seen = Math.Max(0, text.Length - end.Length);
                var count = await socket.ReceiveAsync(buffer, limit.Token);
                Assert.True(count > 0, "the stream ended");
                text.Append(Encoding.UTF8.GetString(buffer, 0, count));
            }

            return text.ToString();
        }

        public void Dispose() => socket.Dispose();
    }
}
