using TrafficCore.Host.Ingress;
using TrafficCore.Host.Upstream;
using TrafficCore.Log;
using TrafficCore.Storage.Delivery;
using TrafficCore.Storage.History;
using TrafficCore.Storage.Sqlite;

namespace TrafficCore.Host.Requeue;

/// <summary>
/// Feeds rejected payloads back through the door that refused them, judged anew at the time when they were received first. What would be refused again
/// stays where it is; what was fed back is marked, and is not fed back again.
/// </summary>
/// <remarks>Ownership: thread-safe; one run at a time, the next one is told so. Readings wait for nothing here: the run waits for the log.</remarks>
internal sealed class RequeueDesk(
    MqttIngress door, string root, IFlowHistory history, RequeueJournal journal, TimeProvider time, ILogger<RequeueDesk> logger) : IDisposable
{
    // About what the log takes in a commit or two; the marks are written once for each.
    private const int PagePayloads = 500;

    private readonly SemaphoreSlim _turn = new(1);
    private readonly TopicCache _topics = new();

    /// <summary>Feeds back what was received in a range; null while another run is under way.</summary>
    /// <param name="fromMs">First receive time, Unix ms.</param>
    /// <param name="toMs">End, exclusive.</param>
    /// <param name="reason">Only this reason; null for all.</param>
    /// <param name="cancellation">Stops after the payload at hand; what was fed back until then is marked.</param>
    /// <exception cref="SqliteStoreException">The quarantine or the marks cannot be read or written.</exception>
    public async Task<RequeueResult?> RunAsync(long fromMs, long toMs, string? reason, CancellationToken cancellation)
    {
        if (!await _turn.WaitAsync(TimeSpan.Zero, cancellation))
        {
            return null;
        }

        try
        {
            var result = new RequeueResult();
            QuarantinePlace? place = QuarantinePlace.Before(fromMs);
            while (place is { } after)
            {
                var page = await history.QuarantineAsync(new QuarantineQuery(after, toMs, reason, PagePayloads), cancellation);
                await TakePageAsync(await page.Rejected.ToListAsync(cancellation), result, cancellation);
                place = page.Next;
            }

            RequeueLog.Requeued(logger, result.Requeued, result.Refused, result.Before);
            return result;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task TakePageAsync(List<PlacedRejection> page, RequeueResult result, CancellationToken cancellation)
    {
        var before = await journal.FindAsync([.. page.Select(p => p.Place)], cancellation);
        var commits = new Commits(time);
        List<QuarantinePlace> taken = [];
        try
        {
            foreach (var (place, rejected) in page)
            {
                cancellation.ThrowIfCancellationRequested();
                if (before.Contains(place))
                {
                    result.Before++;
                }
                else if (await TryTakeAsync(place, rejected, commits, cancellation))
                {
                    taken.Add(place);
                    result.Requeued++;
                }
                else
                {
                    result.Refused++;
                }
            }
        }
        finally
        {
            // Also when the caller went away: what is in the log is marked.
            await commits.WhenDurableAsync();
            await journal.MarkAsync(taken, CancellationToken.None);
        }
    }

    private async Task<bool> TryTakeAsync(QuarantinePlace place, RejectedPayload rejected, Commits commits, CancellationToken cancellation)
    {
        if (RequeueMessage.Of(rejected, root) is not var (topic, payload))
        {
            return false;
        }

        var batch = new IntakeBatch();
        while (Judge(batch, rejected.ReceivedMs, topic, payload) == IntakeResult.LogFull)
        {
            await door.Log.WaitForRoomAsync(cancellation);
        }

        if (batch.Taken == 0)
        {
            return false;
        }

        if (batch.ServerTimes > 0)
        {
            // Nothing would tell a repeat from the first: it is marked before, so that a crash in between cannot count it twice.
            await journal.MarkAsync([place], cancellation);
        }

        while (!commits.TryAppend(batch, door.Log))
        {
            await door.Log.WaitForRoomAsync(cancellation);
        }

        door.Metrics.Accepted(batch);
        return true;
    }

    private IntakeResult Judge(IntakeBatch batch, long receivedMs, byte[] topic, ReadOnlyMemory<byte> payload)
    {
        var slot = _topics.Find(topic, door.Root);
        batch.Begin(door.Log.Salt, door.Clock, receivedMs);
        return slot.Topic.Meaning is TopicMeaning.Outside or TopicMeaning.RoutedOnly ? IntakeResult.Rejected : door.Take(batch, slot, payload.Span);
    }

    /// <summary>Waits for the group commit of what a page brought in.</summary>
    private sealed class Commits(TimeProvider time) : ICommitWaiter
    {
        private readonly CommitMarks _marks = new(time, static _ => { });

        public bool TryAppend(IntakeBatch batch, Pipeline.Ingest.IInputLog log)
        {
            int acks = 1;
            long end = 0;
            if (!batch.TryAppend(log, ref acks, this, ref end))
            {
                return false;
            }

            _marks.Add(end, 0);
            return true;
        }

        public Task WhenDurableAsync() => _marks.WhenSettledAsync(CancellationToken.None);

        public void OnCommitted(long durableEnd) => _marks.Reach(durableEnd);
    }
}

/// <summary>What a run did.</summary>
internal sealed class RequeueResult
{
    /// <summary>Payloads that were fed back.</summary>
    public long Requeued { get; set; }

    /// <summary>Payloads that would be refused again, and stay.</summary>
    public long Refused { get; set; }

    /// <summary>Payloads that an earlier run fed back.</summary>
    public long Before { get; set; }
}
