using System.Globalization;
using TrafficCore.Simulators.Cli;

namespace TrafficCore.Simulators.Replay;

/// <summary>
/// Collects rows of counts, one cell for each interval of a local day. A cell is a reading unless it is blank (missing, not 0), negative (the publisher's mark for a
/// bad interval), unreadable, or of a local time that does not exist.
/// </summary>
/// <remarks>
/// Ownership: the reader of one file. On the day on which clocks are put forward the cells of the hour that is skipped have no instant and are left out; on the
/// day on which they are put back the one cell of the hour that comes twice is taken as of its first pass.
/// </remarks>
internal sealed class CountRows(CsvReader csv, LocalTime time, RowFindings findings, TimeSpan interval)
{
    private readonly List<CountReading> _readings = [];

    public NameIndex Intersections { get; } = new();

    public NameIndex Detectors { get; } = new();

    /// <summary>Takes the cells of the record at hand.</summary>
    /// <param name="intersection">Whose.</param>
    /// <param name="detector">Whose.</param>
    /// <param name="day">The local day.</param>
    /// <param name="columns">Where the cells are, each with the time of day at which its interval starts.</param>
    /// <returns>The vehicles of all cells that are readings.</returns>
    public long Add(ReadOnlySpan<char> intersection, ReadOnlySpan<char> detector, DateOnly day, IReadOnlyList<(int Column, TimeOnly Start)> columns)
    {
        var (site, loop) = (Intersections.Of(intersection), Detectors.Of(detector));
        var (sum, blank, negative, bad, never, twice) = (0L, 0, 0, 0, 0, 0);
        foreach (var (column, start) in columns)
        {
            var cell = column < csv.Count ? csv[column] : default;
            if (cell.IsEmpty)
            {
                blank++;
            }
            else if (!int.TryParse(cell, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var volume))
            {
                bad++;
            }
            else if (volume < 0)
            {
                negative++;
            }
            else
            {
                var instant = time.ToUnix(day.ToDateTime(start), out var use);
                never += use == LocalTimeUse.Never ? 1 : 0;
                twice += use == LocalTimeUse.Twice ? 1 : 0;
                sum += volume;
                if (use != LocalTimeUse.Never)
                {
                    _readings.Add(new CountReading(instant, site, loop, volume));
                }
            }
        }

        findings.Skip(csv.Line, "blank", $"{blank} cells are blank", blank);
        findings.Skip(csv.Line, "negative", $"{negative} cells are negative", negative);
        findings.Skip(csv.Line, "local-time-never", $"{never} cells are of an hour that the day does not have", never);
        findings.Note(csv.Line, "local-time-twice", $"{twice} cells are of an hour that the day has twice", twice);
        findings.Refuse(csv.Line, "bad-count", $"{bad} cells are not numbers", bad);
        return sum;
    }

    /// <summary>Everything that was taken.</summary>
    /// <exception cref="UsageException">Nothing was.</exception>
    public CountRecording ToRecording() => _readings.Count > 0
        ? new CountRecording(Intersections.Names, Detectors.Names, interval, _readings)
        : throw new UsageException("no counts in the file.");
}
