using TrafficCore.Log;
using TrafficCore.Pipeline.Recovery;

namespace TrafficCore.Pipeline.Replay;

/// <summary>
/// Recomputes history: gives a new data directory the input of another one, so that a pipeline that is opened on it recovers everything from there, by the code
/// and in the order of a service that starts without a snapshot. The other directory is only read, and its service may run.
/// </summary>
/// <remarks>Ownership: one user. <see cref="Dispose"/> lets the other directory go.</remarks>
public sealed class HistoryReplay : IDisposable
{
    private readonly DataImage _recorded;

    private HistoryReplay(DataImage recorded, long bytes) => (_recorded, Bytes) = (recorded, bytes);

    /// <summary>Where the input begins; more than 0 when retention has deleted what was before.</summary>
    public long Start => _recorded.Input.Start;

    /// <summary>Where the input ends.</summary>
    public long End => _recorded.Input.End;

    /// <summary>Bytes of input files that were copied.</summary>
    public long Bytes { get; }

    /// <summary>Receive time of the first record that is still there; null without any.</summary>
    public DateTimeOffset? StartTime { get; private init; }

    /// <summary>Receive time of the last record; null without any.</summary>
    public DateTimeOffset? EndTime { get; private init; }

    /// <summary>Whether the numbers of devices that were learnt before <see cref="Start"/> are known; else their readings count as corrupt.</summary>
    public bool KnowsDevices { get; private init; }

    /// <summary>Seeds the checksums of the replay's logs: as in the other directory, so that equal outputs are equal bytes.</summary>
    public uint? Salt => _recorded.Output.Salt;

    /// <summary>Copies the input of a data directory into a new one.</summary>
    /// <param name="from">The data directory with the input.</param>
    /// <param name="options">The new pipeline's; its directory is there and holds nothing of a pipeline.</param>
    /// <param name="files">The disk of both.</param>
    /// <param name="stop">Asks for the end.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    /// <exception cref="DirectoryNotFoundException"><paramref name="from"/> is no data directory.</exception>
    /// <exception cref="DataDirectoryException"><paramref name="from"/> is not whole.</exception>
    /// <exception cref="IOException">A disk refuses.</exception>
    /// <exception cref="InvalidDataException">A newer program wrote the input.</exception>
    public static HistoryReplay Prepare(string from, PipelineOptions options, ILogFileSystem files, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(files);
        var recorded = DataImage.Pin(from, files);
        try
        {
            var to = new DataPaths(Path.GetFullPath(options.DataDirectory));
            DurableDirectory.Ensure(files, to.Input);
            foreach (var file in recorded.Input.Files)
            {
                file.CopyTo(to.Input, files, _ => stop.ThrowIfCancellationRequested());
            }

            files.SyncDirectory(to.Input);
            return new HistoryReplay(recorded, recorded.Input.Files.Sum(static file => file.Valid))
            {
                StartTime = TimeOf(recorded.Input.ReadFirst()?.ReceivedMs),
                EndTime = TimeOf(recorded.Input.LastReceivedMs),
                KnowsDevices = recorded.Input.Start == 0 || ReplaySeed.TrySave(to.Snapshots, options, recorded.ReadSnapshot(), recorded.Input, files),
            };
        }
        catch
        {
            recorded.Dispose();
            throw;
        }
    }

    /// <summary>Compares what the replay made with what the service had made.</summary>
    /// <param name="dataDirectory">The replay's, closed.</param>
    /// <param name="files">The disk.</param>
    public ReplayDifferences Compare(string dataDirectory, ILogFileSystem files)
    {
        using var recorded = _recorded.Output.OpenReader(_recorded.Output.Start);
        using var recomputed = LogReader.OpenDirectory(new DataPaths(Path.GetFullPath(dataDirectory)).Output, files, 0);
        return OutputComparison.Run(recorded, recomputed, Start);
    }

    /// <inheritdoc/>
    public void Dispose() => _recorded.Dispose();

    private static DateTimeOffset? TimeOf(long? unixMs) => unixMs is { } known ? DateTimeOffset.FromUnixTimeMilliseconds(known) : null;
}
