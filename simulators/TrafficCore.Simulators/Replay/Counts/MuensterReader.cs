using System.Globalization;
using TrafficCore.Simulators.Cli;
using TrafficCore.Traffic.Network;

namespace TrafficCore.Simulators.Replay;

/// <summary>
/// Reads a day of Muenster's loop counts: <c>;</c>-separated, a header with the date and the hours, and a row for each loop, named
/// <c>MQ_intersection_FVapproach_turn (MQn)</c>. A blank cell is missing, not 0. Rows that are no vehicle loops are sums, tests and bicycle counters.
/// </summary>
internal sealed class MuensterReader
{
    private readonly CsvReader _csv;
    private readonly RowFindings _findings;
    private readonly CountRows _rows;
    private readonly DateOnly _day;
    private readonly (int Column, TimeOnly Start)[] _cells;
    private readonly Dictionary<string, string> _recorded = new(StringComparer.Ordinal);

    private MuensterReader(TextReader text, LocalTime time, RowFindings findings)
    {
        _csv = new CsvReader(text, ';');
        _findings = findings;
        (_day, _cells) = ReadHeader(_csv);
        _rows = new CountRows(_csv, time, findings, _cells[1].Start - _cells[0].Start);
    }

    /// <summary>Reads all rows.</summary>
    /// <exception cref="UsageException">Not such a file: no header, or no count at all.</exception>
    public static CountRecording Read(TextReader text, LocalTime time, RowFindings findings) => new MuensterReader(text, time, findings).ReadAll();

    private CountRecording ReadAll()
    {
        while (_csv.Read())
        {
            _findings.Rows++;
            if (!_csv.IsWellFormed || _csv.Count <= _cells[^1].Column)
            {
                _findings.Refuse(_csv.Line, "bad-row", "the row can't be read");
            }
            else if (TryName(out var intersection, out var detector))
            {
                _rows.Add(intersection, detector, _day, _cells);
            }
        }

        return _rows.ToRecording();
    }

    /// <summary><c>Name  /  Date: 2015_10_22</c>, then the hours.</summary>
    private static (DateOnly Day, (int Column, TimeOnly Start)[] Cells) ReadHeader(CsvReader csv)
    {
        var first = csv.Read() ? csv[0].ToString() : "";
        if (!DateOnly.TryParseExact(first[(first.LastIndexOf(':') + 1)..].Trim(), "yyyy_MM_dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            throw new UsageException("line 1: no date; expected a header such as 'Name  /  Date: 2015_10_22;0:00;1:00;...'.");
        }

        var cells = new List<(int Column, TimeOnly Start)>();
        for (var i = 1; i < csv.Count && !csv[i].IsEmpty; i++)
        {
            cells.Add(TimeOnly.TryParseExact(csv[i], "H:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var start)
                ? (i, start)
                : throw new UsageException($"line 1: '{csv[i]}' is not a time of day."));
        }

        return cells.Count >= 2 ? (day, [.. cells]) : throw new UsageException("line 1: fewer than two hours.");
    }

    /// <summary>Takes the name apart; false when the row is not a vehicle loop's, which is reported.</summary>
    private bool TryName(out string intersection, out string detector)
    {
        var name = _csv[0].ToString();
        var bracket = name.LastIndexOf('(');
        var bare = (bracket < 0 ? name : name[..bracket]).Trim();
        detector = string.Concat(bare.Where(static c => !char.IsWhiteSpace(c)));
        var parts = detector.Split('_', 4);
        intersection = parts.Length == 4 ? parts[1] : "";
        if (parts.Length != 4 || parts[0] != "MQ" || !parts[2].StartsWith("FV", StringComparison.Ordinal) || parts[3].Length == 0)
        {
            var isKnown = bare.StartsWith("LSA ", StringComparison.Ordinal) || bare.StartsWith("---", StringComparison.Ordinal) || bare.Contains("DRad", StringComparison.Ordinal);
            _findings.Skip(_csv.Line, isKnown ? "not-a-vehicle-loop" : "unknown-name", $"'{name}' is not MQ_intersection_FVapproach_turn");
            return false;
        }

        if (!NetworkId.IsValid(intersection) || !NetworkId.IsValid(detector))
        {
            _findings.Refuse(_csv.Line, "bad-name", $"'{name}' can't be an id");
            return false;
        }

        if (!_recorded.TryAdd(detector, bare) && _recorded[detector] != bare)
        {
            _findings.Refuse(_csv.Line, "bad-name", $"'{name}' and '{_recorded[detector]}' would be the same detector");
            return false;
        }

        _findings.Note(_csv.Line, "name-changed", $"'{bare}' is sent as {detector}", bare == detector ? 0 : 1);
        return true;
    }
}
