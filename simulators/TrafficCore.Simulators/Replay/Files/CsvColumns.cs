using TrafficCore.Simulators.Cli;

namespace TrafficCore.Simulators.Replay;

/// <summary>Finds columns by the names in the header.</summary>
internal static class CsvColumns
{
    /// <summary>Reads the header and returns where each column is; names may come in any order and case, between others.</summary>
    /// <exception cref="UsageException">A column is missing.</exception>
    public static int[] Find(CsvReader csv, IReadOnlyList<string> columns)
    {
        var names = csv.Read() ? Enumerable.Range(0, csv.Count).Select(i => csv[i].ToString()).ToArray() : [];
        return [.. columns.Select(column => Array.FindIndex(names, name => name.Equals(column, StringComparison.OrdinalIgnoreCase)) is var at and >= 0
            ? at
            : throw new UsageException($"line 1: no column {column}; expected a header with {string.Join(',', columns.Take(4))}{(columns.Count > 4 ? ",..." : "")}."))];
    }
}
