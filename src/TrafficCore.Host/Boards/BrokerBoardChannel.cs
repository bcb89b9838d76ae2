using TrafficCore.Boards.Delivery;
using TrafficCore.Host.Upstream;
using TrafficCore.Mqtt.Broker;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Host.Boards;

/// <summary>Sends board messages retained, at least once, over the service's own broker and, when there is one, the existing broker it is a client of.</summary>
internal sealed class BrokerBoardChannel(MqttBroker broker, UpstreamService? upstream, string topicRoot, TimeProvider time) : IBoardChannel
{
    public async ValueTask SendAsync(BoardMessage message, CancellationToken cancellationToken)
    {
        TimeSpan? expiry = message.Expires is { } expires
            ? TimeSpan.FromMilliseconds(Math.Max(1, expires - time.GetUtcNow().ToUnixTimeMilliseconds()))
            : null;
        var topic = $"{topicRoot}/{message.Board.Intersection}/board/{message.Board.Board}/message";
        var payload = BoardMessageJson.Write(message);
        upstream?.Retain(topic, payload, message.Expires);
        if (!await broker.PublishAsync(topic, payload, QualityOfService.AtLeastOnce, retain: true, expiry))
        {
            throw new IOException("There is no room for another retained message (Mqtt:MaxRetainedMessages, Mqtt:MaxRetainedBytes).");
        }
    }
}
