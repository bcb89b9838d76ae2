using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

/// <summary>What is published for a client that goes without saying so. Immutable.</summary>
internal sealed class Will
{
    private readonly byte[] _topic;
    private readonly byte[] _payload;
    private readonly byte[] _properties;
    private readonly uint? _expirySeconds;
    private readonly bool _retain;
    private readonly QualityOfService _qos;

    public Will(byte[] topic, byte[] payload, byte[] properties, QualityOfService qos, bool retain, uint delaySeconds, uint? expirySeconds)
    {
        _topic = topic;
        _payload = payload;
        _properties = properties;
        _qos = qos;
        _retain = retain;
        _expirySeconds = expirySeconds;
        DelaySeconds = delaySeconds;
    }

    public ReadOnlySpan<byte> Topic => _topic;

    /// <summary>What it counts for in bounds of bytes.</summary>
    public int Size => _topic.Length + _payload.Length + _properties.Length;

    public ReadOnlySpan<byte> Payload => _payload;

    /// <summary>5.0 properties as they are handed on, without delay and expiry.</summary>
    public ReadOnlySpan<byte> Properties => _properties;

    public QualityOfService QoS => _qos;

    public bool Retain => _retain;

    /// <summary>How long it is worth delivering, from its publication on; null: for ever.</summary>
    public uint? ExpirySeconds => _expirySeconds;

    /// <summary>How long the client may stay away before the will is published (5.0).</summary>
    public uint DelaySeconds { get; }

    public static Will Copy(in ConnectView connect)
    {
        uint delay = 0;
        uint? expiry = null;
        var kept = new PropertyBuilder(stackalloc byte[256]);
        var reader = connect.WillProperties;
        while (reader.Read())
        {
            switch (reader.Id)
            {
                case PropertyId.WillDelayInterval:
                    delay = reader.Number;
                    break;
                case PropertyId.MessageExpiryInterval:
                    expiry = reader.Number;
                    break;
                default:
                    kept.AddCurrent(reader);
                    break;
            }
        }

        return new Will(
            connect.WillTopic.ToArray(), connect.WillPayload.ToArray(), kept.Written.ToArray(), connect.WillQoS, connect.WillRetain, delay, expiry);
    }

    /// <summary>The will as a packet of its client, for the service's own intake. It has no packet id, so QoS 2 means nothing there.</summary>
    public PublishView AsPublish() =>
        PublishView.Create(_topic, _payload, _qos == QualityOfService.AtMostOnce ? _qos : QualityOfService.AtLeastOnce, _retain);

    /// <summary>The will as a message; its expiry begins now.</summary>
    public ApplicationMessage AsMessage(long nowMs) =>
        new(_topic, _payload, _properties, _qos, _retain, _expirySeconds is { } s ? nowMs + s * 1000L : ApplicationMessage.NeverExpires);
}

/// <summary>A will that waits for its delay.</summary>
/// <param name="Will">What is published.</param>
/// <param name="Client">Whose it is.</param>
/// <param name="DueMs">When, in the broker's time.</param>
/// <param name="Number">Its number in the session journal; 0 when it is not there.</param>
internal sealed record PendingWill(Will Will, ClientIdentity Client, long DueMs, long Number);
