using TrafficCore.Log;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Shards;

namespace TrafficCore.Benchmarks.Operations;

/// <summary>An input log that is durable at once and hands its records straight to the shard.</summary>
internal sealed class MemoryInputLog(ShardOptions options) : IInputLog
{
    private readonly ShardState _shard = new(options, shard: 0, shardCount: 1, new NoPages(), new NoOutput());
    private long _end;

    public uint Salt => 7;

    public bool TryAppend(ReadOnlySpan<byte> sealedRecords, int acks, ICommitWaiter? waiter, out long end)
    {
        while (RecordCodec.TryRead(sealedRecords, Salt, out var header, out var size) == RecordStatus.Whole)
        {
            _shard.Apply(_end, in header, sealedRecords.Slice(RecordHeader.Size, header.Length));
            _end += size;
            sealedRecords = sealedRecords[size..];
        }

        end = _end;
        return sealedRecords.IsEmpty ? true : throw new InvalidOperationException("The door wrote a record that can't be read.");
    }

    public ValueTask WaitForRoomAsync(CancellationToken cancel) => ValueTask.CompletedTask;

    private sealed class NoPages : IPageStore
    {
        public long Append(long position, long receivedMs, long elapsedMs, ReadOnlySpan<byte> page) => 0;

        public ReadOnlyMemory<byte> Read(long pagePosition) => throw new InvalidOperationException("No page left memory.");
    }

    private sealed class NoOutput : IShardOutput
    {
        public void Emit(RecordType type, string intersection, long cause, int ordinal, long receivedMs, long elapsedMs, ReadOnlySpan<byte> body)
        {
        }
    }
}
