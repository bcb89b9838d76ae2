namespace TrafficCore.Simulators.Replay;

/// <summary>What a replay did; <c>--json</c> prints it.</summary>
internal sealed record ReplayReport
{
    public required string File { get; init; }

    public required RecordingFormat Format { get; init; }

    public required int Intersections { get; init; }

    /// <summary>Rows of the file, the header left out.</summary>
    public required long Rows { get; init; }

    /// <summary>Readings in the messages; duplicates are sent like the others.</summary>
    public required long Readings { get; init; }

    /// <summary>Events in the messages; duplicates are sent like the others.</summary>
    public required long Events { get; init; }

    public required long Messages { get; init; }

    /// <summary>Of those, messages that were handed over to a connection.</summary>
    public required long Sent { get; init; }

    /// <summary>Messages acknowledged with success; null at QoS 0, where nobody answers.</summary>
    public required long? Acknowledged { get; init; }

    /// <summary>Messages that the service refused, with its reason code; null at QoS 0.</summary>
    public required long? Refused { get; init; }

    /// <summary>Messages that could not be delivered, after a stop of those that were sent by then; at QoS 0: that could not be handed over to a connection.</summary>
    public required long Lost { get; init; }

    public required int Reconnects { get; init; }

    public required double Seconds { get; init; }

    /// <summary>First instant, ISO 8601 UTC.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Last instant, ISO 8601 UTC.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>Rows and values that the format says are no data, by reason.</summary>
    public required IReadOnlyDictionary<string, long> Skipped { get; init; }

    /// <summary>Rows and values that are sent although something is odd about them, by reason.</summary>
    public required IReadOnlyDictionary<string, long> Noted { get; init; }

    /// <summary>Rows and values that could not be read and so are not sent, by reason.</summary>
    public required IReadOnlyDictionary<string, long> Malformed { get; init; }

    /// <summary>The first findings in the file, with their lines.</summary>
    public required IReadOnlyList<string> Findings { get; init; }

    /// <summary>Whether Ctrl-C or SIGTERM came before the end.</summary>
    public bool Stopped { get; init; }

    public string? Problem { get; init; }

    /// <summary>Everything that was to be sent by then has arrived, and everything in the file could be read.</summary>
    public bool IsComplete => Lost + (Refused ?? 0) == 0 && Malformed.Count == 0;
}
