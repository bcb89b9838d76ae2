using TrafficCore.Pipeline.Output;

namespace TrafficCore.Pipeline.Shards;

/// <summary>
/// An exact set of millisecond offsets: per 65,536 ms a sorted list of 2 bytes each, or from 4,096 on a bitmap of 8 KB.
/// So a reading every millisecond costs about a bit, and one every minute does not pay for a bitmap.
/// </summary>
internal sealed class MillisecondSet(int spanMs)
{
    private const int ChunkBits = 16;
    private const int ListLimit = 4096;
    private const int FirstList = 8;

    private readonly Chunk[] _chunks = new Chunk[(spanMs >> ChunkBits) + 1];

    private struct Chunk
    {
        public ushort[]? Items;
        public int Count;

        public readonly bool IsBitmap => Count > ListLimit;
    }

    public int Bytes { get; private set; } = ((spanMs >> ChunkBits) + 1) * 16;

    /// <summary>Adds an offset; false when it was there.</summary>
    public bool Add(int offset, PagePool pool)
    {
        ref Chunk chunk = ref _chunks[offset >> ChunkBits];
        var item = (ushort)offset;
        return chunk.IsBitmap ? AddBit(ref chunk, item) : AddItem(ref chunk, item, pool);
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
        writer.Count(_chunks.Count(c => c.Count > 0));
        for (int i = 0; i < _chunks.Length; i++)
        {
            ref Chunk chunk = ref _chunks[i];
            if (chunk.Count == 0)
            {
                continue;
            }

            writer.Count(i);
            writer.Count(chunk.Count);
            int previous = -1;
            for (int item = 0; chunk.IsBitmap ? item < ListLimit : item < chunk.Count; item++)
            {
                ushort value = chunk.Items![item];
                if (chunk.IsBitmap)
                {
                    writer.Byte((byte)value);
                    writer.Byte((byte)(value >> 8));
                }
                else
                {
                    writer.Count(value - previous - 1);
                    previous = value;
                }
            }
        }
    }

    public static MillisecondSet Read(ref BodyReader reader, int spanMs, PagePool pool)
    {
        var set = new MillisecondSet(spanMs);
        for (int left = reader.Count(); left > 0; left--)
        {
            ref Chunk chunk = ref set._chunks[reader.Int32()];
            int count = reader.Int32();
            int previous = -1;
            for (int item = 0; item < Math.Min(count, ListLimit); item++)
            {
                if (count > ListLimit)
                {
                    chunk.Items ??= pool.RentShorts(ListLimit);
                    chunk.Items[item] = (ushort)(reader.Byte() | (reader.Byte() << 8));
                }
                else
                {
                    previous += reader.Int32() + 1;
                    set.AddItem(ref chunk, (ushort)previous, pool);
                }
            }

            set.Bytes += count > ListLimit ? ListLimit * 2 : 0;
            chunk.Count = count;
        }

        return set;
    }

    private static bool AddBit(ref Chunk chunk, ushort item)
    {
        ref ushort word = ref chunk.Items![item >> 4];
        int bit = 1 << (item & 15);
        if ((word & bit) != 0)
        {
            return false;
        }

        word |= (ushort)bit;
        chunk.Count++;
        return true;
    }

    private bool AddItem(ref Chunk chunk, ushort item, PagePool pool)
    {
        int at = chunk.Count;
        if (at > 0 && chunk.Items![at - 1] >= item)
        {
            at = chunk.Items.AsSpan(0, at).BinarySearch(item);
            if (at >= 0)
            {
                return false;
            }

            at = ~at;
        }

        if (chunk.Count == ListLimit)
        {
            ToBitmap(ref chunk, pool);
            return AddBit(ref chunk, item);
        }

        if (chunk.Items is null || chunk.Count == chunk.Items.Length)
        {
            Grow(ref chunk, pool);
        }

        chunk.Items.AsSpan(at, chunk.Count - at).CopyTo(chunk.Items.AsSpan(at + 1));
        chunk.Items![at] = item;
        chunk.Count++;
        return true;
    }

    private void Grow(ref Chunk chunk, PagePool pool)
    {
        ushort[] larger = pool.RentShorts(chunk.Items is null ? FirstList : chunk.Items.Length * 2);
        Bytes += (larger.Length - (chunk.Items?.Length ?? 0)) * 2;
        if (chunk.Items is { } items)
        {
            items.AsSpan(0, chunk.Count).CopyTo(larger);
            pool.Return(items);
        }

        chunk.Items = larger;
    }

    private static void ToBitmap(ref Chunk chunk, PagePool pool)
    {
        ushort[] bits = pool.RentShorts(ListLimit);
        foreach (ushort item in chunk.Items.AsSpan(0, chunk.Count))
        {
            bits[item >> 4] |= (ushort)(1 << (item & 15));
        }

        pool.Return(chunk.Items!);
        chunk.Items = bits;
    }
}
