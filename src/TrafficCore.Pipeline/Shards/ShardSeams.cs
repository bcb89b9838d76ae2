using TrafficCore.Pipeline.Ingest;

namespace TrafficCore.Pipeline.Shards;

/// <summary>Where pages of state go when they leave memory or a snapshot is due. Called by the shard loop only.</summary>
internal interface IPageStore
{
    /// <summary>Appends a page that is in the state of input position <paramref name="position"/>; returns where it stands.</summary>
    long Append(long position, long receivedMs, long elapsedMs, ReadOnlySpan<byte> page);

    /// <summary>Reads a page that was appended, by this run or before the snapshot that was restored.</summary>
    ReadOnlyMemory<byte> Read(long pagePosition);
}

/// <summary>Takes outputs in the order of their causes. Called by the shard loop only; the body is borrowed.</summary>
internal interface IShardOutput
{
    /// <summary>Takes one output.</summary>
    /// <param name="type"><see cref="RecordType.Window"/>, <see cref="RecordType.Quarantine"/> or <see cref="RecordType.Observation"/>.</param>
    /// <param name="intersection">Intersection id, or <c>-</c>.</param>
    /// <param name="cause">Position of the input record.</param>
    /// <param name="ordinal">Place among the outputs of that position and intersection.</param>
    /// <param name="receivedMs">Receive time of the input record.</param>
    /// <param name="elapsedMs">Elapsed time of the input record.</param>
    /// <param name="body">Body for the output log.</param>
    void Emit(RecordType type, string intersection, long cause, int ordinal, long receivedMs, long elapsedMs, ReadOnlySpan<byte> body);
}
