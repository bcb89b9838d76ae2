using System.Security.Cryptography;
using TrafficCore.Host.Api;
using TrafficCore.Host.Configuration;
using TrafficCore.Host.Delivery;
using TrafficCore.Host.Health;
using TrafficCore.Host.Telemetry;
using TrafficCore.Log;
using TrafficCore.Pipeline;
using TrafficCore.Pipeline.City;
using TrafficCore.Pipeline.Recovery;
using TrafficCore.Storage.Delivery;
using TrafficCore.Storage.History;
using TrafficCore.Storage.Influx;
using TrafficCore.Storage.Sqlite;

namespace TrafficCore.Host.Composition;

/// <summary>Everything behind the listeners: the recovered pipeline, its sinks, and what the API reads.</summary>
/// <remarks>Ownership: the service opens, starts and stops it; the rooms are thread-safe as each of them says.</remarks>
internal sealed class ServiceRooms : IAsyncDisposable
{
    private ServiceRooms(
        TrafficPipeline pipeline, CityIndexWorker index, SinkSet sinks, SqliteHistory history, InfluxSink? influx, PrometheusExporter prometheus)
    {
        Pipeline = pipeline;
        Index = index;
        Sinks = sinks;
        History = history;
        Influx = influx;
        Prometheus = prometheus;
        City = new CityDirectory(pipeline.Devices);
        Readiness = new Readiness(pipeline, sinks, index);
    }

    public TrafficPipeline Pipeline { get; }

    public CityIndexWorker Index { get; }

    public SinkSet Sinks { get; }

    public SqliteHistory History { get; }

    public InfluxSink? Influx { get; }

    public PrometheusExporter Prometheus { get; }

    public CityDirectory City { get; }

    public Readiness Readiness { get; }

    /// <summary>Recovers the data directory and makes the rooms; nothing moves before they are started.</summary>
    public static Task<ServiceRooms> OpenAsync(ServiceSettings settings, ServicePlatform platform, TimeProvider time, CancellationToken cancellation) =>
        OpenAsync(settings, platform, time, PipelineMapping.Options(settings), PipelineMapping.NewSalt, progress: null, cancellation);

    /// <summary>Recomputes a data directory from the input that it was given, without a moment of its own: no time passes in it, and nothing is appended to its input.</summary>
    public static Task<ServiceRooms> RecomputeAsync(
        ServiceSettings settings, ServicePlatform platform, TimeProvider time, Func<uint> salt, IProgress<RecoveryProgress> progress, CancellationToken cancellation)
    {
        var options = PipelineMapping.Options(settings);
        options.MayBeUnfinished = true;
        return OpenAsync(settings, platform, time, options, salt, progress, cancellation);
    }

    private static async Task<ServiceRooms> OpenAsync(
        ServiceSettings settings,
        ServicePlatform platform,
        TimeProvider time,
        PipelineOptions options,
        Func<uint> salt,
        IProgress<RecoveryProgress>? progress,
        CancellationToken cancellation)
    {
        // Before the pipeline, so that no measurement of the recovery is missed.
        var prometheus = new PrometheusExporter(platform.Meters);
        try
        {
            var pipeline = await TrafficPipeline.OpenAsync(
                options, PhysicalFileSystem.Instance, time, salt, platform.Meters, platform.Loggers, progress, cancellation);
            return Compose(settings, platform, time, pipeline, prometheus, isRecomputed: options.MayBeUnfinished);
        }
        catch
        {
            prometheus.Dispose();
            throw;
        }
    }

    /// <summary>Where the embedded store lies.</summary>
    public static string StoreDirectory(ServiceSettings settings) => settings.Sqlite.Directory.Length > 0
        ? Path.GetFullPath(settings.Sqlite.Directory)
        : Path.Combine(Path.GetFullPath(settings.Data.Directory), "sqlite");

    public static SqliteHistory OpenHistory(ServiceSettings settings, TimeProvider time, Action<string>? onDamaged) => new(
        StoreDirectory(settings), settings.Sqlite, settings.Windows.Length.Select(l => (long)l.TotalMilliseconds), settings.Service.ToRules(), time, onDamaged);

    public void AddTo(IServiceCollection services, ServiceSettings settings, TimeProvider time)
    {
        services.AddSingleton(time);
        services.AddSingleton(Pipeline);
        services.AddSingleton<IFlowHistory>(History);
        services.AddSingleton<IBoardHistory>(History);
        services.AddSingleton<ICityHistory>(History);
        services.AddSingleton(Prometheus);
        services.AddSingleton(City);
        services.AddSingleton(Readiness);
        services.AddSingleton(Sinks);
        services.AddSingleton(new WindowLengthsInUse([.. settings.Windows.Length.Select(l => (long)l.TotalMilliseconds).Order()]));
    }

    public void Start()
    {
        Pipeline.Start();
        StartReaders();
    }

    /// <summary>Starts what reads the output, and lets no time pass in the pipeline.</summary>
    public void StartReaders()
    {
        Index.Start();
        Sinks.Start();
    }

    /// <summary>
    /// Delivers what the pipeline has made so far, as far as the time allows for all of that together, then closes the pipeline behind it. What is left
    /// is on disk, and is said.
    /// </summary>
    public async Task StopAsync(TimeSpan flush, TimeProvider time, ILogger logger)
    {
        using var limit = new CancellationTokenSource(flush, time);
        if (!Pipeline.Health.IsFaulted)
        {
            try
            {
                await Pipeline.SettleAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                HostLog.StopUnapplied(logger, Pipeline.Input.DurableEnd - Pipeline.AppliedPosition);
            }
        }

        await Index.StopAsync(limit.Token);
        await Sinks.StopAsync(limit.Token);
        foreach (var sink in Sinks.Sinks.Where(sink => sink.Cursor < Pipeline.Output.DurableEnd))
        {
            HostLog.StopUndelivered(logger, sink.Name, Pipeline.Output.DurableEnd - sink.Cursor, sink.Trouble ?? "it is busy");
        }

        await Pipeline.StopAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await Index.DisposeAsync();
        await Sinks.DisposeAsync();
        History.Dispose();
        await Pipeline.DisposeAsync();
        Prometheus.Dispose();
    }

    private static ServiceRooms Compose(
        ServiceSettings settings, ServicePlatform platform, TimeProvider time, TrafficPipeline pipeline, PrometheusExporter prometheus, bool isRecomputed)
    {
        var output = new PipelineOutput(pipeline.Output);
        var metrics = new StorageMetrics(platform.Meters);
        var directory = StoreDirectory(settings);
        Directory.CreateDirectory(directory);
        var sqlite = new SqliteSink(directory, settings.Sqlite, output, time, metrics, platform.Logger<SqliteSink>());
        List<BoundedSink> bounded = [new(sqlite, Backlog(settings, settings.Sqlite.MaxBacklog), "it will be missing in the embedded store")];
        var influx = settings.Influx.Url.Length == 0 ? null : OpenInflux(settings, output, sqlite, time, metrics, platform);
        if (influx is not null)
        {
            bounded.Add(new BoundedSink(influx, Backlog(settings, settings.Influx.MaxBacklog), "it will be refilled from the embedded store"));
        }

        var sinks = new SinkSet(pipeline.Output, bounded, time, metrics, platform.Logger<SinkSet>());
        var index = new CityIndexWorker(
            settings.City, pipeline, Path.Combine(Path.GetFullPath(settings.Data.Directory), "city"), PhysicalFileSystem.Instance, time, platform.Meters, platform.Logger<CityIndexWorker>())
        {
            IsNew = isRecomputed || pipeline.Output.DurableEnd == 0,
        };
        return new ServiceRooms(pipeline, index, sinks, OpenHistory(settings, time, sqlite.Suspect), influx, prometheus);
    }

    // A fifth of the disk: input, state and store need the rest.
    private static long Backlog(ServiceSettings settings, long configured) =>
        configured > 0 ? configured : new DriveInfo(Path.GetFullPath(settings.Data.Directory)).TotalSize / 5;

    private static InfluxSink OpenInflux(
        ServiceSettings settings, PipelineOutput output, SqliteSink sqlite, TimeProvider time, StorageMetrics metrics, ServicePlatform platform)
    {
        var directory = Path.Combine(Path.GetFullPath(settings.Data.Directory), "influx");
        var cursor = new CursorFile(directory, "influx", PhysicalFileSystem.Instance);

        // Jitter only: that a thousand services do not retry in step.
        var random = new Random(RandomNumberGenerator.GetInt32(int.MaxValue));
        var refill = new SinkRefill(
            new SqliteRefill(StoreDirectory(settings), () => sqlite.Cursor, sqlite.Suspect), new CursorFile(directory, "influx-received", PhysicalFileSystem.Instance));
        return new InfluxSink(settings.Influx, directory, output, cursor, time, random, metrics, platform.Logger<InfluxSink>(), refill);
    }
}
