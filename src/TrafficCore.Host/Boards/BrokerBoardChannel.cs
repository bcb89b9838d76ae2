using TrafficCore.Boards.Delivery;
using TrafficCore.Mqtt.Broker;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Host.Boards;

/// <summary>Sends board messages retained, at least once, over the service's own broker.</summary>
internal sealed class BrokerBoardChannel(MqttBroker broker, string topicRoot, TimeProvider time) : IBoardChannel
{
    public async ValueTask SendAsync(BoardMessage message, CancellationToken cancellationToken)
    {
        TimeSpan? expiry = message.Expires is { } expires
            ? TimeSpan.FromMilliseconds(Math.Max(1, expires - time.GetUtcNow().ToUnixTimeMilliseconds()))
            : null;
        var topic = $"{topicRoot}/{message.Board.Intersection}/board/{message.Board.Board}/message";
        if (!await broker.PublishAsync(topic, BoardMessageJson.Write(message), QualityOfService.AtLeastOnce, retain: true, expiry))
        {
            throw new IOException("There is no room for another retained message (Mqtt:MaxRetainedMessages, Mqtt:MaxRetainedBytes).");
        }
    }
}
