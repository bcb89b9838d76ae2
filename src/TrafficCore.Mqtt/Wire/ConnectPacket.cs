namespace TrafficCore.Mqtt.Wire;

/// <summary>The content of a CONNECT packet to be encoded.</summary>
public readonly ref struct ConnectPacket
{
    /// <summary>The protocol to speak.</summary>
    public required MqttVersion Version { get; init; }

    /// <summary>The client's id, possibly empty.</summary>
    public ReadOnlySpan<byte> ClientId { get; init; }

    /// <summary>Clean session (3.1.1) or clean start (5.0).</summary>
    public bool CleanStart { get; init; }

    /// <summary>Seconds between packets that the client promises; 0 is no promise.</summary>
    public ushort KeepAliveSeconds { get; init; }

    /// <summary>Properties of the connection, from <see cref="PropertyBuilder"/>.</summary>
    public ReadOnlySpan<byte> Properties { get; init; }

    /// <summary>Where the will goes; empty is no will.</summary>
    public ReadOnlySpan<byte> WillTopic { get; init; }

    /// <summary>What the will says.</summary>
    public ReadOnlySpan<byte> WillPayload { get; init; }

    /// <summary>Properties of the will.</summary>
    public ReadOnlySpan<byte> WillProperties { get; init; }

    /// <summary>QoS of the will.</summary>
    public QualityOfService WillQoS { get; init; }

    /// <summary>The will is to be retained.</summary>
    public bool WillRetain { get; init; }

    /// <summary>A user name is sent.</summary>
    public bool HasUserName { get; init; }

    /// <summary>The user name.</summary>
    public ReadOnlySpan<byte> UserName { get; init; }

    /// <summary>A password is sent.</summary>
    public bool HasPassword { get; init; }

    /// <summary>The password.</summary>
    public ReadOnlySpan<byte> Password { get; init; }

    internal bool HasWill => !WillTopic.IsEmpty;

    internal byte Flags => (byte)((CleanStart ? 0x02 : 0) | (HasUserName ? 0x80 : 0) | (HasPassword ? 0x40 : 0)
        | (HasWill ? 0x04 | (int)WillQoS << 3 | (WillRetain ? 0x20 : 0) : 0));
}
