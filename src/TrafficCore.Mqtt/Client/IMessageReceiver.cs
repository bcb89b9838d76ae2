using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

/// <summary>
/// Takes deliveries as borrowed bytes, without an object for each: for consumers that handle many. It decides when messages are
/// acknowledged; nothing is by itself.
/// </summary>
public interface IMessageReceiver
{
    /// <summary>
    /// Takes one message, on the client's reading loop, in the order of arrival. The bytes are borrowed: what is to be kept is copied before
    /// it returns. Must not block. An exception ends the connection.
    /// </summary>
    /// <param name="message">The message, its topic resolved.</param>
    /// <param name="ticket">To acknowledge it by; grows from message to message, also over reconnects. 0 at QoS 0: there is nothing to acknowledge.</param>
    void Receive(in PublishView message, long ticket);

    /// <summary>
    /// Called after the messages of one socket read; nothing more is read until it ends, so waiting here holds back the broker.
    /// </summary>
    ValueTask FlushAsync(CancellationToken cancellation);
}
