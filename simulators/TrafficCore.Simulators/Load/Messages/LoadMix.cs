namespace TrafficCore.Simulators.Load;

/// <summary>What the messages of a run are made of. Shares are of all messages, 0..1.</summary>
internal sealed record LoadMix
{
    /// <summary>Readings of a message.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>
    /// A message with several readings holds one of each of several detectors (topic <c>detectors</c>) rather than several of one detector.
    /// </summary>
    public bool ByIntersection { get; init; }

    /// <summary>How much a reading says.</summary>
    public LoadFields Fields { get; init; } = LoadFields.Usual;

    /// <summary>Bytes that each message is filled up to with a field that the service ignores; 0 for none.</summary>
    public int Bytes { get; init; }

    /// <summary>Messages that are batches of controller events.</summary>
    public double Events { get; init; }

    /// <summary>Events of such a batch.</summary>
    public int EventsPerBatch { get; init; } = 20;

    /// <summary>Messages that are environment readings.</summary>
    public double Environment { get; init; }

    /// <summary>Messages that are parking readings.</summary>
    public double Parking { get; init; }

    /// <summary>Readings messages that are sent twice.</summary>
    public double Duplicates { get; init; }

    /// <summary>Readings messages that come late.</summary>
    public double Late { get; init; }

    /// <summary>How late those are.</summary>
    public TimeSpan LateBy { get; init; } = TimeSpan.FromMinutes(10);
}

/// <summary>Fields of a simulated reading.</summary>
internal enum LoadFields
{
    /// <summary>What must be there, and the interval.</summary>
    Minimal,

    /// <summary>Occupancy, speed and sequence as well.</summary>
    Usual,

    /// <summary>Vehicle classes as well.</summary>
    Full,
}
