using System.Security.Cryptography;
using TrafficCore.Host.Configuration;
using TrafficCore.Host.Ingress;
using TrafficCore.Host.Security;
using TrafficCore.Host.Security.Access;
using TrafficCore.Host.Upstream;
using TrafficCore.Log;
using TrafficCore.Mqtt.Broker;
using TrafficCore.Mqtt.Wire;
using TrafficCore.Pipeline;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.Traffic.Network;

namespace TrafficCore.Host.Composition;

/// <summary>
/// Where devices come in: the service's own broker, an existing one that it is a client of, the ingress that gives their messages meaning, and the notices that go
/// back.
/// </summary>
/// <remarks>Ownership: the service starts and stops it; the broker is thread-safe.</remarks>
internal sealed class Door : IAsyncDisposable
{
    private readonly IngressMetrics metrics;
    private readonly UpstreamMetrics upstreamMetrics;
    private readonly DeviceNotifier notifier;
    private readonly NetworkSource network;
    private readonly SessionJournal journal;
    private readonly ClockWatch clockWatch;

    public Door(ServiceSettings settings, TrafficPipeline pipeline, SecurityService security, TimeProvider time, ServicePlatform platform)
    {
        metrics = new IngressMetrics(platform.Meters);
        upstreamMetrics = new UpstreamMetrics(platform.Meters);

        // Broker and ingress need each other: notices are published by the broker that is made a line later.
        notifier = new DeviceNotifier(PublishAsync, platform.Logger<DeviceNotifier>());
        var log = new GroupCommitInputLog(pipeline.Input);
        var options = Options(settings);
        Ingress = new MqttIngress(pipeline.Devices, log, pipeline.Clock, options, metrics, platform.Logger<MqttIngress>(), notifier);
        clockWatch = new ClockWatch(Ingress.Guard, pipeline.Clock, time);
        Earlier = MqttIngress.ForEarlier(pipeline.Devices, log, pipeline.Clock, options, metrics, platform.Logger<MqttIngress>());
        network = new NetworkSource(
            settings.Network.File, pipeline.Devices, log, pipeline.Clock, time, options, platform.Logger<NetworkSource>(), IsTimeZone);
        journal = SessionJournal.Open(
            Path.Combine(Path.GetFullPath(settings.Data.Directory), "sessions"), PhysicalFileSystem.Instance, time, PipelineMapping.NewSalt,
            platform.Logger<SessionJournal>(), platform.Meters);
        Broker = new MqttBroker(
            settings.Mqtt, Ingress, new AccountAuthenticator(() => security.Source.Current, security.Passwords, settings.MqttOpenTo),
            new AccountAccess(() => security.Source.Current, settings.Mqtt.TopicRoot), time, platform.Meters, platform.Loggers, journal);
        security.Source.Changed += Broker.RecheckAccess;
        foreach (var client in pipeline.ReceivedPackets.ClientIds)
        {
            Broker.RestoreReceivedPackets(client, pipeline.ReceivedPackets.Find(client));
        }

        if (settings.Upstream.IsUsed)
        {
            // Jitter only: that services that share a broker do not come back in step.
            var random = new Random(RandomNumberGenerator.GetInt32(int.MaxValue));
            Upstream = new UpstreamService(settings, plan => new MqttUpstreamClient(plan, time, random), Ingress, upstreamMetrics, time, platform);
        }
    }

    public MqttBroker Broker { get; }

    /// <summary>Judges what devices send.</summary>
    public MqttIngress Ingress { get; }

    /// <summary>Judges what they sent earlier, for the time when it was received.</summary>
    public MqttIngress Earlier { get; }

    /// <summary>The existing broker that the service is a client of; null without one. Started when everything behind the door is ready.</summary>
    public UpstreamService? Upstream { get; }

    /// <summary>What is wrong with the network file as it is now; empty while it is in force.</summary>
    public IReadOnlyList<NetworkError> NetworkErrors => network.Errors;

    /// <summary>Whether the system knows a time zone of the network file.</summary>
    public static bool IsTimeZone(string id) => TimeZoneInfo.TryFindSystemTimeZoneById(id, out _);

    /// <summary>What the door judges by, from the sections that the contract names.</summary>
    public static IngressOptions Options(ServiceSettings settings) => new()
    {
        TopicRoot = settings.Mqtt.TopicRoot,
        MaxAge = settings.Ingest.MaxAge,
        MaxAhead = settings.Ingest.MaxAhead,
        MaxSkew = settings.Ingest.MaxSkew,
        MaxInterval = settings.Windows.Length.Max(),
        Open = settings.Network.IsOpen,
        MaxLearned = settings.Network.MaxLearned,
    };

    /// <summary>Puts the network file in force, before the first device is judged by it, and begins to watch it.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        await network.LoadAsync(cancellation);
        network.Watch();
        clockWatch.Start();
        Broker.Start();
    }

    public async Task StopAsync(CancellationToken limit)
    {
        await Task.WhenAll(Broker.StopAsync(limit), Upstream?.StopAsync(limit) ?? Task.CompletedTask);
        await network.DisposeAsync();
        clockWatch.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        clockWatch.Dispose();
        await notifier.DisposeAsync();
        await Broker.DisposeAsync();
        await journal.DisposeAsync();
        if (Upstream is not null)
        {
            await Upstream.DisposeAsync();
        }

        metrics.Dispose();
        upstreamMetrics.Dispose();
    }

    // Where the device is connected is not known here; where it is not, nobody listens.
    private async ValueTask PublishAsync(string topic, ReadOnlyMemory<byte> payload)
    {
        await Broker.PublishAsync(topic, payload, QualityOfService.AtMostOnce);
        if (Upstream is not null)
        {
            await Upstream.NotifyAsync(topic, payload);
        }
    }
}
