using TrafficCore.Traffic.Service;

namespace TrafficCore.Pipeline.Output;

/// <summary>What a read of the output log found.</summary>
public enum OutputReadStatus
{
    /// <summary>A record.</summary>
    Record,

    /// <summary>Positions that cannot be read any more (retention or damage): <see cref="OutputRecord.Position"/> to <see cref="OutputRecord.Next"/>.</summary>
    Gap,

    /// <summary>Nothing more is durable now.</summary>
    End,
}

/// <summary>One decoded record of the output log.</summary>
/// <param name="Position">Where it stands.</param>
/// <param name="Next">Where reading goes on behind it: the cursor that says it was delivered.</param>
/// <param name="ReceivedMs">Receive time of the input that caused it, Unix milliseconds UTC.</param>
/// <param name="Window">Rows of a window, or null.</param>
/// <param name="Quarantine">A refused payload, or null.</param>
/// <param name="Observation">What a device observed, or null.</param>
/// <param name="BoardDecision">What a board is to show, or null.</param>
/// <param name="BoardStatus">What a board says, or null.</param>
/// <param name="CityIndex">The congestion index of the city in a window, or null.</param>
public readonly record struct OutputRecord(
    long Position,
    long Next,
    long ReceivedMs,
    WindowRecord? Window = null,
    QuarantineRecord? Quarantine = null,
    ObservationRecord? Observation = null,
    BoardDecisionRecord? BoardDecision = null,
    BoardStatusRecord? BoardStatus = null,
    CityIndexRow? CityIndex = null);
