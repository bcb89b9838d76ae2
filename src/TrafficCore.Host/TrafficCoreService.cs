using System.Net;
using System.Reflection;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using OpenTelemetry;
using TrafficCore.Boards.Delivery;
using TrafficCore.Host.Boards;
using TrafficCore.Host.Composition;
using TrafficCore.Host.Configuration;
using TrafficCore.Host.Live;
using TrafficCore.Host.Requeue;
using TrafficCore.Host.Security;
using TrafficCore.Host.Security.Audit;
using TrafficCore.Host.Security.Http;
using TrafficCore.Host.Telemetry;
using TrafficCore.Log;
using TrafficCore.Mqtt.Broker;
using TrafficCore.Storage.Influx;
using TrafficCore.Storage.Sqlite;
using TrafficCore.Traffic.Network;

namespace TrafficCore.Host;

/// <summary>The whole service in this process: recovered, listening, and stopped in order.</summary>
/// <remarks>Ownership: whoever started it stops it, once. The properties may be read from any thread.</remarks>
public sealed class TrafficCoreService : IAsyncDisposable
{
    private readonly ServiceSettings settings;
    private readonly TimeProvider time;
    private readonly ServicePlatform platform;
    private readonly ServiceRooms rooms;
    private readonly SecurityService security;
    private readonly AuditLog audit;
    private readonly Door door;
    private readonly BoardService boards;
    private readonly RequeueJournal requeued;
    private readonly RequeueDesk requeue;
    private readonly NetworkFollower follower;
    private readonly OpenTelemetrySdk? telemetry;
    private readonly WebApplication http;
    private readonly LiveFeed live;
    private readonly MqttListener? mqtt;
    private readonly MqttListener? mqttTls;
    private readonly ILogger logger;
    private bool stopped;
    private bool disposed;

    private TrafficCoreService(ServiceSettings settings, MqttTls? tls, TimeProvider time, ServicePlatform platform, ServiceRooms rooms)
    {
        this.settings = settings;
        this.time = time;
        this.platform = platform;
        this.rooms = rooms;
        logger = platform.Logger<TrafficCoreService>();
        telemetry = settings.Telemetry.OtlpEndpoint is { } endpoint ? OpenTelemetryExport.Start(endpoint, Version) : null;
        security = new SecurityService(settings.Security, tls, time, platform);
        audit = new AuditLog(Path.Combine(Path.GetFullPath(settings.Data.Directory), "audit"), settings.Security.AuditKeep, time, platform.Logger<AuditLog>());
        security.Observe(audit);
        door = new Door(settings, rooms.Pipeline, security, time, platform);
        var channel = new BrokerBoardChannel(door.Broker, door.Upstream, settings.Mqtt.TopicRoot, time, hasClock: settings.Boards.MaxInputAge is not null);
        var store = new BoardStore(Path.Combine(Path.GetFullPath(settings.Data.Directory), "boards"), PhysicalFileSystem.Instance, platform.Logger<BoardStore>());
        var worker = new BoardWorker(
            settings.Boards, new PipelineWindows(rooms.Pipeline.Output), new OutputBoardLog(rooms.Pipeline.Boards), channel, store, time, platform.Meters, platform.Logger<BoardWorker>());
        boards = new BoardService(worker, door.Broker, settings, time, platform.Logger<RulesSource>());
        rooms.Readiness.Watch(() => door.NetworkErrors, () => boards.RuleErrors, () => security.Source.Errors);
        rooms.Readiness.Watch(door.Ingress);
        requeued = new RequeueJournal(ServiceRooms.StoreDirectory(settings), settings.Sqlite.KeepQuarantine, time);
        requeue = new RequeueDesk(door.Earlier, settings.Mqtt.TopicRoot, rooms.History, requeued, time, platform.Logger<RequeueDesk>());
        rooms.Readiness.Watch(door.Upstream, only: !settings.Upstream.Listen);
        follower = new NetworkFollower(rooms.Pipeline.Networks, time, OnNetwork);
        http = HttpService.Build(
            settings.Http,
            platform,
            services =>
            {
                services.AddHttpSecurity(settings, security, audit);
                rooms.AddTo(services, settings, time);
                services.AddSingleton(worker);
                services.AddSingleton(settings.Live);
                services.AddSingleton<LiveFeed>();
                services.AddSingleton(door.Ingress);
                services.AddSingleton(requeue);
                services.AddSingleton(settings.Boards);
                if (settings.Upstream.Listen)
                {
                    services.AddSingleton(door.Broker);
                }
            },
            listen => HttpEndPoint = () => listen.IPEndPoint!);
        live = http.Services.GetRequiredService<LiveFeed>();

        if (!settings.Upstream.Listen)
        {
            return;
        }

        mqtt = new MqttListener(
            settings.MqttListen, listen => listen.UseMqtt(), http.Services, platform.Loggers);
        if (tls is not null)
        {
            mqttTls = new MqttListener(
                settings.MqttTlsListen!.Value,
                listen => listen.UseMqtt(plain => plain.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(tls.Handshake) })),
                http.Services,
                platform.Loggers);
        }
    }

    /// <summary>Version of the program.</summary>
    public static string Version { get; } =
        typeof(TrafficCoreService).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>Where MQTT listens, with the real port.</summary>
    /// <exception cref="InvalidOperationException">The own listener is switched off.</exception>
    public IPEndPoint Mqtt => mqtt?.EndPoint ?? throw new InvalidOperationException("Mqtt:Listen is false.");

    /// <summary>Where MQTT listens, as text; <c>none</c> when the own listener is switched off.</summary>
    public string MqttAddress => mqtt?.EndPoint.ToString() ?? "none";

    /// <summary>Where MQTT over TLS listens, with the real port; null without a certificate.</summary>
    public IPEndPoint? MqttTls => mqttTls?.EndPoint;

    /// <summary>Where HTTP listens, with the real port.</summary>
    public IPEndPoint Http => HttpEndPoint();

    private Func<IPEndPoint> HttpEndPoint { get; set; } = () => throw new InvalidOperationException("Not listening yet.");

    /// <summary>Recovers the data directory, starts every part and listens.</summary>
    /// <param name="settings">Valid settings.</param>
    /// <param name="time">Clock and timers of everything.</param>
    /// <param name="logging">Where it logs; default: single lines on standard error.</param>
    /// <param name="cancellation">Gives up a start that is under way.</param>
    /// <exception cref="Pipeline.DataDirectoryException">The data directory cannot be made, or may not be written.</exception>
    /// <exception cref="IOException">The data directory is in use, the disk fails, or a listener cannot be opened.</exception>
    /// <exception cref="InvalidDataException">A file for TLS cannot be used.</exception>
    public static async Task<TrafficCoreService> StartAsync(
        ServiceSettings settings, TimeProvider time, Action<ILoggingBuilder>? logging = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ServicePlatform.PrepareSockets();
        var tls = ReadTls(settings);
        var platform = ServicePlatform.Create(settings.Configuration, time, logging);
        ServiceRooms rooms;
        try
        {
            rooms = await ServiceRooms.OpenAsync(settings, platform, time, cancellation);
        }
        catch
        {
            await platform.DisposeAsync();
            throw;
        }

        var service = new TrafficCoreService(settings, tls, time, platform, rooms);
        try
        {
            await service.StartAsync(cancellation);
            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until the token is cancelled or a part of the service fails for good; true when one failed.</summary>
    public async Task<bool> WaitAsync(CancellationToken cancellation)
    {
        var asked = Task.Delay(Timeout.InfiniteTimeSpan, time, cancellation);
        if (await Task.WhenAny(rooms.Pipeline.Health.Faulted, asked) == asked)
        {
            return false;
        }

        var fault = await rooms.Pipeline.Health.Faulted;
        HostLog.Faulted(logger, fault.Exception, fault.Component);
        return true;
    }

    /// <summary>
    /// Stops in the order of the flow: no new messages, what was taken is committed and acknowledged, windows that are due leave for the
    /// databases as far as <see cref="StopSettings.Flush"/> allows, a snapshot. No window is closed by it.
    /// </summary>
    /// <param name="why">For the log.</param>
    public async Task StopAsync(string why)
    {
        if (stopped)
        {
            return;
        }

        stopped = true;
        HostLog.Stopping(logger, why);
        var sequence = new StopSequence(time, logger);
        using var limit = new CancellationTokenSource(settings.Stop.Connections, time);
        var listening = Task.WhenAll(mqtt?.StopAsync(limit.Token) ?? Task.CompletedTask, mqttTls?.StopAsync(limit.Token) ?? Task.CompletedTask);
        await sequence.RunAsync("MQTT connections", () => door.StopAsync(limit.Token));
        await sequence.RunAsync("the MQTT listener", () => listening);
        await sequence.RunAsync("the network follower", async () => await follower.DisposeAsync());
        await sequence.RunAsync("boards", async () => await boards.DisposeAsync());
        await sequence.RunAsync("the live feed", live.StopAsync);
        await sequence.RunAsync("HTTP", () => http.StopAsync(limit.Token));
        await sequence.RunAsync("the pipeline", () => rooms.StopAsync(settings.Stop.Flush, time, logger));
        sequence.Complete();
    }

    /// <summary>Stops, if that was not done, and closes everything.</summary>
    public async ValueTask DisposeAsync()
    {
        if (disposed)
        {
            return;
        }

        disposed = true;
        await StopAsync("disposed");
        if (mqtt is not null)
        {
            await mqtt.DisposeAsync();
        }

        if (mqttTls is not null)
        {
            await mqttTls.DisposeAsync();
        }

        await http.DisposeAsync();
        audit.Dispose();
        requeue.Dispose();
        requeued.Dispose();
        await door.DisposeAsync();
        await security.DisposeAsync();
        await rooms.DisposeAsync();
        telemetry?.Dispose();
        await platform.DisposeAsync();
    }

    private async Task StartAsync(CancellationToken cancellation)
    {
        rooms.Start();
        security.Start();
        await door.StartAsync(cancellation);

        // A start leaves the file of the network several times over, as text, records and trees: for a city more than it will hold, in the oldest
        // generation, which nothing would look at for minutes. No device is waiting yet.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
        follower.Start();
        boards.Start();
        live.Start();
        await door.Broker.PublishKeptWillsAsync();
        await Listening.StartAsync("Http", settings.Http.Listen, () => http.StartAsync(cancellation));
        if (mqtt is not null)
        {
            await Listening.StartAsync("Mqtt", settings.MqttListen, () => mqtt.StartAsync(cancellation));
        }

        if (mqttTls is not null)
        {
            await Listening.StartAsync("Mqtt", settings.MqttTlsListen!.Value, () => mqttTls.StartAsync(cancellation), "Tls");
        }

        door.Upstream?.Start((topic, payload) => boards.Hear(Encoding.UTF8.GetString(topic), payload));
        DescriptorLimit.Check(settings, logger);
        HostLog.Started(logger, Version, settings.Data.Directory, MqttAddress, Http.ToString());
    }

    private static MqttTls? ReadTls(ServiceSettings settings)
    {
        if (settings.MqttTlsListen is null)
        {
            return null;
        }

        var (tls, wrong) = Composition.MqttTls.Read(settings.MqttTls);
        return tls ?? throw new InvalidDataException(wrong!.ToString());
    }

    private void OnNetwork(RoadNetwork network)
    {
        boards.Configure(network);
        rooms.Influx?.Publish([.. network.Intersections.Select(i => new IntersectionInfo(i.Id, i.Name, i.Lon, i.Lat))]);
    }
}
