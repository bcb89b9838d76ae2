namespace TrafficCore.Pipeline.Ledger;

/// <summary>What became of readings, observations and events: the outcome side of the conservation ledger.</summary>
/// <remarks>Ownership: filled by the shard loop that owns the state, then handed over; not shared while it is filled.</remarks>
public sealed class LedgerTotals
{
    /// <summary>Entered shard state.</summary>
    public long Stored { get; set; }

    /// <summary>Sent before; did not count again.</summary>
    public long Duplicate { get; set; }

    /// <summary>Duplicates that carried other values (a metric, contained in <see cref="Duplicate"/>).</summary>
    public long Conflict { get; set; }

    /// <summary>Older than lateness allows, or for a page that history no longer keeps.</summary>
    public long Late { get; set; }

    /// <summary>Numbers that the devices' own counters jumped over (a metric, not an outcome).</summary>
    public long Gaps { get; set; }

    /// <summary>Those of <see cref="Gaps"/> that came after all.</summary>
    public long Filled { get; set; }

    /// <summary>How often a device's counter was begun anew.</summary>
    public long Restarts { get; set; }

    /// <summary>Entries of records whose body does not hold what the header promises.</summary>
    public long Corrupt { get; set; }

    /// <summary>Refused at the door, by reason.</summary>
    public SortedDictionary<string, long> Rejected { get; } = new(StringComparer.Ordinal);

    /// <summary>Everything that has an outcome.</summary>
    public long Accounted => Stored + Duplicate + Late + Corrupt + Rejected.Values.Sum();

    /// <summary>Adds one refusal reason's count.</summary>
    public void AddRejected(string reason, long count) => Rejected[reason] = Rejected.GetValueOrDefault(reason) + count;

    /// <summary>Adds another shard's or device's outcomes.</summary>
    public void Add(LedgerTotals other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Stored += other.Stored;
        Duplicate += other.Duplicate;
        Conflict += other.Conflict;
        Late += other.Late;
        Gaps += other.Gaps;
        Filled += other.Filled;
        Restarts += other.Restarts;
        Corrupt += other.Corrupt;
        foreach ((string reason, long count) in other.Rejected)
        {
            AddRejected(reason, count);
        }
    }
}
