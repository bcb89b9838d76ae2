using System.Buffers;
using System.Text;
using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Tests.Mqtt.Client;

/// <summary>
/// A client's session and a broker's, joined by two byte streams that the test moves packet by packet and cuts at any moment. The broker's side is
/// written from the specification and shares only the codec.
/// </summary>
internal sealed class SessionModel
{
    private readonly MqttVersion version;
    private readonly bool isManual;
    private readonly Dictionary<ushort, bool> held = []; // QoS 2 ids that the broker has received and that were not released
    private readonly List<(ushort Id, int Number, int QoS, bool IsReleased)> outbox = []; // the broker's deliveries that are not answered
    private readonly Queue<byte[]> toClient = new();
    private readonly List<long> tickets = [];
    private OutgoingBuffer? output;
    private byte[] fromClient = [];
    private ushort nextId;

    public SessionModel(MqttVersion version, bool isManual)
    {
        (this.version, this.isManual) = (version, isManual);
        Session = new ClientSession(
            new MqttClientOptions { Host = "h", ClientId = "c", Version = version, Window = 5, ReceiveMaximum = 20, OnAcknowledged = a => Acknowledged.Add((int)a.Tag) }, 1000, 100_000);
    }

    public ClientSession Session { get; }

    /// <summary>What the broker has handed on, in order; numbers of QoS 2 are even.</summary>
    public List<int> AtBroker { get; } = [];

    /// <summary>What the client's consumer got, in order; numbers of QoS 2 are even.</summary>
    public List<int> AtConsumer { get; } = [];

    public List<int> Acknowledged { get; } = [];

    public bool IsConnected => output is not null;

    public bool IsQuiet => IsConnected && outbox.Count == 0 && toClient.Count == 0 && fromClient.Length == 0 && output!.Count == 0 && Session.IsDrainedUnderLock && tickets.Count == 0;

    public override string ToString() =>
        $"at the broker {AtBroker.Count}, at the consumer {AtConsumer.Count}, outbox {string.Join(' ', outbox)}, to the client {toClient.Count}, "
        + $"from it {fromClient.Length}, in flight {Session.Outgoing.Count}, waiting {Session.Waiting.Count}, unanswered {tickets.Count}";

    public void Publish(int number)
    {
        lock (Session.Gate)
        {
            var qos = number % 2 == 0 ? QualityOfService.ExactlyOnce : QualityOfService.AtLeastOnce;
            Assert.True(Session.TryAddUnderLock(new MqttPublication("t", Encoding.ASCII.GetBytes($"{number}"), qos, Tag: number), null));
        }
    }

    public void Deliver(int number)
    {
        do
        {
            nextId = (ushort)(nextId % 30 + 1);
        }
        while (outbox.Any(d => d.Id == nextId));
        outbox.Add((nextId, number, number % 2 == 0 ? 2 : 1, false));
        if (IsConnected)
        {
            Send(outbox[^1], duplicate: false);
        }
    }

    public bool CanDeliver => outbox.Count < 20;

    public void Connect(bool keepsSession)
    {
        if (!keepsSession)
        {
            held.Clear();
            outbox.Clear();
        }

        output = new OutgoingBuffer();
        Session.Attach(output, new BrokerLimits { SessionPresent = keepsSession, ReceiveMaximum = 4 });
        foreach (var delivery in outbox)
        {
            Send(delivery, duplicate: true);
        }
    }

    /// <summary>Whatever is on its way is lost.</summary>
    public void Drop()
    {
        Session.Detach(output!);
        output = null;
        toClient.Clear();
        fromClient = [];
        if (!isManual)
        {
            tickets.Clear();
        }
    }

    /// <summary>The consumer is done with what it got first; many together, or one.</summary>
    public void Consume(int count)
    {
        count = Math.Min(count, tickets.Count);
        if (count == 1)
        {
            Session.Acknowledge(tickets[0], ReasonCode.Success);
        }
        else if (count > 1)
        {
            Session.AcknowledgeThrough(tickets[count - 1]);
        }

        tickets.RemoveRange(0, count);
    }

    /// <summary>The broker reads one packet.</summary>
    public void StepBroker()
    {
        if (fromClient.Length == 0)
        {
            fromClient = output!.TakeUnderLock().ToArray();
            Session.PumpUnderLock();
        }

        if (MqttFrame.TryRead(fromClient, 1 << 20, out var header) == FrameStatus.Whole)
        {
            OnClientPacket(header, fromClient.AsSpan(header.HeaderLength, header.BodyLength));
            fromClient = fromClient[header.TotalLength..];
        }
    }

    /// <summary>The client reads one packet.</summary>
    public void StepClient()
    {
        if (!toClient.TryPeek(out var packet))
        {
            return;
        }

        MqttFrame.TryRead(packet, 1 << 20, out var header);
        if (header.Type == PacketType.Publish && Session.Incoming.IsFull)
        {
            return;
        }

        toClient.Dequeue();
        var body = packet.AsSpan(header.HeaderLength);
        lock (Session.Gate)
        {
            if (header.Type == PacketType.Publish)
            {
                var publish = PublishView.Decode(header.First, body, version);
                var ticket = Session.Incoming.Add(publish.PacketId, publish.QoS);
                if (ticket == 0)
                {
                    Session.WriteAnswersUnderLock();
                }
                else
                {
                    AtConsumer.Add(int.Parse(Encoding.ASCII.GetString(publish.Payload)));
                    tickets.Add(ticket);
                }
            }
            else if (header.Type == PacketType.Pubrel)
            {
                Session.Incoming.Release(AckView.Decode(header.Type, body, version).PacketId, output!.Filling);
            }
            else
            {
                Session.OnAnswerUnderLock(header.Type, AckView.Decode(header.Type, body, version), output!);
            }
        }

        Session.Finished.Raise();
        if (!isManual)
        {
            Consume(1);
        }
    }

    private void OnClientPacket(in FrameHeader header, ReadOnlySpan<byte> body)
    {
        if (header.Type == PacketType.Publish)
        {
            var publish = PublishView.Decode(header.First, body, version);
            var isExact = publish.QoS == QualityOfService.ExactlyOnce;
            if (!isExact || held.TryAdd(publish.PacketId, true))
            {
                AtBroker.Add(int.Parse(Encoding.ASCII.GetString(publish.Payload)));
            }

            Answer(isExact ? PacketType.Pubrec : PacketType.Puback, publish.PacketId);
            return;
        }

        var id = AckView.Decode(header.Type, body, version).PacketId;
        var index = outbox.FindIndex(d => d.Id == id);
        switch (header.Type)
        {
            case PacketType.Pubrel:
                held.Remove(id);
                Answer(PacketType.Pubcomp, id);
                break;
            case PacketType.Pubrec:
                Assert.True(index >= 0 && outbox[index].QoS == 2);
                outbox[index] = outbox[index] with { IsReleased = true };
                Answer(PacketType.Pubrel, id);
                break;
            case PacketType.Puback or PacketType.Pubcomp:
                Assert.True(index >= 0 && outbox[index].IsReleased == (header.Type == PacketType.Pubcomp));
                outbox.RemoveAt(index);
                break;
            default:
                Assert.Fail($"The client sent {header.Type}");
                break;
        }
    }

    private void Send((ushort Id, int Number, int QoS, bool IsReleased) delivery, bool duplicate)
    {
        if (delivery.IsReleased)
        {
            Answer(PacketType.Pubrel, delivery.Id);
            return;
        }

        var buffer = new ArrayBufferWriter<byte>();
        MqttEncoder.Publish(
            buffer, version, "t"u8, Encoding.ASCII.GetBytes($"{delivery.Number}"), (QualityOfService)delivery.QoS, delivery.Id, duplicate: duplicate);
        toClient.Enqueue(buffer.WrittenSpan.ToArray());
    }

    private void Answer(PacketType type, ushort id)
    {
        var buffer = new ArrayBufferWriter<byte>();
        MqttEncoder.Ack(buffer, type, version, id);
        toClient.Enqueue(buffer.WrittenSpan.ToArray());
    }
}
