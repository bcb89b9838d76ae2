using System.Globalization;
using TrafficCore.Host.Api;
using TrafficCore.Log;
using TrafficCore.Pipeline.Export;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Output;
using TrafficCore.Traffic.Observations;
using TrafficCore.Traffic.Service;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Host.Cli;

/// <summary>Writes readings, observations and windows as CSV (RFC 4180, UTF-8, times in ISO 8601 UTC); a value that is not known is an empty cell.</summary>
internal static class CsvExport
{
    private const string ReadingHeader = "intersection,kind,device,ts,interval_ms,volume,occupancy,speed,seq,received";

    private const string WindowHeader =
        "level,intersection,id,window,start,volume,flow_rate,occupancy,speed,pcu,level_of_service,los_method,speed_ratio,coverage,readings,expected,health,revision";

    private const string CityHeader =
        "city,window,start,tpi,tti,dtp,level,congested_share,share_1,share_2,share_3,share_4,share_5,approaches,coverage,method,network_version,revision";

    private const string BoardHeader = "time,intersection,board,state,message,priority,rule,id,expires,author,reason";

    public static void Readings(string directory, ILogFileSystem files, TimeRange range, Func<TextWriter> open)
    {
        var readings = DataExport.Readings(directory, files).Where(r => r.Entry.Timestamp >= range.From && r.Entry.Timestamp < range.To);
        WriteAll(readings, open, target => target.WriteLine(ReadingHeader), (target, reading) => WriteReading(target, reading));
    }

    /// <summary>Observations of a kind, a column for each property.</summary>
    public static void Observations(ObservationKind kind, string directory, ILogFileSystem files, TimeRange range, Func<TextWriter> open)
    {
        var observations = DataExport.Observations(directory, files)
            .Where(raw => raw.Observation.Kind == kind && raw.Observation.Timestamp >= range.From && raw.Observation.Timestamp < range.To);
        WriteAll(
            observations,
            open,
            target => Write(target, ["intersection", kind.DeviceTag, "ts", .. kind.Properties.Select(property => property.Name), "received"]),
            (target, raw) =>
            {
                var (receivedMs, _, observation) = raw;
                var values = kind.Properties.Select((property, i) => observation.Values[i] is { } value ? Text(property.InContractUnit(value)) : "");
                Write(target, [observation.Intersection, observation.Device, Instant(observation.Timestamp), .. values, Instant(receivedMs)]);
            });
    }

    /// <summary>Windows, each once. The log holds corrections after what they correct, so it is read twice: first for the last revisions.</summary>
    public static void Windows(string directory, ILogFileSystem files, TimeRange range, Func<TextWriter> open)
    {
        // Only rows that were corrected are remembered; most never are.
        var last = new Dictionary<(FlowLevel, string, string, long, long), int>();
        foreach (var row in Rows(directory, files, range).Where(r => r.Revision > 1))
        {
            var key = KeyOf(row);
            last[key] = Math.Max(last.GetValueOrDefault(key), row.Revision);
        }

        var target = open();
        target.WriteLine(WindowHeader);
        foreach (var row in Rows(directory, files, range).Where(r => r.Revision >= last.GetValueOrDefault(KeyOf(r))))
        {
            WriteRow(target, row);
        }
    }

    /// <summary>The city's index, each window once, by length and start.</summary>
    public static void City(string directory, ILogFileSystem files, TimeRange range, Func<TextWriter> open)
    {
        var last = new SortedDictionary<(long Length, long Start), CityIndexRow>();
        foreach (var row in DataExport.CityIndex(directory, files).Where(r => r.Start >= range.From && r.Start < range.To))
        {
            last[(row.Length, row.Start)] = row;
        }

        var target = open();
        target.WriteLine(CityHeader);
        foreach (var row in last.Values)
        {
            Write(
                target,
                [
                    Quoted(row.City),
                    Storage.History.FlowWindow.Name(row.Length),
                    Instant(row.Start),
                    Text(row.Tpi),
                    Text(row.Tti),
                    Text(row.Dtp),
                    Text(row.Index.Level),
                    Text(ApiJson.Round(row.CongestedShare)),
                    .. Enumerable.Range(1, LevelLengths.Levels).Select(level => Text(ApiJson.Round(row.Lengths.Share(level)))),
                    Text(row.Approaches),
                    Text(ApiJson.Round(row.Coverage)),
                    CongestionIndex.Method,
                    Text(row.NetworkVersion),
                    Text(row.Revision),
                ]);
        }
    }

    /// <summary>
    /// The board log: what boards were to show, by event time. It depends on the windows alone, so two replays of the same readings write the same
    /// bytes; what a crash made the service decide twice is one line.
    /// </summary>
    public static void Boards(string directory, ILogFileSystem files, TimeRange range, Func<TextWriter> open)
    {
        var decisions = new Dictionary<(long Time, string Intersection, string Board), BoardDecisionRecord>();
        foreach (var decision in DataExport.BoardDecisions(directory, files).Where(d => d.Time >= range.From && d.Time < range.To))
        {
            decisions[(decision.Time, decision.Intersection, decision.Board)] = decision;
        }

        var target = open();
        target.WriteLine(BoardHeader);
        foreach (var decision in decisions.OrderBy(d => d.Key.Time).ThenBy(d => d.Key.Intersection, StringComparer.Ordinal).ThenBy(d => d.Key.Board, StringComparer.Ordinal).Select(d => d.Value))
        {
            Write(
                target,
                Instant(decision.Time),
                decision.Intersection,
                decision.Board,
                decision.State,
                Quoted(decision.Message),
                Text(decision.Priority),
                decision.Rule,
                decision.Id,
                decision.Expires is { } expires ? Instant(expires) : "",
                Quoted(decision.Author ?? ""),
                Quoted(decision.Reason));
        }
    }

    // The first step opens the data directory: when that fails, the target is not touched.
    private static void WriteAll<T>(IEnumerable<T> rows, Func<TextWriter> open, Action<TextWriter> header, Action<TextWriter, T> row)
    {
        using var steps = rows.GetEnumerator();
        var isThere = steps.MoveNext();
        var target = open();
        header(target);
        for (; isThere; isThere = steps.MoveNext())
        {
            row(target, steps.Current);
        }
    }

    private static IEnumerable<FlowRow> Rows(string directory, ILogFileSystem files, TimeRange range) =>
        DataExport.Windows(directory, files).Where(w => w.Start >= range.From && w.Start < range.To).SelectMany(w => w.Rows);

    private static (FlowLevel Level, string Intersection, string Id, long Length, long Start) KeyOf(FlowRow row) =>
        (row.Level, row.Intersection, row.Id, row.Length, row.Start);

    private static void WriteReading(TextWriter target, in RawReading reading)
    {
        var entry = reading.Entry;
        Write(
            target,
            reading.Intersection,
            reading.Kind,
            reading.Device,
            Instant(entry.Timestamp),
            entry.Interval == 0 ? "" : Text(entry.Interval),
            Text(entry.Volume),
            entry.Occupancy == ReadingEntry.NoOccupancy ? "" : Text(entry.Occupancy / 1000.0),
            entry.Speed == ReadingEntry.NoSpeed ? "" : Text(entry.Speed / 100.0),
            entry.Flags.HasFlag(ReadingFlags.HasSequence) ? Text(entry.Sequence) : "",
            Instant(reading.ReceivedMs));
    }

    private static void WriteRow(TextWriter target, FlowRow row) => Write(
        target,
        row.Level.ToString().ToLowerInvariant(),
        row.Intersection,
        row.Id,
        Storage.History.FlowWindow.Name(row.Length),
        Instant(row.Start),
        Text(row.Volume),
        Text(ApiJson.Round(row.FlowRate)),
        Text(ApiJson.Round(row.Occupancy)),
        Text(ApiJson.Round(row.Speed)),
        Text(ApiJson.Round(row.Pcu)),
        row.LevelOfService ?? "",
        row.LevelMethod ?? "",
        Text(ApiJson.Round(row.SpeedRatio)),
        Text(ApiJson.Round(row.Coverage)),
        Text(row.Readings),
        Text(row.Expected),
        FlowEndpoints.HealthName(row.Health) ?? "",
        Text(row.Revision));

    private static string Quoted(string text) => text.Length == 0 ? "" : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    // Ids match [A-Za-z0-9._-]: they need no quotes.
    private static void Write(TextWriter target, params ReadOnlySpan<string> cells)
    {
        for (var i = 0; i < cells.Length; i++)
        {
            if (i > 0)
            {
                target.Write(',');
            }

            target.Write(cells[i]);
        }

        target.WriteLine();
    }

    private static string Instant(long unixMilliseconds) => ApiJson.Text(ApiJson.Instant(unixMilliseconds));

    private static string Text(IFormattable? value) => value?.ToString(null, CultureInfo.InvariantCulture) ?? "";
}
