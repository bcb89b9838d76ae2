using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Ledger;
using TrafficCore.Pipeline.Output;

namespace TrafficCore.Pipeline.Shards;

/// <summary>Outcomes that belong to no numbered device: refusals of pseudo devices, and what could not be read.</summary>
internal sealed class PseudoLedger
{
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

    /// <summary>Entries of records that could not be read.</summary>
    public long Corrupt { get; set; }

    public void Add(string intersection, DeviceKind kind, string device, string reason, long count)
    {
        var key = new Key(intersection, kind, device, reason);
        _rejected[key] = _rejected.GetValueOrDefault(key) + count;
    }

    public void AddTo(LedgerTotals totals)
    {
        totals.Corrupt += Corrupt;
        foreach ((Key key, long count) in _rejected)
        {
            totals.AddRejected(key.Reason, count);
        }
    }

    public LedgerTotals? Find(string intersection, DeviceKind kind, string device)
    {
        LedgerTotals? totals = null;
        foreach ((Key key, long count) in _rejected)
        {
            if (key.Intersection == intersection && key.Kind == kind && key.Device == device)
            {
                totals ??= new LedgerTotals();
                totals.AddRejected(key.Reason, count);
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
