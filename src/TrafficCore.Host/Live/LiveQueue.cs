using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace TrafficCore.Host.Live;

/// <summary>What one client has to be told, in the order in which it first changed.</summary>
/// <remarks>
/// Ownership: the feed adds, the client's stream takes; a short lock lies between them, and nobody ever waits for a client. What waits already is not added
/// again, so there are never more entries than series that the client asked for, and corrections, of which the newest are left out beyond <see cref="MaxCorrections"/>.
/// </remarks>
internal sealed class LiveQueue(LiveMetrics metrics)
{
    /// <summary>Corrections of earlier windows that wait at most: a few rows each, so that a slow client holds about a megabyte. Who misses some finds them in the history.</summary>
    public const int MaxCorrections = 256;

    private readonly Lock gate = new();
    private readonly HashSet<LiveKey> waiting = [];
    private readonly Queue<LiveKey> order = new();
    private readonly Channel<bool> wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private int corrections;

    public void Add(in LiveKey key)
    {
        lock (gate)
        {
            if (key.Topic == LiveTopic.Correction && corrections == MaxCorrections)
            {
                metrics.Dropped();
                return;
            }

            if (!waiting.Add(key))
            {
                metrics.Coalesced();
                return;
            }

            order.Enqueue(key);
            corrections += key.Topic == LiveTopic.Correction ? 1 : 0;
        }

        wake.Writer.TryWrite(true); // one that is there already wakes for both
    }

    public bool TryTake([MaybeNullWhen(false)] out LiveKey key)
    {
        lock (gate)
        {
            if (!order.TryDequeue(out key))
            {
                return false;
            }

            waiting.Remove(key);
            corrections -= key.Topic == LiveTopic.Correction ? 1 : 0;
            return true;
        }
    }

    /// <summary>Completes when something was added since the last wait.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellation) => wake.Reader.ReadAsync(cancellation);
}
