using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;
using TrafficCore.TestKit;

namespace TrafficCore.Tests.Mqtt.Client;

/// <summary>What happens for every message allocates nothing once buffers have their size.</summary>
public sealed class ClientAllocationTests
{
    private const int Rounds = 2000;
    private const int Window = 16;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Publish_FromHandOverToAcknowledgement_AllocatesNothing(int qos)
    {
        var session = new ClientSession(Options(), 100, 100_000);
        var output = new OutgoingBuffer();
        session.Attach(output, new BrokerLimits());
        var publication = ClientRig.Publication("{\"ts\":1,\"volume\":3}", qos);
        byte[] puback = [0, 0], words = [];

        Assert.Equal(0, Measure(() =>
        {
            for (var i = 0; i < Window; i++)
            {
                session.TryAddUnderLock(publication, null);
            }

            var packets = output.TakeUnderLock().Span;
            while (MqttFrame.TryRead(packets, 1 << 20, out var header) == FrameStatus.Whole)
            {
                var id = PublishView.Decode(header.First, packets.Slice(header.HeaderLength, header.BodyLength), MqttVersion.V5).PacketId;
                (puback[0], puback[1]) = ((byte)(id >> 8), (byte)id);
                session.OnAnswerUnderLock(qos == 1 ? PacketType.Puback : PacketType.Pubrec, AckView.Decode(PacketType.Puback, puback, MqttVersion.V5), output);
                if (qos == 2)
                {
                    session.OnAnswerUnderLock(PacketType.Pubcomp, AckView.Decode(PacketType.Pubcomp, puback, MqttVersion.V5), output);
                }

                packets = packets[header.TotalLength..];
            }

            output.TakeUnderLock();
            session.Finished.Raise();
        }));
        Assert.Equal(0, session.Outgoing.Count);
        Assert.Empty(words);
    }

    [Fact]
    public void Delivery_FromArrivalToAnswer_AllocatesNothing()
    {
        var session = new ClientSession(Options());
        var output = new OutgoingBuffer();
        session.Attach(output, new BrokerLimits());

        Assert.Equal(0, Measure(() =>
        {
            long last = 0;
            for (ushort id = 1; id <= Window; id++)
            {
                last = session.Incoming.Add(id, QualityOfService.AtLeastOnce);
            }

            session.AcknowledgeThrough(last);
            output.TakeUnderLock();
        }));
        Assert.Equal(0, session.Incoming.Count);
    }

    private static MqttClientOptions Options() => new() { Host = "h", ClientId = "c", OnAcknowledged = static _ => { } };

    private static long Measure(Action round)
    {
        round();
        return Allocations.Least(() =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                round();
            }
        }) / (Rounds * Window);
    }
}
