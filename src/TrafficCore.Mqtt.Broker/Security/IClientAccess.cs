namespace TrafficCore.Mqtt.Broker;

/// <summary>Decides what a client may do with a topic. Called on read loops: must not block; answers are cached per connection and topic.</summary>
public interface IClientAccess
{
    /// <summary>
    /// The version of the rules. Another number than before means that they have changed: what was decided by the earlier ones is forgotten. A rule is in force no
    /// later than its number.
    /// </summary>
    long Version { get; }

    /// <summary>What the client was let in with still counts. Asked again of every connection after a change.</summary>
    bool MayStay(ClientIdentity client);

    /// <summary>The client may publish to this topic name.</summary>
    bool MayPublish(ClientIdentity client, ReadOnlySpan<byte> topic);

    /// <summary>The client may subscribe with this filter, of a shared subscription the one behind its group: everything that it matches is the client's to read.</summary>
    bool MaySubscribe(ClientIdentity client, ReadOnlySpan<byte> filter);
}
