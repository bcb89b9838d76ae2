using System.Buffers;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Ledger;
using TrafficCore.Pipeline.Output;
using TrafficCore.Pipeline.Shards;
using TrafficCore.Traffic.Observations;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Tests.Shards;

/// <summary>Pages in a list; a position is an index.</summary>
internal sealed class MemoryPages(params IEnumerable<byte[]> pages) : IPageStore
{
    private readonly List<byte[]> _pages = [.. pages];

    public int Reads { get; private set; }

    public int Count => _pages.Count;

    public long Append(long position, long receivedMs, long elapsedMs, ReadOnlySpan<byte> page)
    {
        _pages.Add(page.ToArray());
        return _pages.Count - 1;
    }

    public ReadOnlyMemory<byte> Read(long pagePosition)
    {
        Reads++;
        return _pages[(int)pagePosition];
    }
}

/// <summary>An output as it went out.</summary>
internal sealed record Emitted(RecordType Type, string Intersection, long Cause, int Ordinal, long ElapsedMs, byte[] Body)
{
    public WindowRecord Window => WindowRecordCodec.Decode(Body);

    public Observation Observation => ObservationRecordCodec.Decode(Body).Observation;
}

/// <summary>Which row.</summary>
internal readonly record struct RowId(FlowLevel Level, string Intersection, string Id, long Length, long Start);

/// <summary>Several shards fed with one tape; keeps what they emit, and the latest revision of each row.</summary>
internal sealed class ShardRig : IShardOutput
{
    private readonly ShardState[] _shards;

    public ShardRig(int shards = 1, ShardOptions? options = null, MemoryPages? pages = null)
    {
        Options = options ?? new ShardOptions();
        Pages = pages ?? new MemoryPages();
        _shards = [.. Enumerable.Range(0, shards).Select(i => new ShardState(Options, i, shards, Pages, this))];
    }

    public ShardOptions Options { get; }

    public MemoryPages Pages { get; }

    public List<Emitted> Outputs { get; } = [];

    public Dictionary<RowId, FlowRow> Rows { get; } = [];

    public bool HasWork => _shards.Any(s => s.HasWork);

    public IEnumerable<Observation> Observations => Outputs.Where(o => o.Type == RecordType.Observation).Select(o => o.Observation);

    public IEnumerable<WindowRecord> Windows => Outputs.Where(o => o.Type == RecordType.Window).Select(o => o.Window);

    public static ShardRig Play(InputTape tape, int shards = 1, ShardOptions? options = null) => new ShardRig(shards, options).Feed(tape.Records);

    public ShardRig Feed(IEnumerable<TapeRecord> records)
    {
        foreach (TapeRecord record in records)
        {
            foreach (ShardState shard in _shards)
            {
                shard.Apply(record.Position, record.Header, record.Body);
            }
        }

        return this;
    }

    /// <summary>A rig with another number of shards that continues from this one's snapshot.</summary>
    public ShardRig Restart(int shards) => Restore(shards, Snapshot(), Pages);

    /// <summary>A rig that continues after this one from a snapshot and its pages.</summary>
    public ShardRig Restore(int shards, byte[] snapshot, MemoryPages pages)
    {
        var next = new ShardRig(shards, Options, pages);
        var reader = new SnapshotPartReader(snapshot);
        foreach (ShardState shard in next._shards)
        {
            shard.Restore(reader);
        }

        foreach ((RowId id, FlowRow row) in Rows)
        {
            next.Rows.Add(id, row);
        }

        return next;
    }

    public byte[] Snapshot()
    {
        var buffer = new ArrayBufferWriter<byte>();
        foreach (ShardState shard in _shards)
        {
            shard.WriteSnapshot(new SnapshotPartWriter(buffer));
        }

        return buffer.WrittenSpan.ToArray();
    }

    public List<OpenWindow> ReadOpen(params string[] intersections)
    {
        List<OpenWindow> found = [];
        Array.ForEach(_shards, s => s.ReadOpen(intersections, found));
        return found;
    }

    public void ForgetTicks() => Array.ForEach(_shards, s => s.ForgetTicks());

    public void FlushPages() => Array.ForEach(_shards, s => s.FlushPages());

    public LedgerTotals Totals()
    {
        var totals = new LedgerTotals();
        Array.ForEach(_shards, s => s.ReadTotals(totals));
        AssertEqualsTheShards(totals);
        return totals;
    }

    // The sums over all devices, and what was counted beside them. Pseudo devices are in the first alone, and have refusals and nothing else.
    private void AssertEqualsTheShards(LedgerTotals totals) => Assert.Equal(
        (totals.Stored, totals.Duplicate, totals.Conflict, totals.Late, totals.Gaps, totals.Filled, totals.Restarts),
        (Sum(static o => o.Stored), Sum(static o => o.Duplicate), Sum(static o => o.Conflict), Sum(static o => o.Late), Sum(static o => o.Gaps),
            Sum(static o => o.Filled), Sum(static o => o.Restarts)));

    private long Sum(Func<LedgerTotals, long> count) => _shards.Sum(s => count(s.Outcomes));

    public LedgerTotals Device(string intersection, string kind, string device)
    {
        var totals = new LedgerTotals();
        foreach (ShardState shard in _shards)
        {
            totals.Add(shard.ReadDevice(intersection, kind, device) ?? new LedgerTotals());
        }

        return totals;
    }

    public FlowRow? Detector(string intersection, string id, long start, long length = 60_000) =>
        Rows.GetValueOrDefault(new RowId(FlowLevel.Detector, intersection, id, length, InputTape.Origin + start));

    public FlowRow? Approach(string intersection, string id, long start, long length = 60_000) =>
        Rows.GetValueOrDefault(new RowId(FlowLevel.Approach, intersection, id, length, InputTape.Origin + start));

    public FlowRow? Intersection(string id, long start, long length = 60_000) =>
        Rows.GetValueOrDefault(new RowId(FlowLevel.Intersection, id, id, length, InputTape.Origin + start));

    public void Emit(RecordType type, string intersection, long cause, int ordinal, long receivedMs, long elapsedMs, ReadOnlySpan<byte> body)
    {
        var emitted = new Emitted(type, intersection, cause, ordinal, elapsedMs, body.ToArray());
        Outputs.Add(emitted);
        if (type == RecordType.Window)
        {
            foreach (FlowRow row in emitted.Window.Rows)
            {
                var id = new RowId(row.Level, row.Intersection, row.Id, row.Length, row.Start);
                Assert.Equal((Rows.GetValueOrDefault(id)?.Revision ?? 0) + 1, row.Revision);
                Rows[id] = row;
            }
        }
    }

    /// <summary>All outputs of each intersection in order, as bytes.</summary>
    public static Dictionary<string, string[]> Sequences(IEnumerable<Emitted> outputs) => outputs
        .GroupBy(o => o.Intersection)
        .ToDictionary(g => g.Key, g => g.Select(o => $"{o.Cause}/{o.Ordinal}/{o.Type}/{Convert.ToHexString(o.Body)}").ToArray());
}
