namespace TrafficCore.Mqtt.Broker;

/// <summary>Decides what a client may do with a topic. Called on read loops: must not block; answers are cached per connection and topic.</summary>
public interface IClientAccess
{
    /// <summary>The client may publish to this topic name.</summary>
    bool MayPublish(ClientIdentity client, ReadOnlySpan<byte> topic);

    /// <summary>The client may subscribe with this filter.</summary>
    bool MaySubscribe(ClientIdentity client, ReadOnlySpan<byte> filter);
}
