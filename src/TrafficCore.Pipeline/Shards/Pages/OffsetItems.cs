using TrafficCore.Pipeline.Output;

namespace TrafficCore.Pipeline.Shards;

/// <summary>Items of 16 bits at millisecond offsets, in order: 4 bytes each, a sorted list per 65,536 ms.</summary>
internal sealed class OffsetItems(int spanMs)
{
    private const int ChunkBits = 16;

    // A sensor sends about one item in 65 s; a controller that sends hundreds grows a list a few times.
    private const int FirstList = 4;

    private readonly Chunk[] _chunks = new Chunk[(spanMs >> ChunkBits) + 1];

    private struct Chunk
    {
        public uint[]? Items;
        public int Count;
    }

    public int Bytes { get; private set; } = ((spanMs >> ChunkBits) + 1) * 16;

    /// <summary>Adds an item; false when the same was there.</summary>
    public bool Add(int offset, ushort item, PagePool pool)
    {
        ref Chunk chunk = ref _chunks[offset >> ChunkBits];
        uint value = Key(offset) | item;
        int at = Find(in chunk, value);
        if (at >= 0)
        {
            return false;
        }

        Insert(ref chunk, ~at, value, pool);
        return true;
    }

    /// <summary>Adds an item where there is none at the offset yet: the first wins.</summary>
    public IdentityOutcome AddFirst(int offset, ushort item, PagePool pool)
    {
        ref Chunk chunk = ref _chunks[offset >> ChunkBits];
        uint key = Key(offset);
        int at = Find(in chunk, key);
        at = at < 0 ? ~at : at;
        if (at < chunk.Count && chunk.Items![at] >> 16 == key >> 16)
        {
            return (ushort)chunk.Items[at] == item ? IdentityOutcome.Repeat : IdentityOutcome.Conflict;
        }

        Insert(ref chunk, at, key | item, pool);
        return IdentityOutcome.Added;
    }

    public void Release(PagePool pool)
    {
        foreach (ref Chunk chunk in _chunks.AsSpan())
        {
            if (chunk.Items is { } items)
            {
                pool.Return(items);
            }

            chunk = default;
        }
    }

    public void Write(BodyWriter writer)
    {
        foreach (ref Chunk chunk in _chunks.AsSpan())
        {
            writer.Count(chunk.Count);
            uint previous = 0;
            foreach (uint value in chunk.Items.AsSpan(0, chunk.Count))
            {
                writer.Unsigned(value - previous);
                previous = value;
            }
        }
    }

    public static OffsetItems Read(ref BodyReader reader, int spanMs, PagePool pool)
    {
        var items = new OffsetItems(spanMs);
        foreach (ref Chunk chunk in items._chunks.AsSpan())
        {
            uint value = 0;
            for (int left = reader.Count(); left > 0; left--)
            {
                value += (uint)reader.Unsigned();
                items.Insert(ref chunk, chunk.Count, value, pool);
            }
        }

        return items;
    }

    private static uint Key(int offset) => (uint)(ushort)offset << 16;

    /// <summary>Place of a value, or the complement of where it would be; most come in order.</summary>
    private static int Find(in Chunk chunk, uint value) =>
        chunk.Count == 0 || chunk.Items![chunk.Count - 1] < value ? ~chunk.Count : chunk.Items.AsSpan(0, chunk.Count).BinarySearch(value);

    private void Insert(ref Chunk chunk, int at, uint value, PagePool pool)
    {
        if (chunk.Items is null || chunk.Count == chunk.Items.Length)
        {
            Grow(ref chunk, pool);
        }

        chunk.Items.AsSpan(at, chunk.Count - at).CopyTo(chunk.Items.AsSpan(at + 1));
        chunk.Items![at] = value;
        chunk.Count++;
    }

    private void Grow(ref Chunk chunk, PagePool pool)
    {
        uint[] larger = pool.RentInts(chunk.Items is null ? FirstList : chunk.Items.Length * 2);
        Bytes += (larger.Length - (chunk.Items?.Length ?? 0)) * 4;
        if (chunk.Items is { } items)
        {
            items.AsSpan(0, chunk.Count).CopyTo(larger);
            pool.Return(items);
        }

        chunk.Items = larger;
    }
}
