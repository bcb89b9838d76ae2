using TrafficCore.Pipeline.Output;

namespace TrafficCore.Pipeline.Shards;

/// <summary>
/// The exact set of (ts, code, parameter) of one controller in one page: 4 bytes an event, as the pairs of code and parameter
/// that occur in an hour are few and get a number of 16 bits.
/// </summary>
internal sealed class EventIdentities(int spanMs)
{
    private readonly Dictionary<long, ushort> _pairNumbers = [];
    private readonly List<long> _pairs = [];

    /// <summary>Events whose pair got no number; only a device that invents parameters comes here.</summary>
    private readonly SortedSet<(int Offset, long Pair)> _rest = [];

    private OffsetItems _items = new(spanMs);

    public int Bytes => 64 + _items.Bytes + (_pairs.Count * 40) + (_rest.Count * 64);

    /// <summary>Adds an event; false when it was there.</summary>
    public bool Add(int offset, ushort code, int parameter, PagePool pool)
    {
        long pair = ((long)code << 32) | (uint)parameter;
        if (!_pairNumbers.TryGetValue(pair, out ushort number))
        {
            if (_pairs.Count > ushort.MaxValue)
            {
                return _rest.Add((offset, pair));
            }

            number = (ushort)_pairs.Count;
            _pairNumbers.Add(pair, number);
            _pairs.Add(pair);
        }

        return _items.Add(offset, number, pool);
    }

    public void Release(PagePool pool) => _items.Release(pool);

    public void Write(BodyWriter writer)
    {
        writer.Count(_pairs.Count);
        foreach (long pair in _pairs)
        {
            writer.Unsigned((ulong)pair);
        }

        _items.Write(writer);
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
        }

        identities._items = OffsetItems.Read(ref reader, spanMs, pool);
        for (int left = reader.Count(); left > 0; left--)
        {
            identities._rest.Add((reader.Int32(), reader.Int64()));
        }

        return identities;
    }
}
