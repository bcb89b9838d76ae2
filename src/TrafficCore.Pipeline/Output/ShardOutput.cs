using TrafficCore.Pipeline.Dispatch;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Shards;

namespace TrafficCore.Pipeline.Output;

/// <summary>A shard's way to the output log: seals what the shard emits and hands it to the output writer in chunks.</summary>
/// <remarks>
/// Ownership: one shard's thread. A full queue blocks that thread (Wait), which stops the shard's own queue, which fills the
/// input log's buffers, which stops the connections from reading: back-pressure to the devices, nothing lost.
/// </remarks>
internal sealed class ShardOutput : IShardOutput
{
    // Of the kinds that are not named where they are sealed.
    private const byte FirstVersion = 1;

    private readonly OutputProgress _progress;
    private readonly LoopQueue<OutputItem> _queue;
    private readonly uint _salt;
    private OutputChunk? _chunk;

    public ShardOutput(OutputProgress progress, LoopQueue<OutputItem> queue, uint salt)
    {
        _progress = progress;
        _queue = queue;
        _salt = salt;
    }

    /// <summary>Outputs that replay made again and that were in the output log already.</summary>
    public long Repeated { get; private set; }

    public void Emit(RecordType type, string intersection, long cause, int ordinal, long receivedMs, long elapsedMs, ReadOnlySpan<byte> body)
    {
        if (_progress.IsWritten(intersection, cause, ordinal))
        {
            Repeated++;
            return;
        }

        _chunk ??= new OutputChunk();
        _chunk.Append((byte)type, type == RecordType.Window ? WindowRecordCodec.Version : FirstVersion, receivedMs, elapsedMs, body, _salt);
        if (_chunk.Length >= OutputChunk.TargetBytes)
        {
            Flush();
        }
    }

    /// <summary>Hands over what was emitted so far; called at the end of every batch and before a barrier's work is done.</summary>
    public void Flush()
    {
        if (_chunk is null)
        {
            return;
        }

        var chunk = _chunk;
        _chunk = null;
        if (!_queue.Write(new OutputItem(chunk)))
        {
            chunk.Dispose();
            throw new InvalidOperationException("The output writer has ended.");
        }
    }
}
