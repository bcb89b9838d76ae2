using System.Text.Json;
using TrafficCore.Mqtt.Client;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Acceptance;

/// <summary>What a board finds when it connects.</summary>
internal static class RetainedMessage
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    public static async Task<string> IdAsync(ServiceProcess service, string intersection, string board)
    {
        await using var device = await MqttClient.ConnectAsync(new MqttClientOptions { Host = "127.0.0.1", Port = service.MqttPort, ClientId = "board" });
        await device.SubscribeAsync($"traffic/v1/{intersection}/board/{board}/message");
        using var limit = new CancellationTokenSource(Deadline);
        var message = await device.Messages.ReadAsync(limit.Token);
        using var json = JsonDocument.Parse(message.Payload);
        return json.RootElement.GetProperty("id").GetString()!;
    }
}
