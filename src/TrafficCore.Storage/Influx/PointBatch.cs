using System.Runtime.InteropServices;
using TrafficCore.Pipeline.Output;
using TrafficCore.Storage.Delivery;
using TrafficCore.Traffic.Observations;
using TrafficCore.Traffic.Service;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Storage.Influx;

/// <summary>Points collected for one request: of each row only its highest revision. Reused from batch to batch.</summary>
/// <remarks>Ownership: the sink's loop.</remarks>
internal sealed class PointBatch
{
    private readonly Dictionary<RowKey, int> _index = [];
    private readonly List<FlowRow> _rows = [];
    private readonly List<Observation> _observations = [];
    private readonly List<BoardDecisionRecord> _decisions = [];
    private readonly List<BoardStatusRecord> _statuses = [];
    private readonly List<CityIndexRow> _indexes = [];
    private readonly List<int> _starts = [];
    private readonly LineBuffer _lines = new();

    /// <summary>Where reading goes on after this batch; -1 when nothing was read.</summary>
    public long Next { get; private set; } = -1;

    /// <summary>Rows, observations, board records and indexes collected.</summary>
    public int Rows => _rows.Count + _observations.Count + _decisions.Count + _statuses.Count + _indexes.Count;

    /// <summary>Entries added, those without points included.</summary>
    public int Entries { get; private set; }

    /// <summary>Receive time of the newest entry, Unix ms; 0 without any.</summary>
    public long NewestMs { get; private set; }

    /// <summary>Rows of which a higher revision is in the same batch.</summary>
    public int Superseded { get; private set; }

    /// <summary>Points written by <see cref="Encode"/>.</summary>
    public int Points => _starts.Count;

    public void Add(in OutputEntry entry)
    {
        Next = entry.Next;
        Entries++;
        NewestMs = Math.Max(NewestMs, entry.ReceivedMs);
        Add(_observations, entry.Observation);
        Add(_decisions, entry.BoardDecision);
        Add(_statuses, entry.BoardStatus);
        Add(_indexes, entry.CityIndex);
        foreach (FlowRow row in entry.Rows)
        {
            ref int index = ref CollectionsMarshal.GetValueRefOrAddDefault(_index, RowKey.Of(row), out bool known);
            if (!known)
            {
                index = _rows.Count;
                _rows.Add(row);
            }
            else
            {
                Superseded++;
                _rows[index] = row.Revision > _rows[index].Revision ? row : _rows[index];
            }
        }
    }

    /// <summary>Writes the points; info points come first.</summary>
    public void Encode(IReadOnlyList<IntersectionInfo> infos, long nowMs)
    {
        foreach (IntersectionInfo info in infos)
        {
            int start = _lines.Length;
            if (info.TryWrite(_lines, nowMs))
            {
                _starts.Add(start);
            }
        }

        foreach (FlowRow row in _rows)
        {
            _starts.Add(_lines.Length);
            FlowLines.Write(_lines, row);
        }

        foreach (Observation observation in _observations)
        {
            _starts.Add(_lines.Length);
            ObservationLines.Write(_lines, observation);
        }

        foreach (BoardDecisionRecord decision in _decisions)
        {
            _starts.Add(_lines.Length);
            BoardLines.Write(_lines, decision);
        }

        foreach (BoardStatusRecord status in _statuses)
        {
            _starts.Add(_lines.Length);
            BoardLines.Write(_lines, status);
        }

        // Revisions of one window follow each other; of points with the same time the last one stays.
        foreach (CityIndexRow index in _indexes)
        {
            _starts.Add(_lines.Length);
            CityIndexLines.Write(_lines, index);
        }
    }

    public PointRange All => new(this, 0, Points);

    /// <summary>Rows whose point must be deleted first.</summary>
    public List<FlowRow> RowsThatLoseFields(FieldMemory memory) => _rows.FindAll(memory.LosesField);

    public void Remember(FieldMemory memory) => _rows.ForEach(memory.Remember);

    public void Clear()
    {
        _index.Clear();
        _rows.Clear();
        _observations.Clear();
        _decisions.Clear();
        _statuses.Clear();
        _indexes.Clear();
        _starts.Clear();
        _lines.Clear();
        Superseded = Entries = 0;
        NewestMs = 0;
        Next = -1;
    }

    private static void Add<T>(List<T> list, T? item)
        where T : class
    {
        if (item is not null)
        {
            list.Add(item);
        }
    }

    internal ReadOnlyMemory<byte> Bytes(int from, int to) =>
        _lines.Written[_starts[from]..(to < _starts.Count ? _starts[to] : _lines.Length)];

    private readonly record struct RowKey(FlowLevel Level, long Start, long Length, string Intersection, string Id)
    {
        public static RowKey Of(FlowRow row) => new(row.Level, row.Start, row.Length, row.Intersection, row.Id);
    }
}

/// <summary>Some consecutive points of a batch.</summary>
internal readonly record struct PointRange(PointBatch Batch, int From, int To)
{
    public int Count => To - From;

    public ReadOnlyMemory<byte> Bytes => Batch.Bytes(From, To);

    public (PointRange Left, PointRange Right) Halves()
    {
        int middle = From + Count / 2;
        return (this with { To = middle }, this with { From = middle });
    }
}
