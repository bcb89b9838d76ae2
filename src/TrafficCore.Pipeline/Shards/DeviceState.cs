using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Ledger;

namespace TrafficCore.Pipeline.Shards;

/// <summary>What every reading of a device touches.</summary>
internal struct DeviceState
{
    public DeviceKind Kind;
    public DeviceFlags Flags;
    public bool Heard;
    public bool HasSequence;

    /// <summary>Interval of the last reading in ms, 0 when unknown; of a controller <see cref="IntersectionState.ControllerIntervalMs"/>.</summary>
    public uint Interval;

    /// <summary>The last number of its own counter.</summary>
    public uint Sequence;

    /// <summary>Highest end of an interval, or event time, that it has sent.</summary>
    public long Watermark;

    /// <summary>Elapsed time of the last thing it sent.</summary>
    public long HeardMs;

    public long Stored;
    public long Duplicate;
    public long Conflict;
    public long Late;

    /// <summary>Numbers that its counter jumped over, also those that came later.</summary>
    public long Gaps;

    public void CountStored(LedgerTotals shard)
    {
        Stored++;
        shard.Stored++;
    }

    public void CountLate(LedgerTotals shard)
    {
        Late++;
        shard.Late++;
    }

    /// <summary>Counts what was there already; with other values, as a conflict too.</summary>
    public void CountDuplicate(IdentityOutcome outcome, LedgerTotals shard)
    {
        int conflict = outcome == IdentityOutcome.Conflict ? 1 : 0;
        Duplicate++;
        Conflict += conflict;
        shard.Duplicate++;
        shard.Conflict += conflict;
    }

    public void CountGaps(long numbers, LedgerTotals shard)
    {
        Gaps += numbers;
        shard.Gaps += numbers;
    }
}

/// <summary>What few records touch.</summary>
internal sealed class DeviceDetails(string id)
{
    public string Id { get; } = id;

    /// <summary>Where the batches of a controller begin and end, page by page.</summary>
    public BatchEdges Batches { get; } = new();

    /// <summary>What its counter lacks; null while it never jumped.</summary>
    public SequenceCounter? Counter { get; set; }

    /// <summary>Refused at the door, by reason; null without.</summary>
    public SortedDictionary<string, long>? Rejected { get; private set; }

    public void AddRejected(string reason, long count)
    {
        Rejected ??= new SortedDictionary<string, long>(StringComparer.Ordinal);
        Rejected[reason] = Rejected.GetValueOrDefault(reason) + count;
    }

    public SequenceCounter UseCounter() => Counter ??= new SequenceCounter();

    public void AddTo(LedgerTotals totals, in DeviceState state)
    {
        totals.Stored += state.Stored;
        totals.Duplicate += state.Duplicate;
        totals.Conflict += state.Conflict;
        totals.Late += state.Late;
        totals.Gaps += state.Gaps;
        totals.Filled += Counter?.Filled ?? 0;
        totals.Restarts += Counter?.Restarts ?? 0;
        if (Rejected is null)
        {
            return; // an empty dictionary for each device at each tick was most of what a city's service allocated
        }

        foreach ((string reason, long count) in Rejected)
        {
            totals.AddRejected(reason, count);
        }
    }
}
