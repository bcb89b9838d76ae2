namespace TrafficCore.Simulators.Replay;

/// <summary>
/// Reads separated values (RFC 4180): quoted fields may hold the separator, doubled quotes and line ends; lines end with LF, CRLF or CR; a byte order mark is
/// skipped. Empty lines are no records. Fields are trimmed outside their quotes, since published files pad them.
/// </summary>
/// <remarks>Ownership: one caller; the fields are valid until the next record.</remarks>
internal sealed class CsvReader(TextReader text, char separator)
{
    private readonly List<(int Start, int Length)> _fields = [];
    private readonly List<int> _doubled = [];
    private string _record = "";
    private int _lines;

    /// <summary>Number of the line on which the record begins, from 1.</summary>
    public int Line { get; private set; }

    /// <summary>Fields of the record.</summary>
    public int Count => _fields.Count;

    /// <summary>False when a quoted field has no end, or is followed by something else than a separator.</summary>
    public bool IsWellFormed { get; private set; }

    /// <summary>A field.</summary>
    public ReadOnlySpan<char> this[int index] => _doubled.Contains(index)
        ? _record.Substring(_fields[index].Start, _fields[index].Length).Replace("\"\"", "\"", StringComparison.Ordinal)
        : _record.AsSpan(_fields[index].Start, _fields[index].Length);

    /// <summary>Goes to the next record; false at the end.</summary>
    public bool Read()
    {
        string? line;
        do
        {
            line = ReadLine();
        }
        while (line is not null && line.AsSpan().IsWhiteSpace());
        if (line is null)
        {
            return false;
        }

        (Line, _record) = (_lines, line);
        Split();
        return true;
    }

    private string? ReadLine()
    {
        var line = text.ReadLine();
        _lines += line is null ? 0 : 1;
        return _lines == 1 ? line?.TrimStart('\uFEFF') : line;
    }

    private void Split()
    {
        _fields.Clear();
        _doubled.Clear();
        IsWellFormed = true;
        var at = 0;
        do
        {
            var start = at;
            while (start < _record.Length && char.IsWhiteSpace(_record[start]) && _record[start] != separator)
            {
                start++;
            }

            at = start < _record.Length && _record[start] == '"' ? Quoted(start + 1) : Plain(start);
        }
        while (at++ < _record.Length);
    }

    /// <summary>Takes a field without quotes; returns where it is over.</summary>
    private int Plain(int start)
    {
        var end = _record.IndexOf(separator, start);
        end = end < 0 ? _record.Length : end;
        _fields.Add((start, _record.AsSpan(start, end - start).TrimEnd().Length));
        return end;
    }

    /// <summary>Takes a field in quotes, over as many lines as it has; returns where it is over.</summary>
    private int Quoted(int start)
    {
        var at = start;
        while (true)
        {
            var quote = _record.IndexOf('"', at);
            if (quote < 0)
            {
                if (ReadLine() is not { } next)
                {
                    IsWellFormed = false;
                    _fields.Add((start, _record.Length - start));
                    return _record.Length;
                }

                at = _record.Length;
                _record += "\n" + next;
            }
            else if (quote + 1 < _record.Length && _record[quote + 1] == '"')
            {
                _doubled.Add(_fields.Count);
                at = quote + 2;
            }
            else
            {
                _fields.Add((start, quote - start));
                var end = _record.IndexOf(separator, quote);
                end = end < 0 ? _record.Length : end;
                IsWellFormed &= _record.AsSpan(quote + 1, end - quote - 1).IsWhiteSpace();
                return end;
            }
        }
    }
}
