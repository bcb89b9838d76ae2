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

/// <summary>The latest published rows per intersection and window length.</summary>
/// <remarks>
/// Ownership: the output writer alone calls <see cref="Publish"/>, after the rows are durable. Everything else may be called from any
/// thread; what is handed out is immutable. A correction of the latest window replaces its rows; one of an older window changes nothing.
/// </remarks>
public sealed class LatestWindows
{
    private readonly ConcurrentDictionary<(string Intersection, long Length), LatestWindow> _windows = new();

    /// <summary>The latest window of every intersection and length; a moment's copy.</summary>
    public IReadOnlyCollection<LatestWindow> All => [.. _windows.Values];

    /// <summary>The latest window of an intersection, or false when none was published.</summary>
    /// <param name="intersection">Intersection id.</param>
    /// <param name="lengthMs">Window length in milliseconds.</param>
    /// <param name="window">The window.</param>
    public bool TryFind(string intersection, long lengthMs, [NotNullWhen(true)] out LatestWindow? window)
        => _windows.TryGetValue((intersection, lengthMs), out window);

    internal void Publish(WindowRecord record, long position, long receivedMs)
        => _windows.AddOrUpdate(
            (record.Head.Intersection, record.Length),
            static (_, x) => New(x.record, x.position, x.receivedMs),
            static (_, old, x) => x.record.Start < old.Start ? old
                : x.record.Start > old.Start ? New(x.record, x.position, x.receivedMs)
                : Merge(old, x.record, x.position, x.receivedMs),
            (record, position, receivedMs));

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
}
