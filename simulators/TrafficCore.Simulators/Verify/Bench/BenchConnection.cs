using System.Buffers;
using System.Net.Sockets;
using System.Text;
using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Simulators.Verify;

/// <summary>One connection to the bench.</summary>
/// <remarks>Ownership: its reading loop; <see cref="DeliverAsync"/> and <see cref="Drop"/> may be called from any thread. Writes take turns.</remarks>
internal sealed class BenchConnection(BenchServer server, BenchRecord record, Stream stream, int number, bool isTls) : IDisposable
{
    /// <summary>Far above any payload of the contract.</summary>
    private const int MaxPacketSize = 1024 * 1024;

    private static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly FrameBuffer _incoming = new(stream, MaxPacketSize);
    private ConnectFacts? _facts;
    private bool _isPolite;
    private volatile bool _isDropped;

    /// <summary>Number of the connection.</summary>
    public int Number => number;

    /// <summary>Who it is; empty before CONNECT.</summary>
    public string ClientId => _facts?.ClientId ?? "";

    /// <summary>What is kept of it; null before CONNECT.</summary>
    public BenchSession? Session { get; private set; }

    private MqttVersion Version => _facts!.Version;

    /// <summary>Serves the device until the end of the connection.</summary>
    public async Task RunAsync()
    {
        var (end, words) = (DeviceEnd.Lost, "the device closed the connection");
        try
        {
            if (await ConnectAsync())
            {
                await ServeAsync();
            }
        }
        catch (MqttProtocolException e)
        {
            (end, words) = (DeviceEnd.BrokeProtocol, $"{e.Message} ({e.Reason})");
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            words = e.Message;
        }

        if (Session is null)
        {
            record.Add(at => new ConnectRefused(at, number, end == DeviceEnd.BrokeProtocol ? words : "it closed the connection without CONNECT"));
            return;
        }

        server.Leave(this, Session);
        end = _isDropped ? DeviceEnd.Dropped : _isPolite ? DeviceEnd.Polite : end;
        record.Add(at => new DeviceGone(at, number, end, words));
    }

    /// <summary>Ends the connection without a word.</summary>
    public void Drop()
    {
        _isDropped = true;
        stream.Dispose();
    }

    /// <summary>Sends a message, at QoS 1 at most.</summary>
    public async Task DeliverAsync(string topic, ReadOnlyMemory<byte> payload, QualityOfService qos, bool retain)
    {
        var granted = qos == QualityOfService.AtMostOnce ? qos : QualityOfService.AtLeastOnce;
        var id = granted == QualityOfService.AtMostOnce ? (ushort)0 : server.NextId(Session!);
        record.Add(at => new BenchDelivered(at, number, topic, payload, id));
        await WriteAsync(output => MqttEncoder.Publish(output, Version, Encoding.UTF8.GetBytes(topic), payload.Span, granted, id, retain));
    }

    public void Dispose() => _turn.Dispose();

    private async Task<bool> ConnectAsync()
    {
        using var limit = new CancellationTokenSource(ConnectWithin);
        while (true)
        {
            if (TryTakeConnect() is { } facts)
            {
                (Session, var isPresent) = server.Join(this, _facts = facts);
                _facts = facts with { IsTls = isTls, SessionPresent = isPresent };
                record.Add(at => new DeviceConnected(at, number, _facts));
                await WriteAsync(output => Connack(output, isPresent));
                return true;
            }

            try
            {
                if (!await _incoming.FillAsync(limit.Token))
                {
                    return false;
                }
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }
    }

    private ConnectFacts? TryTakeConnect()
    {
        if (!_incoming.TryTake(out var header, out var body))
        {
            return null;
        }

        return header.Type == PacketType.Connect
            ? ConnectFacts.Of(ConnectView.Decode(body))
            : throw new MqttProtocolException(ReasonCode.ProtocolError, $"The first packet is {header.Type} and not CONNECT"); // [MQTT-3.1.0-1]
    }

    /// <summary>A client without a name gets one, so that 5.0 keeps the rules [MQTT-3.1.3-7]; the check on client ids tells the rest.</summary>
    private void Connack(IBufferWriter<byte> output, bool isPresent)
    {
        var properties = new PropertyBuilder(stackalloc byte[64]);
        if (ClientId.Length == 0)
        {
            properties.Add(PropertyId.AssignedClientIdentifier, Encoding.UTF8.GetBytes($"bench-{number}"));
        }

        MqttEncoder.Connack(output, Version, isPresent, ReasonCode.Success, properties.Written);
    }

    private async Task ServeAsync()
    {
        do
        {
            while (await TakeAsync())
            {
                if (_isPolite)
                {
                    return;
                }
            }
        }
        while (await _incoming.FillAsync(CancellationToken.None));
    }

    /// <summary>Handles the next whole packet; false when there is none.</summary>
    private async ValueTask<bool> TakeAsync()
    {
        var output = new ArrayBufferWriter<byte>();
        var kept = new List<(string Topic, ReadOnlyMemory<byte> Payload, QualityOfService QoS)>();
        if (!TryHandle(output, kept))
        {
            return false;
        }

        if (output.WrittenCount > 0)
        {
            await WriteAsync(target => target.Write(output.WrittenSpan));
        }

        foreach (var (topic, payload, qos) in kept)
        {
            await DeliverAsync(topic, payload, qos, retain: true);
        }

        return true;
    }

    private bool TryHandle(ArrayBufferWriter<byte> output, List<(string Topic, ReadOnlyMemory<byte> Payload, QualityOfService QoS)> kept)
    {
        if (!_incoming.TryTake(out var header, out var body))
        {
            return false;
        }

        switch (header.Type)
        {
            case PacketType.Publish:
                OnPublish(PublishView.Decode(header.First, body, Version), output);
                break;
            case PacketType.Puback:
                var answer = AckView.Decode(header.Type, body, Version);
                var id = answer.PacketId;
                record.Add(at => new DeliveryAnswered(at, number, id));
                break;
            case PacketType.Pubrel:
                var release = AckView.Decode(header.Type, body, Version);
                Session!.Received.Remove(release.PacketId);
                MqttEncoder.Ack(output, PacketType.Pubcomp, Version, release.PacketId);
                record.Add(at => new DevicePinged(at, number));
                break;
            case PacketType.Subscribe:
                OnSubscribe(SubscribeView.Decode(body, Version), output, kept);
                break;
            case PacketType.Unsubscribe:
                OnUnsubscribe(UnsubscribeView.Decode(body, Version), output);
                break;
            case PacketType.Pingreq:
                record.Add(at => new DevicePinged(at, number));
                MqttEncoder.Pingresp(output);
                break;
            case PacketType.Disconnect:
                _isPolite = true;
                break;
            default:
                throw new MqttProtocolException(ReasonCode.ProtocolError, $"A server does not expect {header.Type}");
        }

        return true;
    }

    private void OnPublish(in PublishView publish, ArrayBufferWriter<byte> output)
    {
        if (publish.TopicAlias != 0)
        {
            throw new MqttProtocolException(ReasonCode.TopicAliasInvalid, "A topic alias, which the bench does not offer"); // [MQTT-3.3.2-9]
        }

        var (topic, payload, id) = (Encoding.UTF8.GetString(publish.Topic), publish.Payload.ToArray(), publish.PacketId);
        var (qos, retain, duplicate) = (publish.QoS, publish.Retain, publish.Duplicate);
        var isAnswered = qos != QualityOfService.AtMostOnce && server.Acknowledges;

        // A QoS 2 message that comes again before its release is the same one [MQTT-4.3.3-10].
        var isNew = qos != QualityOfService.ExactlyOnce || !isAnswered || Session!.Received.Add(id);
        if (isNew)
        {
            record.Add(at => new DevicePublished(at, number, topic, payload, qos, retain, duplicate, id, isAnswered));
        }

        if (isAnswered)
        {
            MqttEncoder.Ack(output, qos == QualityOfService.AtLeastOnce ? PacketType.Puback : PacketType.Pubrec, Version, id);
        }
    }

    private void OnSubscribe(SubscribeView subscribe, ArrayBufferWriter<byte> output, List<(string Topic, ReadOnlyMemory<byte> Payload, QualityOfService QoS)> kept)
    {
        var reasons = new List<ReasonCode>();
        while (subscribe.Read())
        {
            var (filter, qos) = (Encoding.UTF8.GetString(subscribe.Filter), subscribe.Options.QoS);
            record.Add(at => new DeviceSubscribed(at, number, filter, qos));
            kept.AddRange(server.Subscribe(Session!, filter, qos).Select(k => (k.Topic, k.Payload, qos)));
            reasons.Add((ReasonCode)Math.Min((byte)qos, (byte)QualityOfService.AtLeastOnce));
        }

        MqttEncoder.Suback(output, Version, subscribe.PacketId, [.. reasons]);
    }

    private void OnUnsubscribe(UnsubscribeView unsubscribe, ArrayBufferWriter<byte> output)
    {
        var reasons = new List<ReasonCode>();
        while (unsubscribe.Read())
        {
            server.Unsubscribe(Session!, Encoding.UTF8.GetString(unsubscribe.Filter));
            reasons.Add(ReasonCode.Success);
        }

        MqttEncoder.Unsuback(output, Version, unsubscribe.PacketId, [.. reasons]);
    }

    private async Task WriteAsync(Action<IBufferWriter<byte>> encode)
    {
        var output = new ArrayBufferWriter<byte>();
        encode(output);
        await _turn.WaitAsync();
        try
        {
            await stream.WriteAsync(output.WrittenMemory);
        }
        finally
        {
            _turn.Release();
        }
    }
}
