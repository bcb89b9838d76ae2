using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Ledger;
using TrafficCore.Pipeline.Output;

namespace TrafficCore.Pipeline.Shards;

/// <summary>Outcomes that are kept by name: refusals of pseudo devices, and what could not be read, where that can be told by device.</summary>
internal sealed class PseudoLedger
{
    // No reason: not refused, but damaged in the log.
    private const string Damaged = "";

    private readonly SortedDictionary<Key, long> _rejected = [];

    private readonly record struct Key(string Intersection, DeviceKind Kind, string Device, string Reason) : IComparable<Key>
    {
        public int CompareTo(Key other)
        {
            int order = string.CompareOrdinal(Intersection, other.Intersection);
            order = order != 0 ? order : Kind.CompareTo(other.Kind);
            order = order != 0 ? order : string.CompareOrdinal(Device, other.Device);
            return order != 0 ? order : string.CompareOrdinal(Reason, other.Reason);
        }
    }

    /// <summary>Entries of records that could not be read, and of which no device is known.</summary>
    public long Corrupt { get; set; }

    public void Add(string intersection, DeviceKind kind, string device, string reason, long count)
    {
        var key = new Key(intersection, kind, device, reason);
        _rejected[key] = _rejected.GetValueOrDefault(key) + count;
    }

    /// <summary>Counts what a device had in a stretch of the log that was damaged.</summary>
    public void AddCorrupt(string intersection, DeviceKind kind, string device, long count) => Add(intersection, kind, device, Damaged, count);

    public void AddTo(LedgerTotals totals)
    {
        totals.Corrupt += Corrupt;
        foreach ((Key key, long count) in _rejected)
        {
            AddTo(totals, key, count);
        }
    }

    public LedgerTotals? Find(string intersection, DeviceKind kind, string device)
    {
        LedgerTotals? totals = null;
        foreach ((Key key, long count) in _rejected)
        {
            if (key.Intersection == intersection && key.Kind == kind && key.Device == device)
            {
                AddTo(totals ??= new LedgerTotals(), key, count);
            }
        }

        return totals;
    }

    public void Write(BodyWriter writer)
    {
        writer.Unsigned((ulong)Corrupt);
        writer.Count(_rejected.Count);
        foreach ((Key key, long count) in _rejected)
        {
            writer.Text(key.Intersection);
            writer.Byte((byte)key.Kind);
            writer.Text(key.Device);
            writer.Text(key.Reason);
            writer.Unsigned((ulong)count);
        }
    }

    private static void AddTo(LedgerTotals totals, in Key key, long count)
    {
        if (key.Reason == Damaged)
        {
            totals.Corrupt += count;
        }
        else
        {
            totals.AddRejected(key.Reason, count);
        }
    }

    /// <summary>Takes the entries of the intersections that this shard owns; the first shard also takes what could not be read.</summary>
    public void Read(ref BodyReader reader, DeviceDirectory devices, bool isFirstShard)
    {
        long corrupt = reader.Int64();
        Corrupt += isFirstShard ? corrupt : 0;
        for (int left = reader.Count(); left > 0; left--)
        {
            string intersection = reader.Text();
            var kind = (DeviceKind)reader.Byte();
            string device = reader.Text(), reason = reader.Text();
            long count = reader.Int64();
            if (devices.Owns(intersection))
            {
                Add(intersection, kind, device, reason, count);
            }
        }
    }
}
