using System.Text;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

/// <summary>
/// A message on its way to subscribers. Immutable; one object is shared by all of them and by the retained store.
/// </summary>
public sealed class ApplicationMessage
{
    internal const long NeverExpires = long.MaxValue;

    private readonly byte[] _topic;
    private readonly byte[] _payload;
    private readonly byte[] _properties;
    private string? _topicText;

    internal ApplicationMessage(byte[] topic, byte[] payload, byte[] properties, QualityOfService qos, bool retain, long expiresAtMs)
    {
        _topic = topic;
        _payload = payload;
        _properties = properties;
        QoS = qos;
        Retain = retain;
        ExpiresAtMs = expiresAtMs;
    }

    /// <summary>The topic name.</summary>
    public string Topic => _topicText ??= Encoding.UTF8.GetString(_topic);

    /// <summary>The topic name's bytes.</summary>
    public ReadOnlySpan<byte> TopicUtf8 => _topic;

    /// <summary>The payload.</summary>
    public ReadOnlyMemory<byte> Payload => _payload;

    /// <summary>The QoS it was published with.</summary>
    public QualityOfService QoS { get; }

    /// <summary>It was published to be retained.</summary>
    public bool Retain { get; }

    /// <summary>Service time at which it is no longer delivered; see <see cref="NeverExpires"/>.</summary>
    internal long ExpiresAtMs { get; }

    /// <summary>5.0 properties that are handed on unchanged and in order.</summary>
    internal ReadOnlySpan<byte> Properties => _properties;

    internal byte[] TopicBytes => _topic;

    internal byte[] PropertyBytes => _properties;

    internal byte[] PayloadBytes => _payload;

    /// <summary>What it counts for in bounds of bytes.</summary>
    internal int Size => _topic.Length + _payload.Length + _properties.Length;

    internal bool IsExpired(long nowMs) => nowMs >= ExpiresAtMs;

    /// <summary>Copies a borrowed packet. Alias and subscription identifiers belong to one hop; expiry is kept as an instant.</summary>
    internal static ApplicationMessage Copy(in PublishView publish, long nowMs)
    {
        var expiresAt = NeverExpires;
        byte[] properties = [];
        if (publish.HasProperties)
        {
            properties = CopyProperties(publish.Properties, nowMs, ref expiresAt);
        }

        return new ApplicationMessage(publish.Topic.ToArray(), publish.Payload.ToArray(), properties, publish.QoS, publish.Retain, expiresAt);
    }

    internal static byte[] CopyProperties(PropertyReader reader, long nowMs, ref long expiresAt)
    {
        var kept = new PropertyBuilder(stackalloc byte[256]);
        while (reader.Read())
        {
            switch (reader.Id)
            {
                case PropertyId.MessageExpiryInterval:
                    expiresAt = nowMs + reader.Number * 1000L;
                    break;
                case PropertyId.TopicAlias or PropertyId.SubscriptionIdentifier or PropertyId.WillDelayInterval:
                    break;
                default:
                    kept.AddCurrent(reader);
                    break;
            }
        }

        return kept.Written.ToArray();
    }
}
