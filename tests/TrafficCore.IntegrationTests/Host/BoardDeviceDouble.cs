using System.Text;
using System.Text.Json;
using TrafficCore.Mqtt.Client;

namespace TrafficCore.IntegrationTests.Host;

/// <summary>A board's device over real MQTT that answers each message as a test tells it to.</summary>
internal sealed class BoardDeviceDouble : IAsyncDisposable
{
    private readonly MqttClient client;
    private readonly string root;
    private readonly CancellationTokenSource stop = new();
    private readonly List<string> received = [];
    private Task loop = Task.CompletedTask;

    private BoardDeviceDouble(MqttClient client, string root) => (this.client, this.root) = (client, root);

    /// <summary>Makes the answer to a message (id, multi); null: none.</summary>
    public Func<string, string, string?> Answer { get; set; } = static (id, multi) => Status(id, multi.Length == 0 ? "blank" : "shown", multi);

    /// <summary>Ids of the messages in the order in which they came.</summary>
    public IReadOnlyList<string> Received
    {
        get
        {
            lock (received)
            {
                return [.. received];
            }
        }
    }

    public static async Task<BoardDeviceDouble> ConnectAsync(RunningService service, string intersection, string board)
    {
        var root = $"traffic/v1/{intersection}/board/{board}/";
        var device = new BoardDeviceDouble(
            await MqttClient.ConnectAsync(new MqttClientOptions
            {
                Host = "127.0.0.1",
                Port = service.Service.Mqtt.Port,
                ClientId = $"board-{intersection}-{board}",
                Will = new MqttPublication(root + "state", "offline"u8.ToArray(), Retain: true),
            }),
            root);
        await device.client.PublishAsync(new MqttPublication(root + "state", "online"u8.ToArray(), Retain: true));
        await device.client.SubscribeAsync(root + "message");
        device.loop = Task.Run(device.ServeAsync);
        return device;
    }

    public static string Status(string id, string state, string? multi = null, string? error = null) => JsonSerializer.Serialize(new { id, state, multi, error });

    public async Task SayAsync(string status) => await client.PublishAsync(new MqttPublication(root + "status", Encoding.UTF8.GetBytes(status), Retain: true));

    /// <summary>Goes away without a good-bye: the broker publishes the will.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await client.DisposeAsync();
        await loop;
        stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var message = await client.Messages.ReadAsync(stop.Token);
                using var json = JsonDocument.Parse(message.Payload);
                var (id, multi) = (json.RootElement.GetProperty("id").GetString()!, json.RootElement.GetProperty("multi").GetString()!);
                lock (received)
                {
                    received.Add(id);
                }

                if (Answer(id, multi) is { } status)
                {
                    await SayAsync(status);
                }
            }
        }
        catch (Exception end) when (end is OperationCanceledException or MqttConnectionException or System.Threading.Channels.ChannelClosedException)
        {
            // The test is done with this device.
        }
    }
}
