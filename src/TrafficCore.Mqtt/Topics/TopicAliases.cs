using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Topics;

/// <summary>Topic names that the peer of one connection has given numbers to (5.0 section 3.3.2.3.4).</summary>
/// <remarks>Ownership: the connection's read loop. Owns no memory before the first alias.</remarks>
public sealed class TopicAliases(int maximum)
{
    private byte[]?[]? _names;

    /// <summary>The packet with its topic; a packet that has both names the alias anew.</summary>
    /// <exception cref="MqttProtocolException">The alias is over the maximum, or was never named.</exception>
    public PublishView Resolve(scoped in PublishView publish)
    {
        var alias = publish.TopicAlias;
        if (alias == 0)
        {
            return publish;
        }

        if (alias > maximum)
        {
            throw new MqttProtocolException(ReasonCode.TopicAliasInvalid, "A topic alias over the maximum"); // [MQTT-3.3.2-8], [MQTT-3.3.2-10]
        }

        _names ??= new byte[maximum + 1][];
        if (publish.Topic.IsEmpty)
        {
            return publish.WithTopic(_names[alias] ?? throw new MqttProtocolException(ReasonCode.ProtocolError, "A topic alias without a name"));
        }

        if (!publish.Topic.SequenceEqual(_names[alias]))
        {
            _names[alias] = publish.Topic.ToArray();
        }

        return publish;
    }
}
