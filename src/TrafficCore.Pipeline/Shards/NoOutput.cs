using TrafficCore.Pipeline.Ingest;

namespace TrafficCore.Pipeline.Shards;

/// <summary>For who wants a shard's state and not what it publishes.</summary>
internal sealed class NoOutput : IShardOutput
{
    public void Emit(RecordType type, string intersection, long cause, int ordinal, long receivedMs, long elapsedMs, ReadOnlySpan<byte> body)
    {
    }
}
