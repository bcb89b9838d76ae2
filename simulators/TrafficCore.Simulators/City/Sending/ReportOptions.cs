namespace TrafficCore.Simulators.City.Sending;

/// <summary>How detectors report.</summary>
internal enum ReportKind
{
    /// <summary>Each detector sends a reading for each interval.</summary>
    Readings,

    /// <summary>Controllers send every edge of the detectors that are wired to them, and their phases.</summary>
    Events,

    /// <summary>Both, of the same vehicles.</summary>
    Both,
}

/// <summary>How a city's devices report.</summary>
internal sealed record ReportOptions
{
    /// <summary>Readings, events, or both.</summary>
    public ReportKind Kind { get; init; }

    /// <summary>Whether all detectors of an intersection send one message together.</summary>
    public bool IsGrouped { get; init; }

    /// <summary>
    /// Whether each device sends at a moment of its own within the interval; else all send when it ends. Default true: a
    /// thousand devices that send on the full minute are a burst that no network likes.
    /// </summary>
    public bool IsSpread { get; init; } = true;

    /// <summary>How often a controller sends its events. Default 1 s, how field controllers commonly stream.</summary>
    public TimeSpan EventBatch { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Windows of the truth, where it is kept. Default 60 s, the service's shortest window by default.</summary>
    public TimeSpan TruthWindow { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Whether controllers send.</summary>
    public bool HasEvents => Kind != ReportKind.Readings;

    /// <summary>Whether detectors send.</summary>
    public bool HasReadings => Kind != ReportKind.Events;
}
