using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

/// <summary>Why a connection ended, for counts and logs.</summary>
internal enum CloseReason
{
    /// <summary>The client said goodbye.</summary>
    Disconnected,

    /// <summary>The client said goodbye and asked for its will to be published (5.0).</summary>
    DisconnectedWithWill,

    /// <summary>The peer closed or the network failed.</summary>
    Lost,
    ProtocolError,
    KeepAlive,
    ConnectTimeout,

    /// <summary>The peer began a packet and did not finish it.</summary>
    PacketTimeout,
    SendTimeout,
    TakenOver,
    Kicked,
    Denied,
    Refused,
    TooMany,
    Shutdown,

    /// <summary>A defect of this program.</summary>
    Fault,
}

/// <summary>A reason, and the code that a 5.0 client is told.</summary>
internal sealed record CloseInfo(CloseReason Reason, ReasonCode Code, string? Detail = null)
{
    /// <summary>The detail for a log, also where there is none.</summary>
    public string DetailText => Detail ?? "-";
}
