using TrafficCore.Host.Configuration;
using TrafficCore.Host.Ingress;
using TrafficCore.Mqtt.Broker;
using TrafficCore.Mqtt.Wire;
using TrafficCore.Pipeline;
using TrafficCore.Pipeline.Ingest;

namespace TrafficCore.Host.Composition;

/// <summary>Where devices come in: the broker, the ingress that gives its messages meaning, and the notices that go back.</summary>
/// <remarks>Ownership: the service starts and stops it; the broker is thread-safe.</remarks>
internal sealed class Door : IAsyncDisposable
{
    private readonly IngressMetrics metrics;
    private readonly DeviceNotifier notifier;

    public Door(ServiceSettings settings, TrafficPipeline pipeline, TimeProvider time, ServicePlatform platform)
    {
        metrics = new IngressMetrics(platform.Meters);

        // Broker and ingress need each other: notices are published by the broker that is made a line later.
        notifier = new DeviceNotifier(PublishAsync, platform.Logger<DeviceNotifier>());
        Log = new GroupCommitInputLog(pipeline.Input);
        var ingress = new MqttIngress(pipeline.Devices, Log, pipeline.Clock, Options(settings), metrics, platform.Logger<MqttIngress>(), notifier);
        Broker = new MqttBroker(
            settings.Mqtt, ingress, new AnonymousAuthenticator(), new DefaultClientAccess(settings.Mqtt.TopicRoot), time, platform.Meters, platform.Loggers);
        foreach (var client in pipeline.ReceivedPackets.ClientIds)
        {
            Broker.RestoreReceivedPackets(client, pipeline.ReceivedPackets.Find(client));
        }
    }

    public MqttBroker Broker { get; }

    public IInputLog Log { get; }

    /// <summary>What the door judges by, from the sections that the contract names.</summary>
    public static IngressOptions Options(ServiceSettings settings) => new()
    {
        TopicRoot = settings.Mqtt.TopicRoot,
        MaxAge = settings.Ingest.MaxAge,
        MaxAhead = settings.Ingest.MaxAhead,
        MaxInterval = settings.Windows.Length.Max(),
        Open = settings.Network.IsOpen,
        MaxLearned = settings.Network.MaxLearned,
    };

    public void Start() => Broker.Start();

    public Task StopAsync(CancellationToken limit) => Broker.StopAsync(limit);

    public async ValueTask DisposeAsync()
    {
        await notifier.DisposeAsync();
        await Broker.DisposeAsync();
        metrics.Dispose();
    }

    private async ValueTask PublishAsync(string topic, ReadOnlyMemory<byte> payload) =>
        await Broker.PublishAsync(topic, payload, QualityOfService.AtMostOnce);
}
