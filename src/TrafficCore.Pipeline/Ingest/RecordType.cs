namespace TrafficCore.Pipeline.Ingest;

/// <summary>
/// Types of log records. A number is never reused; a changed body layout raises the record's version instead.
/// </summary>
public enum RecordType : byte
{
    /// <summary>No record has this type.</summary>
    None = 0,

    /// <summary>Input: accepted interval readings, <see cref="ReadingEntry"/> each.</summary>
    Readings = 1,

    /// <summary>Input: high-resolution events of one controller, <see cref="EventEntry"/> each.</summary>
    Events = 2,

    /// <summary>Input: one payload or array element that was refused at the door, with its bytes and reason.</summary>
    Rejection = 3,

    /// <summary>Input: the clock, for everything that may happen because time passed.</summary>
    Tick = 4,

    /// <summary>Input: a version of the road network file, whole.</summary>
    Network = 5,

    /// <summary>Input: a device gets its number, before its first reading.</summary>
    Device = 6,

    /// <summary>Input: a QoS 2 packet id was received with nothing else to log.</summary>
    PacketReceived = 7,

    /// <summary>Input: a QoS 2 packet id was released (PUBREL).</summary>
    PacketReleased = 8,

    /// <summary>Input: a client's session and its QoS 2 packet ids are forgotten.</summary>
    SessionDiscarded = 9,

    /// <summary>Input: the service starts or stops to distrust its own clock.</summary>
    ClockAlarm = 10,

    /// <summary>Input: accepted observations of environment sensors and car parks, <see cref="ObservationEntry"/> each.</summary>
    Observations = 11,

    /// <summary>Output: the rows of one window of one intersection.</summary>
    Window = 32,

    /// <summary>Output: a refused payload, for the quarantine.</summary>
    Quarantine = 33,

    /// <summary>Output: what an environment sensor or a car park observed.</summary>
    Observation = 34,

    /// <summary>Output, from outside the shards: what a board is to show from a moment on, and why.</summary>
    BoardDecision = 40,

    /// <summary>Output, from outside the shards: what a board's device says.</summary>
    BoardStatus = 41,

    /// <summary>Output, from outside the shards: the congestion index of the city in a window.</summary>
    CityIndex = 42,

    /// <summary>State: one page of an intersection's state.</summary>
    Page = 64,
}
