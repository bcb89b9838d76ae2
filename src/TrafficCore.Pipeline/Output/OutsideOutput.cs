using TrafficCore.Log;
using TrafficCore.Pipeline.Ingest;

namespace TrafficCore.Pipeline.Output;

/// <summary>The way of records that no input record caused into the output log, through its one writer.</summary>
/// <remarks>
/// Ownership: any thread. Recovery looks past these records: it neither makes them again nor counts them as an intersection's progress. Who
/// appends the same record twice makes the same point twice, which every sink takes as one.
/// </remarks>
internal sealed class OutsideOutput(OutputWriter writer, ServiceClock clock, uint salt)
{
    /// <summary>Appends records; they are durable, and on their way to the sinks, when it completes.</summary>
    /// <param name="records">Type, version and body of each.</param>
    /// <param name="cancellationToken">Gives up waiting; the records may still be written.</param>
    /// <exception cref="InvalidOperationException">The pipeline has stopped or failed.</exception>
    public async Task AppendAsync(IEnumerable<OutsideRecord> records, CancellationToken cancellationToken)
    {
        var chunk = new OutputChunk();
        var body = new BodyWriter();
        foreach (var record in records)
        {
            body.Clear();
            record.Encode(body);
            chunk.Append((byte)record.Type, record.Version, clock.NowMs, clock.ElapsedMs, body.Written, salt);
        }

        await writer.AppendAsync(chunk, cancellationToken);
    }
}

/// <summary>One record from outside the shards.</summary>
internal readonly record struct OutsideRecord(RecordType Type, byte Version, Action<BodyWriter> Encode);
