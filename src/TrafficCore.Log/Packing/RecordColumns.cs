using System.Buffers;

namespace TrafficCore.Log;

/// <summary>
/// Whole records turned into columns: what the same field of all records holds lies side by side, times are differences, and
/// checksums are left out, since they follow from the rest. A pure change of order that is undone to the byte.
/// </summary>
/// <remarks>
/// Ownership: single; the columns are used again by the next call. Columns in order: lengths, types and versions, counts, received,
/// elapsed, what no layout covers, then the fields of each layout.
/// </remarks>
internal sealed class RecordColumns
{
    private const int Lengths = 0;
    private const int Kinds = 1;
    private const int Counts = 2;
    private const int Received = 3;
    private const int Elapsed = 4;
    private const int Rest = 5;
    private const int Fixed = 6;

    private readonly IReadOnlyList<RecordLayout> _layouts;
    private readonly int[] _firstColumn;
    private readonly ArrayBufferWriter<byte>[] _columns;

    public RecordColumns(IReadOnlyList<RecordLayout> layouts)
    {
        _layouts = layouts;
        _firstColumn = new int[layouts.Count];
        var columns = Fixed;
        for (var i = 0; i < layouts.Count; i++)
        {
            _firstColumn[i] = columns;
            columns += layouts[i].Fields;
        }

        _columns = [.. Enumerable.Range(0, columns).Select(static _ => new ArrayBufferWriter<byte>())];
    }

    /// <summary>
    /// Writes records as columns. False when decoding would not give the same bytes back (a padding that is not zero): they
    /// then have to be kept as they are.
    /// </summary>
    /// <param name="records">Whole records whose checksums fit.</param>
    /// <param name="target">Gets the columns.</param>
    public bool TryEncode(ReadOnlySpan<byte> records, IBufferWriter<byte> target)
    {
        Array.ForEach(_columns, static column => column.ResetWrittenCount());
        var count = 0UL;
        var (received, elapsed) = (0L, 0L);
        for (; !records.IsEmpty; count++)
        {
            var header = RecordCodec.ReadHeader(records);
            var size = RecordCodec.SizeOf(header.Length);
            if (records[(RecordHeader.Size + header.Length)..size].ContainsAnyExcept((byte)0))
            {
                return false;
            }

            VarintCodec.Write(_columns[Lengths], (uint)header.Length);
            _columns[Kinds].Write([header.Type, header.Version]);
            VarintCodec.WriteSigned(_columns[Counts], header.Count);
            // Both clocks go equally fast, so what one step is more than the other is 0 nearly always.
            var step = header.ReceivedMs - received;
            VarintCodec.WriteSigned(_columns[Received], step);
            VarintCodec.WriteSigned(_columns[Elapsed], header.ElapsedMs - elapsed - step);
            (received, elapsed) = (header.ReceivedMs, header.ElapsedMs);
            AddBody(header, records.Slice(RecordHeader.Size, header.Length));
            records = records[size..];
        }

        VarintCodec.Write(target, count);
        foreach (var column in _columns)
        {
            VarintCodec.Write(target, (uint)column.WrittenCount);
        }

        foreach (var column in _columns)
        {
            target.Write(column.WrittenSpan);
        }

        return true;
    }

    /// <summary>Makes the records again, checksums included. False when these are not the columns of so many bytes of records.</summary>
    /// <param name="source">What <see cref="TryEncode"/> wrote, with the same layouts.</param>
    /// <param name="salt">The log's salt.</param>
    /// <param name="records">Is filled whole.</param>
    public bool TryDecode(ReadOnlySpan<byte> source, uint salt, Span<byte> records)
    {
        var columns = new ColumnReader(source, _columns.Length);
        if (!columns.IsWhole)
        {
            return false;
        }

        var (received, elapsed) = (0L, 0L);
        for (var left = columns.Records; left > 0; left--)
        {
            if (!TryReadHeader(columns, ref received, ref elapsed, out var header) || RecordCodec.SizeOf(header.Length) > records.Length
                || !TryReadBody(columns, header, records.Slice(RecordHeader.Size, header.Length)))
            {
                return false;
            }

            RecordCodec.Seal(records, header.Type, header.Version, header.Length, header.Count, received, elapsed, salt);
            records = records[RecordCodec.SizeOf(header.Length)..];
        }

        return records.IsEmpty;
    }

    private static bool TryReadHeader(ColumnReader columns, ref long received, ref long elapsed, out RecordHeader header)
    {
        header = default;
        if (!columns.TryNumber(Lengths, out var length) || length is < 0 or > RecordCodec.MaxBodyLength
            || !columns.TryNumber(Counts, out var count, signed: true)
            || !columns.TryNumber(Received, out var step, signed: true)
            || !columns.TryNumber(Elapsed, out var difference, signed: true)
            || !columns.TryTake(Kinds, 2, out var kind))
        {
            return false;
        }

        (received, elapsed) = (received + step, elapsed + step + difference);
        header = new RecordHeader { Length = (int)length, Type = kind[0], Version = kind[1], Count = (int)count };
        return true;
    }

    private void AddBody(in RecordHeader header, ReadOnlySpan<byte> body)
    {
        var found = FindLayout(header);
        if (found >= 0)
        {
            var layout = _layouts[found];
            AddFields(layout.Lead, _firstColumn[found], ref body);
            for (var i = 0; i < header.Count; i++)
            {
                AddFields(layout.Entry, _firstColumn[found] + layout.Lead.Length, ref body);
            }
        }

        _columns[Rest].Write(body);
    }

    private void AddFields(int[] widths, int column, ref ReadOnlySpan<byte> body)
    {
        foreach (var width in widths)
        {
            _columns[column++].Write(body[..width]);
            body = body[width..];
        }
    }

    private bool TryReadBody(ColumnReader columns, in RecordHeader header, Span<byte> body)
    {
        var found = FindLayout(header);
        if (found >= 0)
        {
            var layout = _layouts[found];
            if (!TryReadFields(columns, layout.Lead, _firstColumn[found], ref body))
            {
                return false;
            }

            for (var i = 0; i < header.Count; i++)
            {
                if (!TryReadFields(columns, layout.Entry, _firstColumn[found] + layout.Lead.Length, ref body))
                {
                    return false;
                }
            }
        }

        var whole = columns.TryTake(Rest, body.Length, out var rest);
        rest.CopyTo(body);
        return whole;
    }

    private static bool TryReadFields(ColumnReader columns, int[] widths, int column, ref Span<byte> body)
    {
        foreach (var width in widths)
        {
            if (!columns.TryTake(column++, width, out var field))
            {
                return false;
            }

            field.CopyTo(body);
            body = body[width..];
        }

        return true;
    }

    private int FindLayout(in RecordHeader header)
    {
        for (var i = 0; i < _layouts.Count; i++)
        {
            if (_layouts[i].Fits(header))
            {
                return i;
            }
        }

        return -1;
    }
}
