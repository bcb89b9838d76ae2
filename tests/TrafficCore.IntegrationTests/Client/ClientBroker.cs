using TrafficCore.IntegrationTests.Mqtt;
using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;
using TrafficCore.TestKit.Mqtt;

namespace TrafficCore.IntegrationTests.Client;

/// <summary>A broker that the client is tried against: mosquitto, which shares no code with it, or our own.</summary>
internal sealed class ClientBroker : IAsyncDisposable
{
    public const string Mosquitto = "mosquitto";
    public const string Own = "own";

    private readonly IAsyncDisposable server;

    private ClientBroker(IAsyncDisposable server, int port) => (this.server, Port) = (server, port);

    public static TheoryData<string, MqttVersion> All
    {
        get
        {
            var all = new TheoryData<string, MqttVersion>();
            foreach (var broker in new[] { Mosquitto, Own })
            {
                all.Add(broker, MqttVersion.V311);
                all.Add(broker, MqttVersion.V5);
            }

            return all;
        }
    }

    public int Port { get; }

    public static async Task<ClientBroker> StartAsync(string kind)
    {
        if (kind == Own)
        {
            var host = await BrokerHost.StartAsync(realTime: true);
            return new ClientBroker(host, host.Port);
        }

        var mosquitto = await MosquittoServer.TryStartPersistentAsync();
        Assert.SkipWhen(mosquitto is null, "mosquitto is not installed");
        return new ClientBroker(mosquitto, mosquitto.Port);
    }

    public MqttClientOptions Options(string id, MqttVersion version = MqttVersion.V5) => new() { Host = "127.0.0.1", Port = Port, ClientId = id, Version = version };

    public Task<MqttClient> ConnectAsync(string id, MqttVersion version = MqttVersion.V5, Func<MqttClientOptions, MqttClientOptions>? change = null) =>
        MqttClient.ConnectAsync(change?.Invoke(Options(id, version)) ?? Options(id, version)).WaitAsync(ScriptedPeer.Patience);

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
