using TrafficCore.Boards.Delivery;
using TrafficCore.Mqtt.Broker;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Host.Boards;

/// <summary>Sends board messages retained, at least once, over the service's own broker.</summary>
/// <param name="broker">The broker.</param>
/// <param name="topicRoot">Root of the service's topics.</param>
/// <param name="time">Clock.</param>
/// <param name="hasClock">Whether times of rules' messages are those of the clock.</param>
internal sealed class BrokerBoardChannel(MqttBroker broker, string topicRoot, TimeProvider time, bool hasClock) : IBoardChannel
{
    private const string Manual = "manual";

    public async ValueTask SendAsync(BoardMessage message, CancellationToken cancellationToken)
    {
        // Messages of old data (Boards:MaxInputAge=unlimited) expired long ago by the clock: only their `expires` says so.
        TimeSpan? expiry = message.Expires is { } expires && (hasClock || message.Reason.Rule == Manual)
            ? TimeSpan.FromMilliseconds(Math.Max(1, expires - time.GetUtcNow().ToUnixTimeMilliseconds()))
            : null;
        var topic = $"{topicRoot}/{message.Board.Intersection}/board/{message.Board.Board}/message";
        if (!await broker.PublishAsync(topic, BoardMessageJson.Write(message), QualityOfService.AtLeastOnce, retain: true, expiry))
        {
            throw new IOException("There is no room for another retained message (Mqtt:MaxRetainedMessages, Mqtt:MaxRetainedBytes).");
        }
    }
}
