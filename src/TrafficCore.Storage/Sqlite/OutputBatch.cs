using System.Runtime.InteropServices;
using TrafficCore.Pipeline.Output;
using TrafficCore.Storage.Delivery;
using TrafficCore.Traffic.Observations;
using TrafficCore.Traffic.Service;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Storage.Sqlite;

/// <summary>Output collected for one round of commits, sorted into the files it goes to. Reused from round to round.</summary>
/// <remarks>Ownership: the sink's thread.</remarks>
internal sealed class OutputBatch(SqliteOptions options)
{
    private readonly Dictionary<DayFileName, FilePart> _parts = [];

    /// <summary>Position of the first entry.</summary>
    public long From { get; private set; } = -1;

    /// <summary>Where reading goes on.</summary>
    public long Next { get; private set; } = -1;

    public int Count { get; private set; }

    /// <summary>Entries added, those without anything for the store included.</summary>
    public int Entries { get; private set; }

    public bool IsEmpty => Next < 0;

    public IEnumerable<FilePart> Parts => _parts.Values.Where(static part => !part.IsEmpty);

    public void Add(in OutputEntry entry)
    {
        Advance(entry.Position, entry.Next);
        Entries++;
        foreach (FlowRow row in entry.Rows)
        {
            Part(DayFileName.Of(row, options), entry).Rows.Add(row);
            Count++;
        }

        if (entry.Observation is { } observation)
        {
            Part(DayFileName.Of(observation), entry).Observations.Add(observation);
            Count++;
        }

        if (entry.Rejected is { } rejected)
        {
            Part(new DayFileName(DayFileKind.Quarantine, DayFileName.DayOf(rejected.ReceivedMs)), entry).Payloads.Add((entry.Position, rejected));
            Count++;
        }

        if (entry.CityIndex is { } index)
        {
            Part(new DayFileName(DayFileKind.City, DayFileName.DayOf(index.Start)), entry).Indexes.Add(index);
            Count++;
        }

        AddBoard(entry);
    }

    /// <summary>Moves on over output that holds nothing for the store.</summary>
    public void Advance(long from, long next)
    {
        From = From < 0 ? from : From;
        Next = next;
    }

    public void Clear()
    {
        // The lists keep their size: a city fills them every second. A file that got nothing for a round is of another day.
        foreach ((DayFileName name, FilePart part) in _parts)
        {
            if (part.IsEmpty)
            {
                _parts.Remove(name);
            }

            part.Clear();
        }

        From = Next = -1;
        Count = Entries = 0;
    }

    private void AddBoard(in OutputEntry entry)
    {
        if (entry.BoardDecision is { } decision)
        {
            Part(new DayFileName(DayFileKind.Boards, DayFileName.DayOf(decision.Time)), entry).Decisions.Add(decision);
            Count++;
        }

        if (entry.BoardStatus is { } status)
        {
            Part(new DayFileName(DayFileKind.Boards, DayFileName.DayOf(status.ReceivedMs)), entry).Statuses.Add(status);
            Count++;
        }
    }

    private FilePart Part(DayFileName name, in OutputEntry entry)
    {
        ref FilePart? part = ref CollectionsMarshal.GetValueRefOrAddDefault(_parts, name, out _);
        part ??= new FilePart(name);
        part.FirstPosition = part.IsEmpty ? entry.Position : part.FirstPosition;
        part.LastMs = Math.Max(part.LastMs, entry.ReceivedMs);
        return part;
    }

    /// <summary>What of a batch goes to one file.</summary>
    internal sealed class FilePart(DayFileName name)
    {
        public DayFileName Name => name;

        public long FirstPosition { get; set; }

        public long LastMs { get; set; }

        public List<FlowRow> Rows { get; } = [];

        public List<Observation> Observations { get; } = [];

        public List<(long Position, RejectedPayload Rejected)> Payloads { get; } = [];

        public List<BoardDecisionRecord> Decisions { get; } = [];

        public List<BoardStatusRecord> Statuses { get; } = [];

        public List<CityIndexRow> Indexes { get; } = [];

        public bool IsEmpty => Rows.Count + Observations.Count + Payloads.Count + Decisions.Count + Statuses.Count + Indexes.Count == 0;

        public void Clear()
        {
            LastMs = 0;
            Rows.Clear();
            Observations.Clear();
            Payloads.Clear();
            Decisions.Clear();
            Statuses.Clear();
            Indexes.Clear();
        }
    }
}
