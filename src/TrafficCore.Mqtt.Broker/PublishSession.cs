using TrafficCore.Log;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

/// <summary>
/// The way of one connection's messages into the log. The broker calls it for every PUBLISH and PUBREL of a socket read, then commits once.
/// </summary>
/// <remarks>Ownership: the connection's read loop, which calls one member at a time. No member blocks.</remarks>
public abstract class PublishSession
{
    /// <summary>
    /// Takes what the message carries; its borrowed bytes end here. A QoS 2 packet id is recorded with it, or alone when there is nothing else to record.
    /// Wills come here too, with QoS 0 or 1 and packet id 0.
    /// </summary>
    public abstract PublishOutcome Accept(in PublishView publish);

    /// <summary>Collects the release of a QoS 2 packet id; false when there is nothing to record, so that nothing has to be waited for.</summary>
    public abstract bool TryRelease(ushort packetId);

    /// <summary>Collects that all QoS 2 packet ids of this client are forgotten, because its session ended.</summary>
    public abstract void Discard();

    /// <summary>Appends everything collected since the last successful call, together.</summary>
    /// <param name="acks">How many acknowledgements wait for it.</param>
    /// <param name="waiter">Is called at least once after the records are durable.</param>
    /// <param name="position">The log's end after the records: what the durable end must reach. With nothing collected, that of the last call.</param>
    /// <returns>False when the log is full: await <see cref="WaitForRoomAsync"/> and call again; nothing collected is lost.</returns>
    public abstract bool TryCommit(int acks, ICommitWaiter waiter, out long position);

    /// <summary>Completes when <see cref="TryCommit"/> is worth another try.</summary>
    public abstract ValueTask WaitForRoomAsync(CancellationToken ct);
}
