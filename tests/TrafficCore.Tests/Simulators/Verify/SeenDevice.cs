using System.Globalization;
using System.Text;
using TrafficCore.Mqtt.Wire;
using TrafficCore.Simulators.Verify;

namespace TrafficCore.Tests.Simulators.Verify;

/// <summary>Makes up what the bench would have seen, second by second.</summary>
internal sealed class SeenDevice
{
    public static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000);

    private readonly List<BenchEvent> events = [];
    private ushort packet;

    public Evidence Evidence => new(events);

    public static long Ms(double second) => Start.AddSeconds(second).ToUnixTimeMilliseconds();

    public SeenDevice Stage(double second, BenchStage stage) => Add(new StageBegun(At(second), stage));

    public SeenDevice Connect(double second, int connection, Func<ConnectFacts, ConnectFacts>? change = null)
    {
        var facts = new ConnectFacts
        {
            ClientId = "device",
            Version = MqttVersion.V5,
            CleanStart = false,
            SessionExpiry = TimeSpan.FromHours(1),
            KeepAlive = TimeSpan.FromSeconds(30),
            Will = new WillFacts("traffic/v1/i/detector/d/state", "offline"u8.ToArray(), QualityOfService.AtLeastOnce, Retain: true),
        };
        return Add(new DeviceConnected(At(second), connection, change?.Invoke(facts) ?? facts));
    }

    public SeenDevice Gone(double second, int connection, DeviceEnd end = DeviceEnd.Dropped) => Add(new DeviceGone(At(second), connection, end, ""));

    public SeenDevice Ping(double second, int connection) => Add(new DevicePinged(At(second), connection));

    public SeenDevice Publish(
        double second, string topic, string payload, int connection = 1, bool retain = false, bool isAnswered = true, bool duplicate = false, ushort? id = null, int qos = 1) => Add(
        new DevicePublished(At(second), connection, topic, Encoding.UTF8.GetBytes(payload), (QualityOfService)qos, retain, duplicate, id ?? ++packet, isAnswered));

    /// <summary>A reading of an interval that starts at a second.</summary>
    public SeenDevice Reading(double second, double start, int? seq = null, int volume = 1, int interval = 10_000, int connection = 1, bool isAnswered = true, bool duplicate = false, ushort? id = null) => Publish(
        second,
        "traffic/v1/i/detector/d",
        string.Create(CultureInfo.InvariantCulture, $"{{\"ts\":{Ms(start)},\"interval\":{interval},\"volume\":{volume}{(seq is null ? "" : $",\"seq\":{seq}")}}}"),
        connection,
        isAnswered: isAnswered,
        duplicate: duplicate,
        id: id);

    private static DateTimeOffset At(double second) => Start.AddSeconds(second);

    private SeenDevice Add(BenchEvent e)
    {
        events.Add(e);
        return this;
    }
}
