namespace TrafficCore.Simulators.Replay;

/// <summary>What a replay did; <c>--json</c> prints it.</summary>
internal sealed record ReplayReport
{
    public required string File { get; init; }

    public required int Controllers { get; init; }

    /// <summary>Events in the file; duplicates are sent like the others.</summary>
    public required long Events { get; init; }

    public required long Messages { get; init; }

    /// <summary>Messages acknowledged with success.</summary>
    public required long Acknowledged { get; init; }

    /// <summary>Messages that the service refused, with its reason code.</summary>
    public required long Refused { get; init; }

    /// <summary>Messages that could not be delivered.</summary>
    public required long Lost { get; init; }

    public required int Reconnects { get; init; }

    public required double Seconds { get; init; }

    /// <summary>First and last event, ISO 8601 UTC.</summary>
    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }

    public string? Problem { get; init; }
}
