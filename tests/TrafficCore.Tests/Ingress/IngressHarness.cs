using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using TrafficCore.Host.Ingress;
using TrafficCore.Log;
using TrafficCore.Mqtt.Broker;
using TrafficCore.Mqtt.Wire;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.TestKit.Ingest;
using TrafficCore.TestKit.Storage;
using TrafficCore.Traffic.Network;

namespace TrafficCore.Tests.Ingress;

/// <summary>A door over a log in memory, with a clock that the test moves.</summary>
internal sealed class IngressHarness : IDeviceNotifier, ICommitWaiter
{
    private ushort _packetId;

    public IngressHarness(Action<IngressOptions>? configure = null, string? network = null)
    {
        var options = new IngressOptions();
        configure?.Invoke(options);
        Clock = new ServiceClock(Time, 0);
        if (network is not null)
        {
            byte[] utf8 = Encoding.UTF8.GetBytes(network);
            Assert.True(Registry.TryAppendNetwork(Log, Clock, NetworkFile.Of(utf8, RoadNetworkParser.Parse(utf8).Network!), out _));
        }

        Ingress = new MqttIngress(Registry, Log, Clock, options, new IngressMetrics(Meters), NullLogger<MqttIngress>.Instance, this);
        Session = Open("gate");
        Taken = Log.Appends.Count;
    }

    public MemoryInputLog Log { get; } = new();

    public SteppedTime Time { get; } = new();

    public ServiceClock Clock { get; }

    public DeviceRegistry Registry { get; } = new();

    public FreshMeters Meters { get; } = new();

    public MqttIngress Ingress { get; }

    public PublishSession Session { get; }

    public List<string> Notices { get; } = [];

    public int Taken { get; private set; }

    /// <summary>Now, for payloads.</summary>
    public long Now => Time.UtcMs;

    public PublishSession Open(string client) => Ingress.OpenSession(new ClientIdentity(client, null, MqttVersion.V311, null));

    public PublishOutcome Publish(string topic, string payload, QualityOfService qos = QualityOfService.AtLeastOnce) =>
        Publish(Session, topic, payload, qos);

    public PublishOutcome Publish(PublishSession session, string topic, string payload, QualityOfService qos = QualityOfService.AtLeastOnce) =>
        session.Accept(PublishView.Create(Encoding.UTF8.GetBytes(topic), Encoding.UTF8.GetBytes(payload), qos, false, qos == 0 ? (ushort)0 : ++_packetId));

    /// <summary>Commits and returns the records that were appended since the last call, as text.</summary>
    public List<string> Commit()
    {
        Assert.True(Session.TryCommit(1, this, out long position));
        Assert.Equal(Log.End, position);
        return NewRecords();
    }

    public List<string> NewRecords()
    {
        List<string> records = [.. Log.Appends.Skip(Taken).SelectMany(append => RecordText.Of(append, Log.Salt))];
        Taken = Log.Appends.Count;
        return records;
    }

    public List<string> Take(string topic, string payload)
    {
        Publish(topic, payload);
        return Commit();
    }

    public bool TryNotify(string topic, ReadOnlyMemory<byte> payload)
    {
        Notices.Add($"{topic} {Encoding.UTF8.GetString(payload.Span)}");
        return true;
    }

    public void OnCommitted(long durableEnd)
    {
    }
}
