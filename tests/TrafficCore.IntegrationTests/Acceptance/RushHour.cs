using System.Globalization;
using System.Text;
using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.IntegrationTests.Acceptance;

/// <summary>A rush hour of two intersections, the same every time: what each detector sends, and three boards that watch it.</summary>
internal static class RushHour
{
    public const string Network = """
        { "city": "test", "timeZone": "UTC", "intersections": [
          { "id": "int-1", "approaches": [
              { "id": "n", "freeFlowSpeed": 50, "detectors": [ { "id": "n1", "functions": ["count"], "interval": 10000 }, { "id": "n2", "functions": ["count"], "interval": 10000 } ] },
              { "id": "s", "freeFlowSpeed": 50, "detectors": [ { "id": "s1", "functions": ["count"], "interval": 10000 } ] } ],
            "boards": [ { "id": "b-1", "lines": 3, "characters": 16, "pages": 2, "colors": ["amber"], "watches": ["int-1/n", "int-1/s"] },
                        { "id": "b-2", "lines": 2, "characters": 16, "pages": 1, "colors": ["amber"], "watches": ["int-1/n", "int-2/n"] } ] },
          { "id": "int-2", "approaches": [ { "id": "n", "freeFlowSpeed": 60, "detectors": [ { "id": "n1", "functions": ["count"], "interval": 10000 } ] } ],
            "boards": [ { "id": "b-3", "lines": 3, "characters": 16, "pages": 2, "colors": ["amber"] } ] } ] }
        """;

    public const int Minutes = 70;

    private const long Interval = 10_000;

    private static readonly (string Intersection, string Detector, double FreeFlow, double Begins, double Depth)[] Detectors =
    [
        ("int-1", "n1", 50, 8, 0.80), ("int-1", "n2", 50, 9, 0.78), ("int-1", "s1", 50, 20, 0.55), ("int-2", "n1", 60, 14, 0.72),
    ];

    /// <summary>When it begins: a Monday morning that is long over.</summary>
    public static DateTimeOffset Start { get; } = new(2026, 1, 5, 7, 0, 0, TimeSpan.Zero);

    /// <summary>End of the last window that is closed by the readings themselves.</summary>
    public static DateTimeOffset End => Start.AddMinutes(Minutes);

    /// <summary>Topic and payload of everything that an intersection sends, in order of time.</summary>
    public static List<(string Topic, byte[] Payload)> Of(string intersection) =>
    [
        .. from step in Enumerable.Range(0, Minutes * 6)
           from detector in Detectors
           where detector.Intersection == intersection
           select ($"traffic/v1/{intersection}/detector/{detector.Detector}", Payload(step, detector)),
    ];

    /// <summary>Publishes from one on, some in flight at a time; returns how many were acknowledged in a row when it was done or the connection was lost.</summary>
    public static async Task<int> SendAsync(int port, string intersection, int from, int count, TimeSpan? pause = null)
    {
        const int InFlight = 32;
        var readings = Of(intersection).GetRange(from, count);
        var acknowledged = 0;
        using var pacer = pause is { } time ? new PeriodicTimer(time) : null;
        try
        {
            await using var client = await MqttClient.ConnectAsync(new MqttClientOptions { Host = "127.0.0.1", Port = port, ClientId = $"{intersection}-{from}" });
            foreach (var chunk in readings.Chunk(InFlight))
            {
                var answers = await Task.WhenAll(chunk.Select(r => client.PublishAsync(new MqttPublication(r.Topic, r.Payload))));
                Assert.All(answers, a => Assert.Equal(ReasonCode.Success, a));
                acknowledged += chunk.Length;
                if (pacer is not null)
                {
                    await pacer.WaitForNextTickAsync();
                }
            }
        }
        catch (Exception lost) when (lost is MqttConnectionException or System.Threading.Channels.ChannelClosedException)
        {
            // Killed: what was not acknowledged is sent again.
        }

        return from + acknowledged;
    }

    private static byte[] Payload(int step, (string Intersection, string Detector, double FreeFlow, double Begins, double Depth) detector)
    {
        // Free flow, a slump that begins when it does and lasts forty minutes, platoons on top of both.
        var minute = step / 6.0;
        var inside = Math.Clamp((minute - detector.Begins) / 40, 0, 1);
        var ratio = 0.95 - (detector.Depth * Math.Sin(Math.PI * inside)) + (0.04 * Math.Sin(step * 1.7));
        var speed = Math.Round(Math.Max(2, detector.FreeFlow * ratio), 1);
        return Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"ts\":{Start.ToUnixTimeMilliseconds() + (step * Interval)},\"interval\":{Interval},\"volume\":{2 + (step % 3)},\"occupancy\":{Math.Round(100 - (90 * ratio), 1)},\"speed\":{speed},\"seq\":{step}}}"));
    }
}
