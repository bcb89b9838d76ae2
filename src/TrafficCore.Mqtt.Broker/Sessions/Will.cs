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

    private Will(in ConnectView connect, byte[] properties, uint delaySeconds, uint? expirySeconds)
    {
        _topic = connect.WillTopic.ToArray();
        _payload = connect.WillPayload.ToArray();
        _qos = connect.WillQoS;
        _retain = connect.WillRetain;
        _properties = properties;
        _expirySeconds = expirySeconds;
        DelaySeconds = delaySeconds;
    }

    public ReadOnlySpan<byte> Topic => _topic;

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

        return new Will(connect, kept.Written.ToArray(), delay, expiry);
    }

    /// <summary>The will as a packet of its client, for the service's own intake. It has no packet id, so QoS 2 means nothing there.</summary>
    public PublishView AsPublish() =>
        PublishView.Create(_topic, _payload, _qos == QualityOfService.AtMostOnce ? _qos : QualityOfService.AtLeastOnce, _retain);

    /// <summary>The will as a message; its expiry begins now.</summary>
    public ApplicationMessage AsMessage(long nowMs) =>
        new(_topic, _payload, _properties, _qos, _retain, _expirySeconds is { } s ? nowMs + s * 1000L : ApplicationMessage.NeverExpires);
}

/// <summary>A will that waits for its delay.</summary>
internal sealed record PendingWill(Will Will, ClientIdentity Client, long DueMs);
