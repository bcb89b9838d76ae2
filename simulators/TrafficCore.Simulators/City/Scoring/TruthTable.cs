using System.Globalization;
using TrafficCore.Simulators.Cli;
using TrafficCore.Traffic.Network;

namespace TrafficCore.Simulators.City.Scoring;

/// <summary>Reads the files of truth: a header with names, then lines of values without commas inside.</summary>
internal static class TruthTable
{
    /// <summary>The rows of a file that a condition on the columns lets through.</summary>
    /// <param name="lines">The file's lines.</param>
    /// <param name="name">Its name, for errors.</param>
    /// <param name="columns">Columns to read, in the order in which they are wanted.</param>
    /// <exception cref="UsageException">It is not such a file.</exception>
    public static IEnumerable<string[]> Read(IEnumerable<string> lines, string name, params string[] columns)
    {
        int[]? places = null;
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            var cells = line.Split(',');
            if (places is null)
            {
                places = [.. columns.Select(c => Array.IndexOf(cells, c))];
                if (Array.IndexOf(places, -1) is var missing and >= 0)
                {
                    throw new UsageException($"{name}: no column {columns[missing]}.");
                }

                continue;
            }

            yield return cells.Length > places.Max() ? [.. places.Select(p => cells[p])] : throw new UsageException($"{name}: line {number} is cut off.");
        }
    }

    /// <summary>An instant, Unix ms; not the last day that there is, so that windows can end.</summary>
    public static long Instant(string cell, string name) =>
        DateTimeOffset.TryParse(cell, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) && instant < DateTimeOffset.MaxValue.AddDays(-1)
            ? instant.ToUnixTimeMilliseconds()
            : throw new UsageException($"{name}: '{cell}' is not a time.");

    /// <summary>A window of at most a day, written in seconds, in ms.</summary>
    public static long Window(string cell, string name) =>
        Whole(cell, name) is >= 1 and <= 86_400 and var seconds ? seconds * 1000 : throw new UsageException($"{name}: '{cell}' is not a window of 1 to 86400 s.");

    /// <summary>An id, which becomes part of a question to the service.</summary>
    public static string Id(string cell, string name) => NetworkId.IsValid(cell) ? cell : throw new UsageException($"{name}: '{cell}' is not an id.");

    /// <summary>A whole number.</summary>
    public static long Whole(string cell, string name) =>
        long.TryParse(cell, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : throw new UsageException($"{name}: '{cell}' is not a whole number.");
}
