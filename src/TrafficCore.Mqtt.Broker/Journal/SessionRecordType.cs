namespace TrafficCore.Mqtt.Broker;

/// <summary>
/// Types of the session journal's records. Their numbers are shared with the other logs of the service (96 to 111 are the journal's), and are never
/// used again for something else.
/// </summary>
internal enum SessionRecordType : byte
{
    /// <summary>A session that outlives its connection begins.</summary>
    Opened = 96,

    /// <summary>A connection took it over.</summary>
    Online = 97,

    /// <summary>Its connection ended.</summary>
    Offline = 98,

    /// <summary>It ended: expired, or replaced by a clean start.</summary>
    Ended = 99,

    /// <summary>A filter of it, new or with other options.</summary>
    Subscribed = 100,

    Unsubscribed = 101,

    /// <summary>One message, for each session that is to get it.</summary>
    Message = 102,

    /// <summary>PUBREC came: only the release is sent from here on.</summary>
    Received = 103,

    /// <summary>PUBACK or PUBCOMP came.</summary>
    Completed = 104,

    /// <summary>The retained message of a topic; without payload there is none any more.</summary>
    Retained = 105,

    /// <summary>What is to be published for a client that goes without saying so.</summary>
    Will = 106,

    /// <summary>It was published, or will not be.</summary>
    WillOver = 107,

    /// <summary>The account that a session belongs to from here on.</summary>
    Owned = 108,
}
