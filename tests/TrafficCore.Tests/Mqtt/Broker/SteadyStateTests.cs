using System.Buffers;
using System.Diagnostics.Metrics;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using TrafficCore.Log;
using TrafficCore.Mqtt.Broker;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Tests.Mqtt.Broker;

/// <summary>
/// A connection over pipes that run everything on the test's thread, so that its allocations can be counted: the path of a reading that nobody
/// subscribes to allocates nothing.
/// </summary>
public sealed class SteadyStateTests
{
    private const int Rounds = 500;
    private const int PerRead = 16;

    [Theory]
    [InlineData(0, MqttVersion.V311)]
    [InlineData(1, MqttVersion.V311)]
    [InlineData(1, MqttVersion.V5)]
    public async Task Publish_WithoutSubscribers_AllocatesNothing(int qos, MqttVersion version)
    {
        var inline = new PipeOptions(
            readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0, useSynchronizationContext: false);
        var toBroker = new Pipe(inline);
        var fromBroker = new Pipe(inline);
        var context = new DefaultConnectionContext("test") { Transport = new Duplex(toBroker.Reader, fromBroker.Writer) };
        using var meters = new Meters();
        await using var broker = new MqttBroker(
            new BrokerOptions(), new InstantLog(), new AnonymousAuthenticator(), new DefaultClientAccess("traffic/v1"), TimeProvider.System, meters,
            NullLoggerFactory.Instance);
        var running = broker.RunConnectionAsync(context);
        MqttEncoder.Connect(toBroker.Writer, new ConnectPacket { Version = version, ClientId = "c"u8, CleanStart = true });
        await toBroker.Writer.FlushAsync();
        Assert.True(Drain(fromBroker.Reader) > 0);
        var burst = new ArrayBufferWriter<byte>();
        for (ushort id = 1; id <= PerRead; id++)
        {
            var topic = Encoding.UTF8.GetBytes("traffic/v1/i1/detector/d" + (id % 4));
            MqttEncoder.Publish(burst, version, topic, "{\"ts\":1,\"volume\":3}"u8, (QualityOfService)qos, id);
        }

        long acknowledged = 0, allocated = long.MaxValue;
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Rounds; i++)
            {
                toBroker.Writer.Write(burst.WrittenSpan);
                await toBroker.Writer.FlushAsync();
                acknowledged += Drain(fromBroker.Reader); // not asserted here: assertions allocate
            }

            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        await toBroker.Writer.CompleteAsync();
        await running;
        Assert.Equal(0, allocated / (Rounds * PerRead));
        Assert.Equal(qos == 0 ? 0 : 4L * 3 * Rounds * PerRead, acknowledged);
        Assert.Equal(3L * Rounds * PerRead, broker.Statistics.PublishesReceived);
    }

    private static long Drain(PipeReader reader)
    {
        if (!reader.TryRead(out var result))
        {
            return 0;
        }

        var length = result.Buffer.Length;
        reader.AdvanceTo(result.Buffer.End);
        return length;
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private sealed class InstantLog : PublishSession, IPublishIngress
    {
        private long _end;

        public PublishSession OpenSession(ClientIdentity client) => this;

        public override PublishOutcome Accept(in PublishView publish) => PublishOutcome.Collected;

        public override bool TryRelease(ushort packetId) => true;

        public override void Discard()
        {
        }

        public override bool TryCommit(int acks, ICommitWaiter waiter, out long position)
        {
            position = _end += 8;
            waiter.OnCommitted(position);
            return true;
        }

        public override ValueTask WaitForRoomAsync(CancellationToken ct) => ValueTask.CompletedTask;
    }

    private sealed class Meters : IMeterFactory
    {
        private readonly List<Meter> _meters = [];

        public Meter Create(MeterOptions options)
        {
            var meter = new Meter(options);
            _meters.Add(meter);
            return meter;
        }

        public void Dispose() => _meters.ForEach(m => m.Dispose());
    }
}
