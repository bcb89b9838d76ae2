using System.Text;
using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;
using TrafficCore.TestKit.Mqtt;

namespace TrafficCore.Tests.Mqtt.Client;

/// <summary>Clients over memory, against a broker that the test plays, by a clock that the test moves.</summary>
internal sealed class ClientRig
{
    public ScriptedBroker Broker { get; } = new();

    public ManualTime Time { get; } = new();

    public static MqttPublication Publication(string text, int qos = 1, MqttProperties? properties = null) =>
        new("t", Encoding.UTF8.GetBytes(text), (QualityOfService)qos, Properties: properties);

    public static byte[] Properties(params (PropertyId Id, uint Value)[] values)
    {
        var properties = new PropertyBuilder([]);
        foreach (var (id, value) in values)
        {
            properties.Add(id, value);
        }

        return properties.Written.ToArray();
    }

    public static string Text(MqttMessage message) => Encoding.UTF8.GetString(message.Payload.Span);

    /// <summary>What becomes of a task, or a failure that says it hung.</summary>
    public static Task<T> SoonAsync<T>(Task<T> task) => task.WaitAsync(ScriptedPeer.Patience);

    public static Task SoonAsync(Task task) => task.WaitAsync(ScriptedPeer.Patience);

    public static async Task<MqttMessage> NextAsync(MqttClient client) => await SoonAsync(client.Messages.ReadAsync().AsTask());

    public static async Task<MqttMessage> NextAsync(ReconnectingMqttClient client) => await SoonAsync(client.Messages.ReadAsync().AsTask());

    public MqttClientOptions Options(MqttVersion version = MqttVersion.V5) =>
        Broker.Reach(new() { Host = "broker", ClientId = "c", Version = version, Time = Time, KeepAlive = TimeSpan.Zero });

    /// <summary>A connected client and the broker's end of its connection.</summary>
    public async Task<(MqttClient Client, ScriptedPeer Peer)> ConnectAsync(MqttClientOptions? options = null, byte[]? properties = null)
    {
        var connecting = MqttClient.ConnectAsync(options ?? Options());
        var peer = await Broker.WelcomeAsync(properties: properties);
        return (await SoonAsync(connecting), peer);
    }

    public ReconnectingMqttClient Start(MqttClientOptions? options = null, ReconnectOptions? reconnect = null, bool clean = false) =>
        ReconnectingMqttClient.Start((options ?? Options()) with { CleanStart = clean, SessionExpiry = TimeSpan.FromHours(1) }, reconnect ?? new ReconnectOptions(), new Random(1));
}
