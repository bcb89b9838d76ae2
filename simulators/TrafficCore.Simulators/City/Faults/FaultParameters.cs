namespace TrafficCore.Simulators.City.Faults;

/// <summary>How wrong a device is; which of them a kind takes says <see cref="FaultRule"/>. Immutable.</summary>
internal sealed record FaultParameters
{
    /// <summary>Chatter: pulses a second. Backlog: messages a second when it is sent.</summary>
    public double PerSecond { get; init; }

    /// <summary>Drifts: what is reached at the end. Duplicate, reorder, malformed: share of the messages.</summary>
    public double Percent { get; init; }

    /// <summary>Clock offset: what is added to the time.</summary>
    public double Milliseconds { get; init; }

    /// <summary>Clock drift: how much more the clock shows after an hour.</summary>
    public double MillisecondsPerHour { get; init; }

    /// <summary>Duplicate, reorder: how much later.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Backlog: whether what is kept waits for nothing while new messages pass it.</summary>
    public bool LiveFirst { get; init; }

    /// <summary>Half: channels that do not report; empty: the upper half.</summary>
    public IReadOnlyList<int> Channels { get; init; } = [];

    /// <summary>Wrong: what the board shows.</summary>
    public string Multi { get; init; } = "[jp3]TEST";
}
