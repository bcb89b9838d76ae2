using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

/// <summary>Where a reconnecting client stands.</summary>
public enum MqttClientState
{
    /// <summary>It is dialling, or waits for the broker's consent.</summary>
    Connecting,

    /// <summary>Connected and subscribed.</summary>
    Connected,

    /// <summary>It pauses before the next attempt.</summary>
    Pausing,

    /// <summary>Stopped, or given up.</summary>
    Ended,
}

/// <summary>The state of a reconnecting client. Immutable; fit for a log, since it holds no secret.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="Since">Since when.</param>
/// <param name="Broker">Host and port of this, or of the next, connection.</param>
public sealed record MqttClientStatus(MqttClientState State, DateTimeOffset Since, string Broker)
{
    /// <summary>Whether the broker had kept the session; of a connection.</summary>
    public bool SessionPresent { get; init; }

    /// <summary>Why there is no connection; null while there is one.</summary>
    public string? Problem { get; init; }

    /// <summary>The broker's reason for that, if it gave one.</summary>
    public ReasonCode? Reason { get; init; }

    /// <summary>How long the pause is.</summary>
    public TimeSpan Pause { get; init; }
}

/// <summary>What a reconnecting client has done and holds.</summary>
public readonly record struct MqttClientCounts
{
    /// <summary>Connections made.</summary>
    public int Connections { get; init; }

    /// <summary>Times that the broker had lost the session, so that everything began anew.</summary>
    public int SessionsLost { get; init; }

    /// <summary>Publications that wait to be sent.</summary>
    public int Waiting { get; init; }

    /// <summary>Publications that are sent and not acknowledged.</summary>
    public int InFlight { get; init; }

    /// <summary>Publications that the broker has taken.</summary>
    public long Acknowledged { get; init; }

    /// <summary>Publications that ended without: the broker refused, they expired, or cannot be sent on this connection.</summary>
    public long Refused { get; init; }

    /// <summary>Packets sent again after a reconnect.</summary>
    public long Resent { get; init; }

    /// <summary>Publications that found the queue full; they waited or were refused, as the caller asked.</summary>
    public long QueueFull { get; init; }

    /// <summary>Publications at QoS 0 that were dropped because there was no connection.</summary>
    public long Dropped { get; init; }

    /// <summary>Received messages at QoS 1 and 2 that are not answered.</summary>
    public int Unanswered { get; init; }

    /// <summary>Received messages at QoS 1 and 2 that were answered.</summary>
    public long Answered { get; init; }
}
