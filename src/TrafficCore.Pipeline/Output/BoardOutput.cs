using TrafficCore.Log;
using TrafficCore.Pipeline.Ingest;

namespace TrafficCore.Pipeline.Output;

/// <summary>The way of the boards' decisions into the output log, through its one writer.</summary>
/// <remarks>
/// Ownership: any thread. Recovery looks past these records: it neither makes them again nor counts them as an intersection's progress. Who
/// appends the same record twice makes the same point twice, which every sink takes as one.
/// </remarks>
public sealed class BoardOutput
{
    private readonly OutputWriter _writer;
    private readonly ServiceClock _clock;
    private readonly uint _salt;

    internal BoardOutput(OutputWriter writer, ServiceClock clock, uint salt) => (_writer, _clock, _salt) = (writer, clock, salt);

    /// <summary>Appends records; they are durable, and on their way to the sinks, when it completes.</summary>
    /// <param name="decisions">What boards are to show.</param>
    /// <param name="statuses">What boards say.</param>
    /// <param name="cancellationToken">Gives up waiting; the records may still be written.</param>
    /// <exception cref="InvalidOperationException">The pipeline has stopped or failed.</exception>
    public async Task AppendAsync(
        IEnumerable<BoardDecisionRecord> decisions, IEnumerable<BoardStatusRecord> statuses, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(decisions);
        ArgumentNullException.ThrowIfNull(statuses);
        var chunk = new OutputChunk();
        var body = new BodyWriter();
        foreach (var decision in decisions)
        {
            BoardRecordCodec.Encode(body, decision);
            Append(chunk, RecordType.BoardDecision, body);
        }

        foreach (var status in statuses)
        {
            BoardRecordCodec.Encode(body, status);
            Append(chunk, RecordType.BoardStatus, body);
        }

        await _writer.AppendAsync(chunk, cancellationToken);
    }

    private void Append(OutputChunk chunk, RecordType type, BodyWriter body)
    {
        chunk.Append((byte)type, BoardRecordCodec.Version, _clock.NowMs, _clock.ElapsedMs, body.Written, _salt);
        body.Clear();
    }
}
