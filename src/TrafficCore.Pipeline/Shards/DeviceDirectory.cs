using System.Text;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Output;

namespace TrafficCore.Pipeline.Shards;

/// <summary>Where the readings of a device number go.</summary>
internal struct DeviceSlot
{
    /// <summary>Its intersection; null when another shard owns it.</summary>
    public IntersectionState? State;

    /// <summary>Index of the device in the intersection.</summary>
    public int Index;

    /// <summary>Ordinal of the intersection; -1 for a number that nobody has.</summary>
    public int Ordinal;

    public DeviceKind Kind;
    public DeviceFlags Flags;
    public string Id;
}

/// <summary>All devices and intersections that the log has named. Every shard builds all of it, but holds state for its own only.</summary>
internal sealed class DeviceDirectory(ShardContext context, int shard, int shardCount)
{
    /// <summary>Numbers are dense: one far beyond the last is damage, not a device.</summary>
    private const uint MaxJump = 1 << 20;

    private readonly Dictionary<string, int> _ordinals = new(StringComparer.Ordinal);
    private readonly List<string> _intersections = [];
    private readonly List<IntersectionState> _own = [];
    private DeviceSlot[] _slots = new DeviceSlot[64];

    /// <summary>The highest number.</summary>
    public uint Count { get; private set; }

    /// <summary>Intersections of this shard in order of first appearance.</summary>
    public IReadOnlyList<IntersectionState> Own => _own;

    /// <summary>Whether a number is known, and where it belongs.</summary>
    public bool TryFind(uint number, out DeviceSlot slot)
    {
        slot = number <= Count ? _slots[number] : default;
        return slot.Id is not null;
    }

    /// <summary>Whether this shard answers for an intersection; those that no device has named belong to the first shard.</summary>
    public bool Owns(string intersection) => (_ordinals.TryGetValue(intersection, out int ordinal) ? ordinal % shardCount : 0) == shard;

    /// <summary>This shard's state of an intersection, or null.</summary>
    public IntersectionState? FindOwn(string intersection) =>
        _ordinals.TryGetValue(intersection, out int ordinal) && ordinal % shardCount == shard ? _own[ordinal / shardCount] : null;

    /// <summary>This shard's state of the intersection with an ordinal, or null.</summary>
    public IntersectionState? FindOwn(int ordinal) => ordinal % shardCount == shard ? _own[ordinal / shardCount] : null;

    /// <summary>Adds a device, or changes its flags; false for a number that cannot be.</summary>
    public bool Add(in DeviceView device) =>
        Add(device.Number, device.Kind, device.Flags, Encoding.ASCII.GetString(device.Intersection), Encoding.ASCII.GetString(device.Device));

    public void Write(BodyWriter writer)
    {
        writer.Count(_intersections.Count);
        _intersections.ForEach(writer.Text);
        writer.Unsigned(Count);
        for (uint number = 1; number <= Count; number++)
        {
            ref DeviceSlot slot = ref _slots[number];
            writer.Bool(slot.Id is not null);
            if (slot.Id is not null)
            {
                writer.Count(slot.Ordinal);
                writer.Byte((byte)slot.Kind);
                writer.Byte((byte)slot.Flags);
                writer.Text(slot.Id);
            }
        }
    }

    public void Read(ref BodyReader reader)
    {
        for (int left = reader.Count(); left > 0; left--)
        {
            OrdinalOf(reader.Text());
        }

        var count = (uint)reader.Int64();
        for (uint number = 1; number <= count; number++)
        {
            if (reader.Bool())
            {
                string intersection = _intersections[reader.Int32()];
                Add(number, (DeviceKind)reader.Byte(), (DeviceFlags)reader.Byte(), intersection, reader.Text());
            }
        }
    }

    private bool Add(uint number, DeviceKind kind, DeviceFlags flags, string intersection, string id)
    {
        if (number == 0 || number > Count + MaxJump)
        {
            return false;
        }

        if (number >= _slots.Length)
        {
            Array.Resize(ref _slots, (int)Math.Max(number + 1, _slots.Length * 2L));
        }

        Count = Math.Max(Count, number);
        ref DeviceSlot slot = ref _slots[number];
        if (slot.Id is not null)
        {
            slot.Flags = flags;
            slot.State?.SetFlags(slot.Index, flags);
            return true;
        }

        int ordinal = OrdinalOf(intersection);
        IntersectionState? state = ordinal % shardCount == shard ? _own[ordinal / shardCount] : null;
        slot = new DeviceSlot
        {
            State = state, Index = state?.AddDevice(id, kind, flags) ?? 0, Ordinal = ordinal, Kind = kind, Flags = flags, Id = id,
        };
        return true;
    }

    private int OrdinalOf(string intersection)
    {
        if (!_ordinals.TryGetValue(intersection, out int ordinal))
        {
            ordinal = _intersections.Count;
            _ordinals.Add(intersection, ordinal);
            _intersections.Add(intersection);
            if (ordinal % shardCount == shard)
            {
                _own.Add(new IntersectionState(intersection, ordinal, _own.Count, context));
                context.Ticks.Add();
            }
        }

        return ordinal;
    }
}
