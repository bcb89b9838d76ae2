namespace TrafficCore.Pipeline.Ingest;

/// <summary>Why something was refused at the door. Records carry the name, not the number, so a reason that is no longer given stays readable.</summary>
public enum RejectionReason : byte
{
    /// <summary>Not refused.</summary>
    None = 0,

    /// <summary>The payload is not JSON; nothing in it is believed.</summary>
    BadJson,

    /// <summary>JSON, but not the shape of a reading, a batch of events, or an array of them.</summary>
    BadShape,

    /// <summary><c>ts</c> is not an integer that can be a time.</summary>
    BadTimestamp,

    /// <summary><c>interval</c> is not a positive integer of milliseconds.</summary>
    BadInterval,

    /// <summary><c>volume</c> is missing or not a possible count.</summary>
    BadVolume,

    /// <summary><c>detector</c> is missing or not an id.</summary>
    BadDetector,

    /// <summary>An event that is not [time, code, parameter].</summary>
    BadEvent,

    /// <summary>Several readings of one detector, and one of them without a time.</summary>
    NoTimestamp,

    /// <summary>Older than <c>Ingest:MaxAge</c>.</summary>
    TooOld,

    /// <summary>Further ahead of the clock than <c>Ingest:MaxAhead</c>.</summary>
    TooFarAhead,

    /// <summary>The interval is longer than every window.</summary>
    IntervalTooLong,

    /// <summary>Not in the network file, and the network is closed.</summary>
    UnknownDevice,

    /// <summary>A topic under the root that means nothing.</summary>
    UnknownTopic,

    /// <summary>As many devices are learnt as are allowed.</summary>
    NetworkFull,

    /// <summary>More elements than one payload may hold.</summary>
    TooLarge,

    /// <summary>An observation without any possible value.</summary>
    NoValue,

    /// <summary><c>ts</c> was sent in seconds.</summary>
    TimestampInSeconds,

    /// <summary><c>ts</c> was sent in microseconds.</summary>
    TimestampInMicroseconds,

    /// <summary><c>ts</c> was sent in nanoseconds.</summary>
    TimestampInNanoseconds,

    /// <summary>As many devices of the intersection are learnt as are allowed.</summary>
    IntersectionFull,
}

/// <summary>Names of reasons as records, ledger, metrics and the quarantine spell them.</summary>
public static class RejectionReasons
{
    private static readonly string[] Names =
    [
        "none", "bad-json", "bad-shape", "bad-ts", "bad-interval", "bad-volume", "bad-detector", "bad-event", "no-ts", "too-old",
        "too-far-ahead", "interval-too-long", "unknown-device", "unknown-topic", "network-full", "too-large", "no-value",
        "ts-seconds", "ts-microseconds", "ts-nanoseconds", "intersection-full",
    ];

    private static readonly byte[][] Utf8Names = [.. Names.Select(System.Text.Encoding.UTF8.GetBytes)];

    /// <summary>How many reasons there are, <see cref="RejectionReason.None"/> included.</summary>
    public static int Count => Names.Length;

    /// <summary>The names of everything that can be refused for.</summary>
    public static IReadOnlyList<string> All { get; } = Names[1..];

    /// <summary>The reason's name, e.g. <c>too-old</c>.</summary>
    public static string Name(RejectionReason reason) => Names[(int)reason];

    /// <summary>The reason's name as bytes.</summary>
    public static ReadOnlySpan<byte> Utf8Name(RejectionReason reason) => Utf8Names[(int)reason];
}
