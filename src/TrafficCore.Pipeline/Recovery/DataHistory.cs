using TrafficCore.Log;

namespace TrafficCore.Pipeline.Recovery;

/// <summary>Proves the history of a data directory that no service runs on; changes nothing in it.</summary>
public static class DataHistory
{
    /// <summary>Names of the logs that have a history, in the order of their report.</summary>
    public static IReadOnlyList<string> Logs { get; } = ["input", "output", "state"];

    /// <summary>Compares each log with its chain of hashes.</summary>
    /// <param name="dataDirectory">The data directory.</param>
    /// <param name="files">The disk.</param>
    /// <param name="heads">Heads that were noted down earlier, by log; may be empty.</param>
    /// <exception cref="DirectoryNotFoundException">There is no data directory.</exception>
    /// <exception cref="IOException">A service runs on it, or the disk can't be read.</exception>
    /// <exception cref="InvalidDataException">A newer program wrote it.</exception>
    public static IReadOnlyList<(string Log, HistoryReport Report)> Verify(
        string dataDirectory, ILogFileSystem files, IReadOnlyDictionary<string, byte[]> heads)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(heads);
        using var data = OfflineData.Open(dataDirectory, files);
        return [.. Logs.Select(log => (log, HistoryAudit.Verify(Path.Combine(data.Root, log), files, heads.GetValueOrDefault(log))))];
    }
}
