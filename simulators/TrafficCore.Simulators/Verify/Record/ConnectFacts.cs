using System.Text;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Simulators.Verify;

/// <summary>What a device said in CONNECT, and what it was told. Immutable.</summary>
internal sealed record ConnectFacts
{
    /// <summary>Its name.</summary>
    public required string ClientId { get; init; }

    /// <summary>The protocol it speaks.</summary>
    public required MqttVersion Version { get; init; }

    /// <summary>Whether it asks the broker to forget what was.</summary>
    public required bool CleanStart { get; init; }

    /// <summary>How long the broker is to keep the session after the connection.</summary>
    public required TimeSpan SessionExpiry { get; init; }

    /// <summary>The silence that it promises not to exceed; zero for no promise.</summary>
    public required TimeSpan KeepAlive { get; init; }

    /// <summary>What the broker is to publish when it is lost; null for nothing.</summary>
    public WillFacts? Will { get; init; }

    /// <summary>Whether the connection is encrypted.</summary>
    public bool IsTls { get; init; }

    /// <summary>Whether the bench said that it has the device's session.</summary>
    public bool SessionPresent { get; init; }

    /// <summary>Whether the broker is to keep the session.</summary>
    public bool IsPersistent => Version == MqttVersion.V5 ? SessionExpiry > TimeSpan.Zero : !CleanStart;

    /// <summary>Takes them from a packet.</summary>
    public static ConnectFacts Of(in ConnectView connect)
    {
        uint expiry = 0;
        var properties = connect.Properties;
        while (properties.Read())
        {
            expiry = properties.Id == PropertyId.SessionExpiryInterval ? properties.Number : expiry;
        }

        return new ConnectFacts
        {
            ClientId = Encoding.UTF8.GetString(connect.ClientId),
            Version = connect.Version,
            CleanStart = connect.CleanStart,
            SessionExpiry = TimeSpan.FromSeconds(expiry),
            KeepAlive = TimeSpan.FromSeconds(connect.KeepAliveSeconds),
            Will = connect.HasWill
                ? new WillFacts(Encoding.UTF8.GetString(connect.WillTopic), connect.WillPayload.ToArray(), connect.WillQoS, connect.WillRetain)
                : null,
        };
    }
}

/// <summary>A device's will.</summary>
internal sealed record WillFacts(string Topic, ReadOnlyMemory<byte> Payload, QualityOfService QoS, bool Retain);
