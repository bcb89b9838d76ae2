using System.Text;

namespace TrafficCore.Pipeline.Ingest;

/// <summary>Open-addressing table from (kind, intersection, device) as bytes to the entry; entries are never removed.</summary>
/// <remarks>Ownership: one writer (the registry's lock), any number of readers without a lock: a slot goes from null to an
/// entry once, and a larger table replaces the old one whole.</remarks>
internal sealed class DeviceTable
{
    private DeviceEntry?[] _slots = new DeviceEntry?[256];
    private int _used;

    public static int HashOf(DeviceKind kind, ReadOnlySpan<byte> intersection, ReadOnlySpan<byte> device)
    {
        // HashCode is seeded per process: ids chosen by a device cannot be aimed at one slot.
        var hash = new HashCode();
        hash.Add((byte)kind);
        hash.AddBytes(intersection);
        hash.AddBytes(device);
        return hash.ToHashCode();
    }

    public DeviceEntry? Find(DeviceKind kind, ReadOnlySpan<byte> intersection, ReadOnlySpan<byte> device)
    {
        int hash = HashOf(kind, intersection, device);
        DeviceEntry?[] slots = Volatile.Read(ref _slots);
        int mask = slots.Length - 1;
        for (int i = hash & mask; Volatile.Read(ref slots[i]) is { } entry; i = (i + 1) & mask)
        {
            if (entry.Hash == hash && entry.Kind == kind && Ascii.Equals(intersection, entry.Intersection.AsSpan())
                && Ascii.Equals(device, entry.Device.AsSpan()))
            {
                return entry;
            }
        }

        return null;
    }

    public void AddUnderLock(DeviceEntry entry)
    {
        // Half full at most: probes stay short and always end at an empty slot.
        if (++_used * 2 > _slots.Length)
        {
            var larger = new DeviceEntry?[_slots.Length * 2];
            foreach (DeviceEntry? old in _slots)
            {
                if (old is not null)
                {
                    Insert(larger, old);
                }
            }

            Volatile.Write(ref _slots, larger);
        }

        Insert(_slots, entry);
    }

    private static void Insert(DeviceEntry?[] slots, DeviceEntry entry)
    {
        int mask = slots.Length - 1;
        int i = entry.Hash & mask;
        while (slots[i] is not null)
        {
            i = (i + 1) & mask;
        }

        Volatile.Write(ref slots[i], entry);
    }
}
