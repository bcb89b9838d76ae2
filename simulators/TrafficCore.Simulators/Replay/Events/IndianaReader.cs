using System.Globalization;
using TrafficCore.Simulators.Cli;
using TrafficCore.Traffic.Network;

namespace TrafficCore.Simulators.Replay;

/// <summary>
/// Reads a log of high-resolution events: comma-separated, with a header that names <c>TimeStamp</c>, <c>DeviceId</c>, <c>EventId</c> and <c>Parameter</c> in any
/// order. A row that can't be read is reported and left out.
/// </summary>
internal sealed class IndianaReader
{
    private static readonly string[] Columns = ["TimeStamp", "DeviceId", "EventId", "Parameter"];

    private readonly CsvReader _csv;
    private readonly LocalTime _time;
    private readonly RowFindings _findings;
    private readonly NameIndex _devices = new();
    private readonly List<IndianaEvent> _events = [];

    private IndianaReader(TextReader text, LocalTime time, RowFindings findings) => (_csv, _time, _findings) = (new CsvReader(text, ','), time, findings);

    /// <summary>Reads all rows.</summary>
    /// <exception cref="UsageException">Not such a log: no header, or no event at all.</exception>
    public static EventRecording Read(TextReader text, LocalTime time, RowFindings findings) => new IndianaReader(text, time, findings).ReadAll();

    private EventRecording ReadAll()
    {
        var order = CsvColumns.Find(_csv, Columns);
        while (_csv.Read())
        {
            _findings.Rows++;
            if (Problem(order) is { } problem)
            {
                _findings.Refuse(_csv.Line, problem, "the event can't be read");
            }
        }

        return _events.Count > 0 ? new EventRecording(_devices.Names, _events) : throw new UsageException("no events in the file.");
    }

    /// <summary>Takes a row; else says what is wrong with it.</summary>
    private string? Problem(int[] order)
    {
        if (!_csv.IsWellFormed || _csv.Count <= order.Max())
        {
            return "bad-row";
        }

        if (!_time.TryParse(_csv[order[0]], out var timestamp, out var use))
        {
            return "bad-TimeStamp";
        }

        var device = _csv[order[1]];
        if (!NetworkId.IsValid(device))
        {
            return "bad-DeviceId";
        }

        if (!TryNumber(_csv[order[2]], out var code) || code < 0)
        {
            return "bad-EventId";
        }

        if (!TryNumber(_csv[order[3]], out var parameter))
        {
            return "bad-Parameter";
        }

        if (use != LocalTimeUse.Once)
        {
            _findings.Note(_csv.Line, use == LocalTimeUse.Twice ? "local-time-twice" : "local-time-never", use == LocalTimeUse.Twice ? "taken as the first pass" : "taken as before the change");
        }

        _events.Add(new IndianaEvent(timestamp, _devices.Of(device), code, parameter));
        return null;
    }

    private static bool TryNumber(ReadOnlySpan<char> cell, out int value) => int.TryParse(cell, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
}
