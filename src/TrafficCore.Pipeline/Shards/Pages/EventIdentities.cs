using TrafficCore.Pipeline.Output;

namespace TrafficCore.Pipeline.Shards;

/// <summary>
/// The exact set of (ts, code, parameter) of one controller in one page: 4 bytes an event, as the pairs of code and parameter
/// that occur in an hour are few and get a number of 16 bits.
/// </summary>
internal sealed class EventIdentities(int spanMs)
{
    private const int ChunkBits = 16;
    private const int FirstList = 16;

    private readonly Chunk[] _chunks = new Chunk[(spanMs >> ChunkBits) + 1];
    private readonly Dictionary<long, ushort> _pairNumbers = [];
    private readonly List<long> _pairs = [];

    /// <summary>Events whose pair got no number; only a device that invents parameters comes here.</summary>
    private readonly SortedSet<(int Offset, long Pair)> _rest = [];

    private struct Chunk
    {
        public uint[]? Items;
        public int Count;
    }

    public int Bytes { get; private set; } = 64 + (((spanMs >> ChunkBits) + 1) * 16);

    /// <summary>Adds an event; false when it was there.</summary>
    public bool Add(int offset, ushort code, int parameter, PagePool pool)
    {
        long pair = ((long)code << 32) | (uint)parameter;
        if (!_pairNumbers.TryGetValue(pair, out ushort number))
        {
            if (_pairs.Count > ushort.MaxValue)
            {
                bool added = _rest.Add((offset, pair));
                Bytes += added ? 64 : 0;
                return added;
            }

            number = (ushort)_pairs.Count;
            _pairNumbers.Add(pair, number);
            _pairs.Add(pair);
            Bytes += 40;
        }

        return Insert(ref _chunks[offset >> ChunkBits], ((uint)(ushort)offset << 16) | number, pool);
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
        writer.Count(_pairs.Count);
        foreach (long pair in _pairs)
        {
            writer.Unsigned((ulong)pair);
        }

        foreach (ref Chunk chunk in _chunks.AsSpan())
        {
            writer.Count(chunk.Count);
            uint previous = 0;
            foreach (uint item in chunk.Items.AsSpan(0, chunk.Count))
            {
                writer.Unsigned(item - previous);
                previous = item;
            }
        }

        writer.Count(_rest.Count);
        foreach ((int offset, long pair) in _rest)
        {
            writer.Count(offset);
            writer.Unsigned((ulong)pair);
        }
    }

    public static EventIdentities Read(ref BodyReader reader, int spanMs, PagePool pool)
    {
        var identities = new EventIdentities(spanMs);
        for (int left = reader.Count(); left > 0; left--)
        {
            long pair = reader.Int64();
            identities._pairNumbers.Add(pair, (ushort)identities._pairs.Count);
            identities._pairs.Add(pair);
            identities.Bytes += 40;
        }

        foreach (ref Chunk chunk in identities._chunks.AsSpan())
        {
            uint item = 0;
            for (int left = reader.Count(); left > 0; left--)
            {
                item += (uint)reader.Unsigned();
                identities.Insert(ref chunk, item, pool);
            }
        }

        for (int left = reader.Count(); left > 0; left--)
        {
            identities._rest.Add((reader.Int32(), reader.Int64()));
            identities.Bytes += 64;
        }

        return identities;
    }

    private bool Insert(ref Chunk chunk, uint item, PagePool pool)
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
