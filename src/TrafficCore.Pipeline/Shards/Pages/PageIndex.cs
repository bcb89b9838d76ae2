using TrafficCore.Pipeline.Output;

namespace TrafficCore.Pipeline.Shards;

/// <summary>A page that exists.</summary>
/// <param name="Index">Its place in time: start divided by the span of pages.</param>
/// <param name="Position">Where it stands in the state log, or <see cref="PageIndex.Nowhere"/>.</param>
/// <param name="LastWriteMs">Receive time of its last change, as of when it was appended.</param>
internal readonly record struct PageEntry(long Index, long Position, long LastWriteMs);

/// <summary>The pages of one intersection in order of time, in memory or not.</summary>
internal sealed class PageIndex
{
    /// <summary>Position of a page that was never appended.</summary>
    public const long Nowhere = -1;

    private readonly List<PageEntry> _entries = [];

    public int Count => _entries.Count;

    public long OldestPosition
    {
        get
        {
            long oldest = long.MaxValue;
            foreach (PageEntry entry in _entries)
            {
                oldest = entry.Position == Nowhere ? oldest : Math.Min(oldest, entry.Position);
            }

            return oldest;
        }
    }

    public PageEntry this[int at] => _entries[at];

    /// <summary>Place of a page, or the complement of where it would be.</summary>
    public int Find(long index)
    {
        int low = 0, high = _entries.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            if (_entries[middle].Index == index)
            {
                return middle;
            }

            (low, high) = _entries[middle].Index < index ? (middle + 1, high) : (low, middle - 1);
        }

        return ~low;
    }

    /// <summary>Adds a page, or replaces what is known of it.</summary>
    public void Set(PageEntry entry)
    {
        int at = Find(entry.Index);
        if (at >= 0)
        {
            _entries[at] = entry;
        }
        else
        {
            _entries.Insert(~at, entry);
        }
    }

    public void RemoveAt(int at) => _entries.RemoveAt(at);

    public void Write(BodyWriter writer)
    {
        writer.Count(_entries.Count);
        foreach (PageEntry entry in _entries)
        {
            writer.Signed(entry.Index);
            writer.Signed(entry.Position);
            writer.Signed(entry.LastWriteMs);
        }
    }

    public void Read(ref BodyReader reader)
    {
        for (int left = reader.Count(); left > 0; left--)
        {
            _entries.Add(new PageEntry(reader.Signed(), reader.Signed(), reader.Signed()));
        }
    }
}
