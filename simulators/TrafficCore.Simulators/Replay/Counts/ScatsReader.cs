using System.Globalization;
using TrafficCore.Simulators.Cli;
using TrafficCore.Traffic.Network;

namespace TrafficCore.Simulators.Replay;

/// <summary>
/// Reads "Traffic Signal Volume Data" of Victoria: a row is a site, a local day and a detector with 96 quarter-hours <c>V00</c>..<c>V95</c>, in any order. A detector
/// that counts 0 all day is data. Where the publisher's own sum of the day differs from the cells, that is reported.
/// </summary>
internal static class ScatsReader
{
    private const int Intervals = 96;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(15);
    private static readonly string[] Columns =
        ["NB_SCATS_SITE", "QT_INTERVAL_COUNT", "NB_DETECTOR", .. Enumerable.Range(0, Intervals).Select(static i => $"V{i:D2}")];

    private static readonly string[] DayFormats = ["yyyy-MM-dd", "yyyy-MM-dd HH:mm:ss"];

    /// <summary>Reads all rows.</summary>
    /// <exception cref="UsageException">Not such a file: no header, or no count at all.</exception>
    public static CountRecording Read(TextReader text, LocalTime time, RowFindings findings)
    {
        var csv = new CsvReader(text, ',');
        var order = CsvColumns.Find(csv, Columns);
        var sumColumn = Enumerable.Range(0, csv.Count).FirstOrDefault(i => csv[i].Equals("QT_VOLUME_24HOUR", StringComparison.OrdinalIgnoreCase), -1);
        var cells = Enumerable.Range(0, Intervals).Select(i => (order[3 + i], TimeOnly.MinValue.Add(i * Interval))).ToArray();
        var rows = new CountRows(csv, time, findings, Interval);
        while (csv.Read())
        {
            findings.Rows++;
            if (Problem(csv, order, out var day) is { } problem)
            {
                findings.Refuse(csv.Line, problem, "the row can't be read");
                continue;
            }

            var sum = rows.Add(csv[order[0]], csv[order[2]], day, cells);
            if (sumColumn >= 0 && sumColumn < csv.Count && long.TryParse(csv[sumColumn], CultureInfo.InvariantCulture, out var published) && published != sum)
            {
                findings.Note(csv.Line, "sum-differs", $"the cells sum to {sum}, the publisher says {published}");
            }
        }

        return rows.ToRecording();
    }

    private static string? Problem(CsvReader csv, int[] order, out DateOnly day)
    {
        day = default;
        return !csv.IsWellFormed || csv.Count <= order.Max() ? "bad-row"
            : !NetworkId.IsValid(csv[order[0]]) ? "bad-site"
            : !DateOnly.TryParseExact(csv[order[1]], DayFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out day) ? "bad-date"
            : !NetworkId.IsValid(csv[order[2]]) ? "bad-detector"
            : null;
    }
}
