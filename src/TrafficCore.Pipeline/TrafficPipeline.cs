using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using TrafficCore.Log;
using TrafficCore.Pipeline.Dispatch;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Ledger;
using TrafficCore.Pipeline.Output;
using TrafficCore.Pipeline.Recovery;
using TrafficCore.Pipeline.Shards;

namespace TrafficCore.Pipeline;

/// <summary>
/// From the durable input log to the durable output log: shards that apply every record, windows that come out of them,
/// snapshots, and the ledger that proves that nothing was lost on the way.
/// </summary>
/// <remarks>
/// Ownership: made by <see cref="OpenAsync"/>; <see cref="Start"/>, <see cref="StopAsync"/> and disposal belong to the one who opened it.
/// Everything else may be used from any thread between start and stop.
/// </remarks>
public sealed class TrafficPipeline : IAsyncDisposable
{
    private readonly PipelineParts _parts;
    private readonly SnapshotLoop _snapshots;
    private TickTimer? _ticks;
    private int _closing;

    private TrafficPipeline(PipelineParts parts)
    {
        _parts = parts;
        Boards = new BoardOutput(parts.Output.Outside);
        _snapshots = new SnapshotLoop(
            parts.Snapshots,
            parts.SnapshotTrigger,
            parts.Environment.Options.SnapshotInterval,
            parts.Environment.Time,
            exception => parts.Environment.Fault("snapshot", exception));
    }

    /// <summary>The input log; it takes records from <see cref="Start"/> on.</summary>
    public GroupCommitLog Input => _parts.Input;

    /// <summary>All devices that have a number.</summary>
    public DeviceRegistry Devices => _parts.Control.Devices;

    /// <summary>The versions of the road network that are durable.</summary>
    public NetworkHistory Networks => _parts.Control.Networks;

    /// <summary>QoS 2 packet ids that were received and not released.</summary>
    public PacketIdRegistry ReceivedPackets => _parts.Control.Packets;

    /// <summary>The two times of every record.</summary>
    public ServiceClock Clock => _parts.Clock;

    /// <summary>What the sinks read.</summary>
    public OutputLog Output => _parts.Output.Log;

    /// <summary>Where boards keep what they decide; it becomes part of <see cref="Output"/>.</summary>
    public BoardOutput Boards { get; }

    /// <summary>Where other records that no input caused become part of <see cref="Output"/>.</summary>
    internal OutsideOutput Outside => _parts.Output.Outside;

    /// <summary>The latest window of each intersection and length, as far as <see cref="OutputLog.ShownEnd"/>.</summary>
    public LatestWindows Latest => _parts.Output.Latest;

    /// <summary>Whether the pipeline works.</summary>
    public PipelineHealth Health => _parts.Environment.Health;

    /// <summary>
    /// Logs whose disk takes nothing, with the reason; empty while all is well. Without <c>input</c> nothing is acknowledged at once, without
    /// another one as soon as the buffers between are full. All of them go on by themselves when there is room.
    /// </summary>
    public IReadOnlyList<(string Log, string Reason)> RefusedLogs =>
    [
        .. new[] { ("input", _parts.Input.Refusal), ("state", _parts.Pages.Refusal), ("output", _parts.Output.File.Refusal) }
            .Where(static log => log.Item2 is not null)
            .Select(static log => (log.Item1, log.Item2!)),
    ];

    /// <summary>Input position up to which every shard has applied the log.</summary>
    public long AppliedPosition => _parts.Shards.Min(static shard => shard.Position);

    /// <summary>
    /// Opens a data directory and recovers: the latest good snapshot, then the input log from there. When it returns, the state
    /// equals the durable log and every output of it is durable.
    /// </summary>
    /// <param name="options">Places, sizes and times.</param>
    /// <param name="files">The disk.</param>
    /// <param name="time">Clock and timers.</param>
    /// <param name="newSalt">Makes the salt of a new log; random in a service.</param>
    /// <param name="meters">Where the meters are made.</param>
    /// <param name="loggers">Where it logs.</param>
    /// <param name="progress">Is told how far the replay of the input log is, for each batch of it, on the thread that replays; null: nobody.</param>
    /// <param name="cancellationToken">Ends a long replay.</param>
    /// <exception cref="DataDirectoryException">The directory cannot be made, may not be written, or belongs to other window lengths.</exception>
    /// <exception cref="IOException">The directory is in use by another process, or the disk fails.</exception>
    /// <exception cref="InvalidDataException">What is on the disk cannot be the state of this service.</exception>
    public static Task<TrafficPipeline> OpenAsync(
        PipelineOptions options,
        ILogFileSystem files,
        TimeProvider time,
        Func<uint> newSalt,
        IMeterFactory meters,
        ILoggerFactory loggers,
        IProgress<RecoveryProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var environment = new PipelineEnvironment(options, files, time, newSalt, meters, loggers.CreateLogger<TrafficPipeline>()) { Progress = progress };

        // Recovery reads and waits for disks; whoever starts the service must not.
        return Task.Run(
            async () => new TrafficPipeline(await PipelineOpener.OpenAsync(environment, cancellationToken)), cancellationToken);
    }

    /// <summary>Opens the input log for appending and lets time pass: ticks and snapshots begin.</summary>
    public void Start()
    {
        _parts.Input.StartCommitting(_parts.Dispatcher);
        _ticks = new TickTimer(_parts.Input, _parts.Clock, _parts.Shards, _parts.Environment.Time);
        _snapshots.Start();
    }

    /// <summary>The ledger of everything, as of now.</summary>
    public Task<LedgerSnapshot> ReadLedgerAsync(CancellationToken cancellationToken = default)
        => _parts.Ledger.ReadAsync(cancellationToken);

    /// <summary>The ledger of one device, or null when it is not known.</summary>
    public Task<DeviceLedger?> ReadLedgerAsync(string intersection, string kind, string device, CancellationToken cancellationToken = default)
        => _parts.Ledger.ReadAsync(intersection, kind, device, cancellationToken);

    /// <summary>
    /// The newest window of each length that these intersections have open, as of one durable input position. The shards make it between two batches, a few
    /// microseconds for each intersection: ask for as many at a time as they may be held up for.
    /// </summary>
    /// <param name="intersections">Ids; those that have nothing open, or are not known, are left out.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IReadOnlyList<OpenWindow>> ReadOpenAsync(IReadOnlyList<string> intersections, CancellationToken cancellationToken = default)
    {
        var found = new List<OpenWindow>[_parts.Shards.Count];
        var barrier = new ShardBarrier(found.Length, shard => shard.State.ReadOpen(intersections, found[shard.Index] = []));
        _parts.Dispatcher.Place(barrier);
        await barrier.Done.WaitAsync(cancellationToken);
        return [.. found.SelectMany(static windows => windows)];
    }

    /// <summary>Takes a snapshot now. False: the disk refused, and everything goes on from the one before.</summary>
    public Task<bool> SnapshotAsync(CancellationToken cancellationToken = default)
        => _parts.Snapshots.TakeAsync(mayDelete: true, cancellationToken);

    /// <summary>Waits until everything that is durable now is applied and its outputs are durable.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken = default)
    {
        while (_parts.Dispatcher.End < _parts.Input.DurableEnd)
        {
            _parts.Environment.Health.ThrowIfFaulted();
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        var barrier = new ShardBarrier(_parts.Shards.Count, static shard => shard.Output.Flush());
        _parts.Dispatcher.Place(barrier);
        await barrier.Done.WaitAsync(cancellationToken);
        await _parts.Output.Writer.RunAsync(static _ => { }).WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Stops: commits and applies what was appended, makes outputs durable, takes a snapshot, closes. No window is closed by it.
    /// Whoever appends must have stopped before; sinks that read <see cref="Output"/> are told to deliver and stop before.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        if (await StopFeedersAsync())
        {
            await PipelineCloser.StopAsync(_parts, cancellationToken);
        }
    }

    /// <summary>Closes without a last snapshot when <see cref="StopAsync"/> was not called; the next start replays more.</summary>
    public async ValueTask DisposeAsync()
    {
        if (await StopFeedersAsync())
        {
            await PipelineCloser.AbandonAsync(_parts);
        }
    }

    private async Task<bool> StopFeedersAsync()
    {
        if (Interlocked.Exchange(ref _closing, 1) != 0)
        {
            return false;
        }

        _ticks?.Dispose();
        await _snapshots.DisposeAsync();
        return true;
    }
}
