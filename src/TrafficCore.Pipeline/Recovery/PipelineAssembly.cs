using TrafficCore.Log;
using TrafficCore.Pipeline.Dispatch;
using TrafficCore.Pipeline.Ledger;
using TrafficCore.Pipeline.Output;
using TrafficCore.Pipeline.Shards;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Pipeline.Recovery;

/// <summary>Puts the parts of a pipeline together, in the state of its latest snapshot, with their threads started.</summary>
/// <remarks>Ownership: used once, by one thread.</remarks>
internal sealed class PipelineAssembly
{
    // Ledger reads, snapshots and the stop take turns, and the live feed asks for one thing at a time, so more than these barriers are never in the queues at once.
    private const int Barriers = 8;

    private readonly PipelineEnvironment _environment;
    private readonly PipelineOptions _options;
    private readonly Stack<object> _opened = new();

    private PipelineAssembly(PipelineEnvironment environment)
    {
        _environment = environment;
        _options = environment.Options;
    }

    public static async Task<PipelineParts> BuildAsync(PipelineEnvironment environment)
    {
        var assembly = new PipelineAssembly(environment);
        try
        {
            return assembly.Build();
        }
        catch
        {
            while (assembly._opened.TryPop(out var opened))
            {
                await (opened is IAsyncDisposable asynchronous ? asynchronous.DisposeAsync() : Dispose((IDisposable)opened));
            }

            throw;
        }

        static ValueTask Dispose(IDisposable opened)
        {
            opened.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    private PipelineParts Build()
    {
        var directory = Opened(DataDirectory.Open(_options.DataDirectory, _environment.Files, _options.MayBeUnfinished));
        var state = Opened(OpenLog(directory.Paths.State, _options.StateLog));
        var outputFile = Opened(OpenLog(directory.Paths.Output, _options.OutputLog));
        var input = Opened(OpenInput(directory.Paths.Input));
        var store = new SnapshotStore(directory.Paths.Snapshots, _environment.Files);
        var snapshot = LoadedSnapshot.Load(store, _environment.PassedOver);
        Check(store, snapshot, input);

        var control = ControlSide.Create(version => PipelineLog.NetworkRefused(_environment.Logger, version));
        if (snapshot.Find(SnapshotTags.Control) is { } content)
        {
            control.State.Restore(content);
        }

        var clock = new ServiceClock(_environment.Time, input.Recovery.LastRecord?.ElapsedMs ?? 0);
        var pages = new PageStore(state);
        var output = MakeOutput(outputFile, snapshot, clock);
        var trigger = new AsyncSignal();
        var shards = MakeShards(snapshot, pages, output, control, trigger);
        var dispatcher = new Dispatcher(shards, _environment.Health, () => input.DurableCount, snapshot.Position, snapshot.Count);
        var received = new ReceivedReader(input.OpenReader(snapshot.Position), snapshot.Received(), snapshot.Position);
        var ledger = new LedgerDesk(dispatcher, shards.Length, received, control.Devices);
        var metrics = Opened(new PipelineMetrics(_environment.Meters));
        var retention = new Retention(_options, input, pages, output.Log, clock, snapshot.Head);
        var sources = new SnapshotSources(dispatcher, shards.Length, pages, output, received, ledger, store, snapshot.Head?.Position);
        var snapshots = new Snapshotter(sources, retention, _environment.Time, _environment.Logger, metrics);
        var parts = new PipelineParts(
            _environment, directory, input, clock, control, pages, output, shards, dispatcher, received, ledger, snapshots, trigger, metrics);
        metrics.Observe(parts);
        Start(parts, snapshot);
        return parts;
    }

    private static void Start(PipelineParts parts, LoadedSnapshot snapshot)
    {
        parts.Output.Writer.Start();
        parts.Received.Start();
        foreach (var shard in parts.Shards)
        {
            shard.StartAt(snapshot.Position, snapshot.Count);
        }
    }

    private LogWriter OpenLog(string directory, LogOptions options)
    {
        var log = LogWriter.Open(directory, options, _environment.Files, _environment.NewSalt, _environment.Meters, _environment.OnLogFault, _environment.Time);
        _environment.OnRecovered(options.Name, log.Recovery);
        return log;
    }

    private GroupCommitLog OpenInput(string directory)
    {
        var log = GroupCommitLog.Open(
            directory, _options.InputLog, _environment.Files, _environment.Time, _environment.NewSalt, _environment.Meters, _environment.OnLogFault);
        _environment.OnRecovered(_options.InputLog.Name, log.Recovery);
        return log;
    }

    private void Check(SnapshotStore store, LoadedSnapshot snapshot, GroupCommitLog input)
    {
        foreach (var damaged in store.Damaged)
        {
            PipelineLog.SnapshotDamaged(_environment.Logger, damaged);
        }

        if (snapshot.Position > input.DurableEnd)
        {
            throw new InvalidDataException(
                $"The snapshot is of input position {snapshot.Position}, but the input log ends at {input.DurableEnd}: part of it is missing.");
        }

        if (snapshot.Head is null && input.Start > 0)
        {
            PipelineLog.StateLost(_environment.Logger, input.Start);
        }

        if (ShardSnapshot.LengthsOf(snapshot.Parts()) is { } written && !written.Ms.SequenceEqual(ShardOptionsOf(_options).Lengths.Ms))
        {
            throw DataDirectory.OfOtherLengths(written.Ms);
        }

        PipelineLog.Opening(_environment.Logger, _options.DataDirectory, snapshot.Position, input.Start, input.DurableEnd);
    }

    private OutputSide MakeOutput(LogWriter file, LoadedSnapshot snapshot, ServiceClock clock)
    {
        var latest = new LatestWindows();
        var progress = OutputScan.Run(
            file, snapshot, ShardOptionsOf(_options).Lengths, latest, _options.OutputLog.BufferBytes, gap => _environment.OnGap("output", gap));
        var log = new OutputLog(file);
        var queue = new LoopQueue<OutputItem>(_options.OutputQueue);
        var writer = new OutputWriter(
            file,
            queue,
            latest,
            _environment.Time,
            _options.OutputCommitInterval,
            log.Advance,
            exception => PipelineLog.OutputWaits(_environment.Logger, exception.Message),
            exception => _environment.Fault("output", exception));
        return new OutputSide(file, log, queue, writer, latest, progress, new OutsideOutput(writer, clock, file.Salt));
    }

    private ShardLoop[] MakeShards(LoadedSnapshot snapshot, PageStore pages, OutputSide outputs, ControlSide control, AsyncSignal trigger)
    {
        var options = ShardOptionsOf(_options);
        var shards = new ShardLoop[_options.Shards];
        for (var index = 0; index < shards.Length; index++)
        {
            var output = new ShardOutput(outputs.Progress, outputs.Queue, outputs.File.Salt);
            var state = new ShardState(options, index, shards.Length, pages, output, control.Devices.Files);
            state.Restore(snapshot.Parts());
            shards[index] = new ShardLoop(
                index,
                state,
                output,
                index == 0 ? control.State : null,
                _options.InputLog.Buffers + Barriers,
                (shard, exception) => _environment.Fault($"shard {shard.Index}", exception),
                shard => RequestSnapshot(shard, trigger));
        }

        return shards;
    }

    private void RequestSnapshot(ShardLoop shard, AsyncSignal trigger)
    {
        if (shard.LateDirtyBytes > _options.SnapshotDirtyBytes / _options.Shards)
        {
            trigger.Pulse();
        }
    }

    /// <summary>What a shard works with.</summary>
    /// <param name="options">The pipeline's options.</param>
    /// <param name="lengths">Window lengths instead of the options', for who only reads a directory; null to keep those.</param>
    internal static ShardOptions ShardOptionsOf(PipelineOptions options, WindowLengths? lengths = null) => new()
    {
        Lengths = lengths ?? WindowLengths.Create(options.WindowLengths.Select(static length => (long)length.TotalMilliseconds)),
        LatenessMs = (long)options.Lateness.TotalMilliseconds,
        IdleTimeoutMs = (long)options.IdleTimeout.TotalMilliseconds,
        InMemoryMs = (long)options.InMemory.TotalMilliseconds,
        HistoryKeepMs = (long)options.HistoryKeep.TotalMilliseconds,
        Service = options.Service,
    };

    private T Opened<T>(T opened)
        where T : class
    {
        _opened.Push(opened);
        return opened;
    }
}
