using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Pipeline.Output;

/// <summary>The newest published window of one intersection and length, all its rows.</summary>
/// <param name="Intersection">Intersection id.</param>
/// <param name="Start">Window start, Unix milliseconds UTC.</param>
/// <param name="Length">Window length in milliseconds.</param>
/// <param name="PublishedMs">Receive time of the record that caused the newest row, Unix milliseconds UTC.</param>
/// <param name="Positions">Where its rows lie in the output log: the first publication and the corrections.</param>
/// <param name="Rows">Rows ordered by level, then id.</param>
public sealed record LatestWindow(
    string Intersection, long Start, long Length, long PublishedMs, IReadOnlyList<long> Positions, IReadOnlyList<FlowRow> Rows);

/// <summary>The latest published rows per intersection and window length, and a feed of every window as it is published.</summary>
/// <remarks>
/// Ownership: the output writer alone calls <see cref="Publish"/>, after the rows are durable. Everything else may be called from any
/// thread; what is handed out is immutable. A correction of the latest window replaces its rows; a correction of an older window
/// goes to the feed only.
/// </remarks>
public sealed class LatestWindows
{
    private readonly ConcurrentDictionary<(string Intersection, long Length), LatestWindow> _windows = new();
    private readonly ConcurrentDictionary<WindowSubscription, byte> _subscriptions = new();
    private long _dropped;

    /// <summary>The latest window of every intersection and length; a moment's copy.</summary>
    public IReadOnlyCollection<LatestWindow> All => [.. _windows.Values];

    /// <summary>Subscriptions that are open.</summary>
    public int Subscriptions => _subscriptions.Count;

    /// <summary>Windows that slow readers of the feed have lost since the start.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>The latest window of an intersection, or false when none was published.</summary>
    /// <param name="intersection">Intersection id.</param>
    /// <param name="lengthMs">Window length in milliseconds.</param>
    /// <param name="window">The window.</param>
    public bool TryFind(string intersection, long lengthMs, [NotNullWhen(true)] out LatestWindow? window)
        => _windows.TryGetValue((intersection, lengthMs), out window);

    /// <summary>Follows every window that is published from now on. A reader that is too slow keeps the latest and loses the oldest.</summary>
    /// <param name="capacity">Windows kept for a slow reader; what is lost is counted in <see cref="WindowSubscription.Dropped"/>.</param>
    public WindowSubscription Subscribe(int capacity = 1024)
    {
        var subscription = new WindowSubscription(capacity, Unsubscribe, () => Interlocked.Increment(ref _dropped));
        _subscriptions.TryAdd(subscription, 0);
        return subscription;
    }

    internal void Publish(WindowRecord record, long position, long receivedMs, bool live)
    {
        _windows.AddOrUpdate(
            (record.Head.Intersection, record.Length),
            static (_, x) => New(x.record, x.position, x.receivedMs),
            static (_, old, x) => x.record.Start < old.Start ? old
                : x.record.Start > old.Start ? New(x.record, x.position, x.receivedMs)
                : Merge(old, x.record, x.position, x.receivedMs),
            (record, position, receivedMs));
        if (!live)
        {
            return;
        }

        foreach (var (subscription, _) in _subscriptions)
        {
            subscription.Offer(record);
        }
    }

    /// <summary>Ends every subscription; the pipeline stops.</summary>
    internal void Complete()
    {
        foreach (var (subscription, _) in _subscriptions)
        {
            subscription.Dispose();
        }
    }

    private static LatestWindow New(WindowRecord record, long position, long receivedMs)
        => new(record.Head.Intersection, record.Start, record.Length, receivedMs, [position], record.Rows);

    // A correction carries only the rows that changed. Once it carries all of them, earlier records are of no more use.
    private static LatestWindow Merge(LatestWindow old, WindowRecord record, long position, long receivedMs)
    {
        var replaced = record.Rows.Select(static row => (row.Level, row.Id)).ToHashSet();
        var kept = old.Rows.Where(row => !replaced.Contains((row.Level, row.Id))).ToArray();
        return kept.Length == 0
            ? New(record, position, receivedMs)
            : old with
            {
                PublishedMs = receivedMs,
                Positions = [.. old.Positions, position],
                Rows = [.. kept.Concat(record.Rows).OrderBy(static row => row.Level).ThenBy(static row => row.Id, StringComparer.Ordinal)],
            };
    }

    private void Unsubscribe(WindowSubscription subscription) => _subscriptions.TryRemove(subscription, out _);
}
