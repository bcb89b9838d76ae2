using TrafficCore.Boards.Delivery;
using TrafficCore.Host.Upstream;
using TrafficCore.Mqtt.Broker;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Host.Boards;

/// <summary>Sends board messages retained, at least once, over the service's own broker and, when there is one, the existing broker it is a client of.</summary>
/// <param name="broker">The service's own broker.</param>
/// <param name="upstream">The existing broker; null without.</param>
/// <param name="topicRoot">Root of the service's topics.</param>
/// <param name="time">Clock.</param>
/// <param name="hasClock">Whether times of rules' messages are those of the clock.</param>
internal sealed class BrokerBoardChannel(MqttBroker broker, UpstreamService? upstream, string topicRoot, TimeProvider time, bool hasClock) : IBoardChannel
{
    private const string Manual = "manual";

    public async ValueTask SendAsync(BoardMessage message, CancellationToken cancellationToken)
    {
        // Messages of old data (Boards:MaxInputAge=unlimited) expired long ago by the clock: only their `expires` says so.
        var expires = hasClock || message.Reason.Rule == Manual ? message.Expires : null;
        TimeSpan? expiry = expires is { } end ? TimeSpan.FromMilliseconds(Math.Max(1, end - time.GetUtcNow().ToUnixTimeMilliseconds())) : null;
        var topic = $"{topicRoot}/{message.Board.Intersection}/board/{message.Board.Board}/message";
        var payload = BoardMessageJson.Write(message);
        upstream?.Retain(topic, payload, expires);
        if (!await broker.PublishAsync(topic, payload, QualityOfService.AtLeastOnce, retain: true, expiry))
        {
            throw new IOException("There is no room for another retained message (Mqtt:MaxRetainedMessages, Mqtt:MaxRetainedBytes).");
        }
    }
}
