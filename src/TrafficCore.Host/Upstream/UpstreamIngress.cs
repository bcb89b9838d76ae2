using TrafficCore.Host.Ingress;
using TrafficCore.Log;
using TrafficCore.Mqtt.Broker;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Host.Upstream;

/// <summary>
/// The way of an upstream broker's messages into the log: the same door as our own broker's, and acknowledged when the group commit has made them durable.
/// </summary>
/// <remarks>
/// Ownership: <see cref="Receive"/> and <see cref="FlushAsync"/> belong to the client's reading loop; <see cref="OnCommitted"/> to the committer. What they
/// share is in <see cref="CommitMarks"/>, under its lock.
/// </remarks>
internal sealed class UpstreamIngress(
    MqttIngress ingress, ClientIdentity identity, UpstreamMetrics metrics, CommitMarks marks, Action<UpstreamLink> onLink)
    : IUpstreamReceiver, ICommitWaiter
{
    private readonly PublishSession _session = ingress.OpenSession(identity);
    private volatile bool _isClosed;
    private int _collected;
    private int _acknowledgements;
    private long _lastTicket;

    /// <summary>Gets what the door does not take in: what boards say. Set before the client is started.</summary>
    public MessageHandler? Routed { get; set; }

    /// <summary>From here on nothing more is taken: what still comes is not acknowledged, and the broker keeps it.</summary>
    public void Close() => _isClosed = true;

    public void Receive(in PublishView message, long ticket)
    {
        if (_isClosed)
        {
            return;
        }

        metrics.Received();
        if (message.Retain && IsTelemetry(message.Topic))
        {
            // Kept by the broker although it must not be: it would be counted again with each subscription.
            metrics.RetainedIgnored();
        }
        else if (_session.Accept(AtMostAtLeastOnce(message)) == PublishOutcome.NotIngested)
        {
            Routed?.Invoke(message.Topic, message.Payload);
        }

        _collected++;
        if (ticket != 0)
        {
            _acknowledgements++;
            _lastTicket = ticket;
        }
    }

    public async ValueTask FlushAsync(CancellationToken cancellation)
    {
        if (_collected == 0)
        {
            return;
        }

        long position;
        while (!_session.TryCommit(_acknowledgements, this, out position))
        {
            metrics.WaitedForLog();
            await _session.WaitForRoomAsync(cancellation);
        }

        marks.Add(position, _lastTicket);
        (_collected, _acknowledgements, _lastTicket) = (0, 0, 0);
    }

    public void OnLink(UpstreamLink link) => onLink(link);

    public void OnCommitted(long durableEnd) => marks.Reach(durableEnd);

    private bool IsTelemetry(ReadOnlySpan<byte> topic) =>
        Topic.Parse(topic, ingress.Root).Meaning is not (TopicMeaning.Outside or TopicMeaning.RoutedOnly);

    // We subscribe at QoS 1. Should a broker not keep to it, its packet ids must not get into the log, where nothing would release them.
    private static PublishView AtMostAtLeastOnce(in PublishView message) => message.QoS == QualityOfService.ExactlyOnce
        ? PublishView.Create(message.Topic, message.Payload, QualityOfService.AtLeastOnce, message.Retain)
        : message;
}

/// <summary>Takes a message that is not telemetry; its bytes are borrowed.</summary>
internal delegate void MessageHandler(ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload);
