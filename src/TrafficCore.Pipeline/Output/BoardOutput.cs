using TrafficCore.Pipeline.Ingest;

namespace TrafficCore.Pipeline.Output;

/// <summary>The way of the boards' decisions into the output log.</summary>
/// <remarks>Ownership: any thread.</remarks>
public sealed class BoardOutput
{
    private readonly OutsideOutput _outside;

    internal BoardOutput(OutsideOutput outside) => _outside = outside;

    /// <summary>Appends records; they are durable, and on their way to the sinks, when it completes.</summary>
    /// <param name="decisions">What boards are to show.</param>
    /// <param name="statuses">What boards say.</param>
    /// <param name="cancellationToken">Gives up waiting; the records may still be written.</param>
    /// <exception cref="InvalidOperationException">The pipeline has stopped or failed.</exception>
    public Task AppendAsync(
        IEnumerable<BoardDecisionRecord> decisions, IEnumerable<BoardStatusRecord> statuses, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(decisions);
        ArgumentNullException.ThrowIfNull(statuses);
        return _outside.AppendAsync(
            [
                .. decisions.Select(static d => new OutsideRecord(RecordType.BoardDecision, BoardRecordCodec.Version, body => BoardRecordCodec.Encode(body, d))),
                .. statuses.Select(static s => new OutsideRecord(RecordType.BoardStatus, BoardRecordCodec.Version, body => BoardRecordCodec.Encode(body, s))),
            ],
            cancellationToken);
    }
}
