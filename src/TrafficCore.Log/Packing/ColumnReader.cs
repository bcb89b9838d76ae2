namespace TrafficCore.Log;

/// <summary>Takes values off the fronts of columns that follow each other in one span; borrowed from it.</summary>
internal readonly ref struct ColumnReader
{
    private readonly ReadOnlySpan<byte> _source;
    private readonly (int From, int To)[] _columns;

    public ColumnReader(ReadOnlySpan<byte> source, int columns)
    {
        _columns = new (int, int)[columns];
        _source = source;
        if (!VarintCodec.TryRead(ref source, out var records))
        {
            return;
        }

        var lengths = new ulong[columns];
        for (var i = 0; i < columns; i++)
        {
            if (!VarintCodec.TryRead(ref source, out lengths[i]))
            {
                return;
            }
        }

        var from = _source.Length - source.Length;
        for (var i = 0; i < columns; i++)
        {
            if (lengths[i] > (ulong)(_source.Length - from))
            {
                return;
            }

            _columns[i] = (from, from += (int)lengths[i]);
        }

        (Records, IsWhole) = (records, from == _source.Length);
    }

    public bool IsWhole { get; }

    public ulong Records { get; }

    public bool TryTake(int column, int length, out ReadOnlySpan<byte> value)
    {
        ref var place = ref _columns[column];
        value = default;
        if (place.To - place.From < length)
        {
            return false;
        }

        value = _source.Slice(place.From, length);
        place.From += length;
        return true;
    }

    public bool TryNumber(int column, out long value, bool signed = false)
    {
        ref var place = ref _columns[column];
        var rest = _source[place.From..place.To];
        bool whole;
        if (signed)
        {
            whole = VarintCodec.TryReadSigned(ref rest, out value);
        }
        else
        {
            whole = VarintCodec.TryRead(ref rest, out var plain);
            value = (long)plain;
        }

        place.From = place.To - rest.Length;
        return whole;
    }
}
