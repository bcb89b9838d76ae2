using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Pipeline.Output;

/// <summary>The newest published window of one intersection and length, all its rows. Immutable.</summary>
/// <remarks>It keeps the records as they are in the output log, a tenth of what their rows would take: a city has half a million latest rows.</remarks>
public sealed class LatestWindow
{
    private readonly byte[][] _bodies;

    private LatestWindow(in WindowHead head, long publishedMs, long[] positions, byte[][] bodies)
    {
        (Intersection, Start, Length) = (head.Head.Intersection, head.Start, head.Length);
        PublishedMs = publishedMs;
        Positions = positions;
        _bodies = bodies;
    }

    /// <summary>Intersection id.</summary>
    public string Intersection { get; }

    /// <summary>Window start, Unix milliseconds UTC.</summary>
    public long Start { get; }

    /// <summary>Window length in milliseconds.</summary>
    public long Length { get; }

    /// <summary>Receive time of the record that caused the newest row, Unix milliseconds UTC.</summary>
    public long PublishedMs { get; }

    /// <summary>Where its rows lie in the output log: the first publication and the corrections.</summary>
    public IReadOnlyList<long> Positions { get; }

    /// <summary>Reads its rows, ordered by level, then id.</summary>
    public IReadOnlyList<FlowRow> ReadRows()
    {
        var rows = new Dictionary<(FlowLevel, string), FlowRow>();
        foreach (var body in _bodies)
        {
            foreach (var row in WindowRecordCodec.Decode(body).Rows)
            {
                rows[(row.Level, row.Id)] = row;
            }
        }

        return [.. rows.Values.OrderBy(static row => row.Level).ThenBy(static row => row.Id, StringComparer.Ordinal)];
    }

    internal static LatestWindow New(in WindowHead head, byte[] body, long position, long receivedMs) => new(in head, receivedMs, [position], [body]);

    /// <summary>With a correction, which carries only the rows that changed. A record of which every row was corrected since is of no more use, so there are as many as rows at most, mostly two.</summary>
    internal LatestWindow With(in WindowHead correction, byte[] body, long position, long receivedMs)
    {
        var corrected = RowsOf(body).ToHashSet();
        var (positions, bodies) = (new Stack<long>([position]), new Stack<byte[]>([body]));
        for (var i = _bodies.Length - 1; i >= 0; i--)
        {
            var rows = RowsOf(_bodies[i]).ToList();
            if (!corrected.IsSupersetOf(rows))
            {
                positions.Push(Positions[i]);
                bodies.Push(_bodies[i]);
                corrected.UnionWith(rows);
            }
        }

        return new LatestWindow(in correction, receivedMs, [.. positions], [.. bodies]);
    }

    private static IEnumerable<(FlowLevel Level, string Id)> RowsOf(byte[] body) => WindowRecordCodec.Decode(body).Rows.Select(static row => (row.Level, row.Id));
}

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

    /// <param name="record">Body of a <see cref="Ingest.RecordType.Window"/> record.</param>
    /// <param name="position">Where it lies in the output log.</param>
    /// <param name="receivedMs">Receive time of its cause.</param>
    internal void Publish(ReadOnlySpan<byte> record, long position, long receivedMs)
    {
        var head = WindowRecordCodec.DecodeHead(record);
        var key = (head.Head.Intersection, head.Length);
        if (!_windows.TryGetValue(key, out var old) || head.Start > old.Start)
        {
            _windows[key] = LatestWindow.New(in head, record.ToArray(), position, receivedMs);
        }
        else if (head.Start == old.Start)
        {
            _windows[key] = old.With(in head, record.ToArray(), position, receivedMs);
        }
    }
}
