using System.Buffers;
using System.IO.Pipelines;
using Microsoft.Extensions.Logging;
using TrafficCore.Log;
using TrafficCore.Pipeline.Dispatch;
using TrafficCore.Pipeline.Ledger;
using TrafficCore.Pipeline.Output;
using TrafficCore.Pipeline.Shards;

namespace TrafficCore.Pipeline.Recovery;

/// <summary>What the snapshotter works with.</summary>
internal sealed record SnapshotSources(
    Dispatcher Dispatcher,
    int Shards,
    PageStore Pages,
    OutputSide Output,
    ReceivedReader Received,
    LedgerDesk Ledger,
    SnapshotStore Store,
    long? LoadedPosition);

/// <summary>
/// Takes snapshots: all state at one input position. Order on disk: pages and outputs durable, then the snapshot, then
/// what it makes superfluous is deleted.
/// </summary>
/// <remarks>
/// Ownership: any thread may call <see cref="TakeAsync"/>; one snapshot is taken at a time. Shards stop only while they copy
/// their own state; the committer goes on into the buffers that the log has free.
/// </remarks>
internal sealed class Snapshotter : IDisposable
{
    // Pieces of a pool. The state of a city in one array would be made by doubling, and its halves stay in memory until the oldest generation is collected.
    private static readonly PipeOptions Pieces = new(minimumSegmentSize: 1024 * 1024, pauseWriterThreshold: 0, useSynchronizationContext: false);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly SnapshotSources _from;
    private readonly Retention _retention;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly PipelineMetrics _metrics;
    private long? _lastPosition;

    public Snapshotter(SnapshotSources from, Retention retention, TimeProvider time, ILogger logger, PipelineMetrics metrics)
    {
        _from = from;
        _lastPosition = from.LoadedPosition;
        _retention = retention;
        _time = time;
        _logger = logger;
        _metrics = metrics;
    }

    /// <summary>Takes a snapshot unless the last one is of this position. False: the disk refused; all goes on from the one before.</summary>
    /// <param name="mayDelete">Whether logs may then be shortened; not at the stop, when they are closing.</param>
    /// <param name="cancellationToken">Ends the wait for a turn.</param>
    public async Task<bool> TakeAsync(bool mayDelete, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_from.Dispatcher.End == _lastPosition)
            {
                return true;
            }

            var started = _time.GetTimestamp();
            var collected = new ShardPart[_from.Shards];
            SnapshotHead head;
            long bytes;
            try
            {
                (head, var parts) = await CollectAsync(collected, cancellationToken);
                bytes = Save(head, parts, collected);
            }
            finally
            {
                Array.ForEach(collected, static part => part?.State.Complete());
            }

            _lastPosition = head.Position;
            if (mayDelete)
            {
                _retention.Apply(head);
            }

            var duration = _time.GetElapsedTime(started);
            _metrics.SnapshotTaken(duration);
            PipelineLog.SnapshotTaken(_logger, head.Position, bytes, (long)duration.TotalMilliseconds);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _metrics.SnapshotFailed();
            PipelineLog.SnapshotFailed(_logger, exception);
            return false;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<(SnapshotHead Head, List<(uint Tag, byte[] Content)> Parts)> CollectAsync(ShardPart[] collected, CancellationToken cancellationToken)
    {
        // Taken before the barrier is placed: what shards emit behind it lies behind these.
        var outputFrom = _from.Output.Log.DurableEnd;
        var pagesFrom = _from.Pages.End;
        var barrier = new ShardBarrier(_from.Shards, shard => collected[shard.Index] = Collect(shard));
        byte[] received;
        using (await _from.Ledger.TakeTurnAsync(cancellationToken))
        {
            _from.Dispatcher.Place(barrier);
            await barrier.Done;
            received = await _from.Received.AtAsync(barrier.Position, static counts => counts.ToBytes());
        }

        _from.Pages.Commit();
        await _from.Output.Writer.RunAsync(static _ => { });
        var head = new SnapshotHead
        {
            Position = barrier.Position,
            Count = barrier.CountIn,
            OutputFrom = outputFrom,
            OldestPage = Math.Min(pagesFrom, collected.Min(static part => part.OldestPage)),
            InputMarks = _retention.NoteInput(barrier.Position),
            OutputMarks = _retention.NoteOutput(outputFrom),
        };
        var parts = new List<(uint, byte[])>
        {
            (SnapshotTags.Head, head.ToBytes()),
            (SnapshotTags.Control, collected.Select(static part => part.Control).OfType<byte[]>().Single()),
            (SnapshotTags.Received, received),
            (SnapshotTags.Latest, LatestPositions.ToBytes(_from.Output.Latest)),
        };
        return (head, parts);
    }

    private static ShardPart Collect(ShardLoop shard)
    {
        var state = new Pipe(Pieces);
        shard.State.WriteSnapshot(new SnapshotPartWriter(state.Writer));
        state.Writer.Complete();
        shard.Output.Flush();
        return new ShardPart(state.Reader, shard.State.OldestPagePosition, shard.Control?.ToBytes());
    }

    private long Save(SnapshotHead head, List<(uint Tag, byte[] Content)> parts, ShardPart[] shards)
    {
        var bytes = 0L;
        _from.Store.Save(head.Position, destination =>
        {
            var writer = new SnapshotPartWriter(destination);
            foreach (var (tag, content) in parts)
            {
                bytes += content.Length;
                writer.Write(tag, content);
            }

            // A shard's contribution is a sequence of whole parts already.
            foreach (var shard in shards)
            {
                bytes += CopyTo(destination, shard.State);
            }
        });
        return bytes;
    }

    private static long CopyTo(IBufferWriter<byte> destination, PipeReader state)
    {
        if (!state.TryRead(out var read))
        {
            return 0;
        }

        var length = read.Buffer.Length;
        foreach (var piece in read.Buffer)
        {
            destination.Write(piece.Span);
        }

        state.AdvanceTo(read.Buffer.End);
        return length;
    }

    /// <summary>What a shard gives to a snapshot.</summary>
    /// <param name="State">Its parts; completed, and to be given back by completing the reader.</param>
    /// <param name="OldestPage">The oldest page that they refer to.</param>
    /// <param name="Control">What one shard keeps for all; null from the others.</param>
    private sealed record ShardPart(PipeReader State, long OldestPage, byte[]? Control);
}
