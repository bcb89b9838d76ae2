using TrafficCore.Pipeline.Output;
using TrafficCore.Traffic.Service;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Pipeline.City;

/// <summary>
/// Turns rows of approaches into rows of the city: keeps what every segment said in every window that can still be corrected, and says which rows of
/// the city are new or have changed.
/// </summary>
/// <remarks>
/// Ownership: the index's loop. What was published is learnt from the output itself, live as after a crash: a row that is in the output is not made
/// again, and the next one of its window has the next revision.
/// </remarks>
internal sealed class CityIndexState(CityIndexOptions options, NetworkHistory networks, TimeProvider time)
{
    /// <summary>What it takes of the output: nothing else needs decoding.</summary>
    public static readonly WindowSelection Rows = new(static (_, length) => length <= CongestionIndex.MaxWindowMs, FlowLevel.Approach);

    private readonly SortedDictionary<long, WindowSeries> _series = [];
    private readonly Dictionary<(long Length, long Start), LeavingWindow> _leaving = [];
    private readonly Dictionary<uint, CityNetwork> _networks = [];
    private int _versions;

    public SegmentTable Segments { get; } = new();

    public IEnumerable<WindowSeries> Series => _series.Values;

    /// <summary>Windows that end here or before lie before the index's beginning; <see cref="long.MinValue"/> when it begins with the output.</summary>
    public long Beginning { get; init; } = long.MinValue;

    /// <summary>Windows that can still be corrected.</summary>
    public int Windows => _series.Values.Sum(series => series.Count);

    /// <summary>Windows that left since the last <see cref="Due"/>: what they would publish is not remembered anywhere else.</summary>
    public bool HasLeaving => _leaving.Count > 0;

    /// <summary>Rows of approaches that came for windows that had left.</summary>
    public long Late { get; private set; }

    /// <summary>Windows that were published before every intersection had.</summary>
    public long GivenUp { get; private set; }

    /// <summary>Takes what an intersection published.</summary>
    public void Take(WindowRecord record, long receivedMs)
    {
        FlowRow[] rows = record.Length > CongestionIndex.MaxWindowMs
            ? []
            : [.. record.Rows.Where(row => row.Level == FlowLevel.Approach && row.FreeFlowSpeedCenti is not null)];
        if (rows.Length == 0)
        {
            return;
        }

        WindowSeries series = SeriesOf(record.Length);
        if (series.IsPast(record.Start))
        {
            Late += rows.Length;
            return;
        }

        string intersection = record.Head.Intersection;
        CityWindow window = WindowAt(series, record.Start);
        window.Reported?.Add(Segments.NumberOf(intersection));
        foreach (FlowRow row in rows)
        {
            window.Put(Segments.NumberOf(intersection, row.Id), SegmentFlow.Of(row));
        }

        series.Advance(Math.Min(record.Start + record.Length, receivedMs), Leave);
    }

    /// <summary>Takes a row of the city that is in the output.</summary>
    public void Take(CityIndexRow row)
    {
        if (_series.GetValueOrDefault(row.Length)?.Find(row.Start) is { } window)
        {
            window.Confirm(row);
        }
        else if (_leaving.TryGetValue((row.Length, row.Start), out LeavingWindow? leaving))
        {
            leaving.Window.Confirm(row);
        }
    }

    /// <summary>Rows that are to be published now, in order of length and time. They are to be found in the output before the next call.</summary>
    public IReadOnlyList<CityIndexRow> Due()
    {
        NoteNetworks();
        List<CityIndexRow> due = [];
        foreach (LeavingWindow leaving in _leaving.Values)
        {
            AddIfChanged(due, leaving.Window, leaving.Row);
        }

        _leaving.Clear();
        foreach (CityWindow window in _series.Values.SelectMany(series => series.Windows).Where(window => window.IsDirty))
        {
            if (networks.InForceAt(window.Start) is { } version && IsReady(window, NetworkOf(version)))
            {
                window.StopWaiting();
                window.IsDirty = false;
                AddIfChanged(due, window, Row(window, NetworkOf(version)));
            }
        }

        return [.. due.OrderBy(row => row.Length).ThenBy(row => row.Start)];
    }

    /// <summary>The series of a length, which begins now if there is none.</summary>
    public WindowSeries SeriesOf(long length, long? horizon = null)
    {
        if (!_series.TryGetValue(length, out WindowSeries? series))
        {
            series = new WindowSeries(length, (long)options.Keep.TotalMilliseconds, horizon ?? Beginning);
            _series.Add(length, series);
        }

        return series;
    }

    /// <summary>The window at a start, which begins now if there is none.</summary>
    public CityWindow WindowAt(WindowSeries series, long start)
    {
        if (series.Find(start) is not { } window)
        {
            window = new CityWindow(start, series.Length, time.GetTimestamp());
            series.Add(window);
        }

        return window;
    }

    private void Leave(CityWindow window)
    {
        if (networks.InForceAt(window.Start) is { } version)
        {
            // Many may wait here: all that leave between the last save and the end of the output, read again after a crash of a fast replay.
            _leaving[(window.Length, window.Start)] = new LeavingWindow(window, Row(window, NetworkOf(version)));
            window.Close();
        }
    }

    private static void AddIfChanged(List<CityIndexRow> due, CityWindow window, CityIndexRow? row)
    {
        // Speeds that were known stay known, so a published row never has to be taken back.
        if (row is not null && row != (window.Published is { } known ? known with { Revision = row.Revision } : null))
        {
            due.Add(row with { Revision = (window.Published?.Revision ?? 0) + 1 });
        }
    }

    private bool IsReady(CityWindow window, CityNetwork network)
    {
        if (window.Reported is not { } reported || network.Expected(window.Length).All(id => reported.Contains(Segments.NumberOf(id))))
        {
            return true;
        }

        bool isOver = time.GetElapsedTime(window.SeenAt) >= options.Wait;
        GivenUp += isOver ? 1 : 0;
        return isOver;
    }

    private CityIndexRow? Row(CityWindow window, CityNetwork network)
    {
        var sum = new NetworkTravelTime();
        ReadOnlySpan<SegmentFlow> flows = window.Flows;
        for (int segment = 0; segment < flows.Length; segment++)
        {
            sum.Add(in flows[segment], network.LengthOf(Segments[segment]));
        }

        return sum.Index is not { } index ? null : new CityIndexRow
        {
            City = network.City.Length > 0 ? network.City : CityIndexRow.Unnamed,
            Start = window.Start,
            Length = window.Length,
            Revision = 1,
            Index = index,
            Lengths = sum.Lengths,
            Approaches = sum.Segments,
            NetworkLength = network.TotalLength,
            NetworkVersion = network.Version,
        };
    }

    /// <summary>Shards may be ahead of the one that keeps the networks: what was summed with the version before is summed again.</summary>
    private void NoteNetworks()
    {
        if (networks.Versions.Count == _versions)
        {
            return;
        }

        _versions = networks.Versions.Count;
        _networks.Clear();
        foreach (CityWindow window in _series.Values.SelectMany(series => series.Windows))
        {
            window.IsDirty = true;
        }
    }

    private CityNetwork NetworkOf(NetworkVersion version)
    {
        if (!_networks.TryGetValue(version.Version, out CityNetwork? network))
        {
            network = new CityNetwork(version, options.DefaultLength);
            _networks.Add(version.Version, network);
        }

        return network;
    }

    private sealed record LeavingWindow(CityWindow Window, CityIndexRow? Row);
}
