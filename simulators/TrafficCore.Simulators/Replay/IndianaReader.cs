using System.Globalization;
using System.IO.Compression;
using TrafficCore.Simulators.Cli;
using TrafficCore.Traffic.Network;

namespace TrafficCore.Simulators.Replay;

/// <summary>
/// Reads a log of high-resolution events: comma-separated, with a header that names <c>TimeStamp</c>, <c>DeviceId</c>,
/// <c>EventId</c> and <c>Parameter</c> in any order, plain or gzip (told by its first bytes, not by its name).
/// </summary>
internal sealed class IndianaReader
{
    private static readonly string[] Columns = ["TimeStamp", "DeviceId", "EventId", "Parameter"];

    private readonly NaiveTime _time;
    private readonly List<string> _devices = [];
    private readonly Dictionary<string, int> _deviceIndex = [];
    private readonly List<IndianaEvent> _events = [];
    private int[] _order = [];
    private int _lastColumn;
    private int _line;

    private IndianaReader(TimeZoneInfo zone) => _time = new NaiveTime(zone);

    /// <summary>Reads a file and brings it into time order.</summary>
    /// <exception cref="UsageException">The file is missing, unreadable or not such a log; the message names the line.</exception>
    public static IndianaLog Read(string path, TimeZoneInfo zone)
    {
        try
        {
            using var file = File.OpenRead(path);
            return Read(file, zone);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new UsageException($"{path}: {e.Message}", e);
        }
        catch (UsageException e)
        {
            throw new UsageException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Reads a seekable stream and brings it into time order.</summary>
    /// <exception cref="UsageException">Not such a log.</exception>
    public static IndianaLog Read(Stream stream, TimeZoneInfo zone)
    {
        var zipped = stream.ReadByte() == 0x1F && stream.ReadByte() == 0x8B; // RFC 1952, 2.3.1
        stream.Position = 0;
        using var text = new StreamReader(zipped ? new GZipStream(stream, CompressionMode.Decompress) : stream);
        return new IndianaReader(zone).ReadAll(text);
    }

    private IndianaLog ReadAll(TextReader text)
    {
        ReadHeader(text.ReadLine());
        while (text.ReadLine() is { } line)
        {
            _line++;
            if (!line.AsSpan().IsWhiteSpace())
            {
                ReadRow(line);
            }
        }

        if (_events.Count == 0)
        {
            throw new UsageException("no events in the file.");
        }

        // OrderBy is stable: rows of one instant stay as the controller wrote them.
        return new IndianaLog(_devices, _events.OrderBy(static e => e.Timestamp).ToArray());
    }

    private void ReadHeader(string? header)
    {
        _line = 1;
        var names = (header ?? "").TrimStart('\uFEFF').Split(',', StringSplitOptions.TrimEntries);
        _order = [.. Columns.Select(c => Array.FindIndex(names, n => string.Equals(n, c, StringComparison.OrdinalIgnoreCase)))];
        _lastColumn = _order.Max();
        if (Array.IndexOf(_order, -1) is var missing and >= 0)
        {
            throw new UsageException($"line 1: no column {Columns[missing]}; expected a header with {string.Join(",", Columns)}.");
        }
    }

    private void ReadRow(string line)
    {
        Span<Range> cells = stackalloc Range[64];
        var row = line.AsSpan();
        var count = row.Split(cells, ',', StringSplitOptions.TrimEntries);
        if (count <= _lastColumn)
        {
            throw Bad("a row", line);
        }

        if (!_time.TryParse(row[cells[_order[0]]], out var timestamp))
        {
            throw Bad("TimeStamp", line);
        }

        var code = Number(row[cells[_order[2]]], "EventId", line);
        var parameter = Number(row[cells[_order[3]]], "Parameter", line);
        _events.Add(new IndianaEvent(timestamp, Device(row[cells[_order[1]]], line), code, parameter));
    }

    private int Device(ReadOnlySpan<char> id, string line)
    {
        var lookup = _deviceIndex.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(id, out var known))
        {
            return known;
        }

        if (!NetworkId.IsValid(id))
        {
            throw Bad("DeviceId", line);
        }

        lookup[id] = _devices.Count;
        _devices.Add(id.ToString());
        return _devices.Count - 1;
    }

    private int Number(ReadOnlySpan<char> cell, string column, string line) =>
        int.TryParse(cell, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : throw Bad(column, line);

    private UsageException Bad(string what, string line) => new($"line {_line}: can't read {what} in '{line}'.");
}
