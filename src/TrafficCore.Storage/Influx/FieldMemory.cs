using System.Numerics;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Storage.Influx;

/// <summary>Remembers which fields recent points were written with, to see that a revision makes one unknown.</summary>
/// <remarks>
/// Ownership: the sink's loop. A direct-mapped table of 8 bytes a point: 48 bits of the point's hash and 16 of fields; a newer point takes
/// the place of an older one. A point that is not remembered is judged by what a revision can take away at all.
/// </remarks>
internal sealed class FieldMemory(int points)
{
    private readonly ulong[] _entries = new ulong[BitOperations.RoundUpToPowerOf2((uint)points)];

    /// <summary>The point must be deleted before this row is written.</summary>
    public bool LosesField(FlowRow row)
    {
        if (row.Revision <= 1)
        {
            return false;
        }

        ulong hash = Hash(row);
        ulong entry = _entries[hash & (ulong)(_entries.Length - 1)];
        FlowFields now = FlowFieldsOf.Row(row);
        FlowFields before = entry >> 16 == hash >> 16 ? (FlowFields)(entry & 0xffff) : FlowFieldsOf.Revocable(row.Level);
        return (before & ~now) != 0;
    }

    public void Remember(FlowRow row)
    {
        ulong hash = Hash(row);
        _entries[hash & (ulong)(_entries.Length - 1)] = (hash & ~0xffffUL) | (ushort)FlowFieldsOf.Row(row);
    }

    private static ulong Hash(FlowRow row)
    {
        // FNV-1a over the key, finished with a mix so that the low bits, which choose the place, depend on everything.
        ulong hash = 14695981039346656037;
        hash = Text(hash, row.Intersection);
        hash = Text(hash, row.Id);
        hash = (hash ^ (ulong)row.Start ^ ((ulong)row.Length << 48) ^ ((ulong)row.Level << 60)) * 1099511628211;
        hash ^= hash >> 32;
        hash *= 0xd6e8feb86659fd93;
        return hash ^ (hash >> 32);
    }

    private static ulong Text(ulong hash, string text)
    {
        foreach (char character in text)
        {
            hash = (hash ^ character) * 1099511628211;
        }

        return (hash ^ 0xff) * 1099511628211;
    }
}
