using System.Net.Sockets;
using System.Net.WebSockets;
using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Simulators.Load;

/// <summary>One simulated device connection: sends what is due, takes the answers, and comes back when it is lost.</summary>
/// <remarks>
/// Ownership: any thread; its state is under one short lock. It speaks MQTT itself instead of through <see cref="MqttClient"/>, with the client's handshake
/// and the shared codec: a generator must cost less than what it measures, so it keeps no payloads, has no loop for writing, and sends on the thread that finds
/// something due. The other part of this class: Life.
/// </remarks>
internal sealed partial class LoadConnection : IAsyncDisposable
{
    /// <summary>Bytes that may wait for the socket before messages stay due: a few socket buffers.</summary>
    private const int MostBuffered = 256 * 1024;

    private readonly LoadRun _run;
    private readonly LoadDevices _devices;
    private readonly MqttClientOptions _client;
    private readonly QualityOfService _qos;

    // Under the lock.
    private readonly Lock _gate = new();
    private readonly InFlightMessages _inFlight;
    private Queue<LoadMessage> _resend = new();
    private LoadCounts _counts;
    private LoadCursor _cursor;
    private LoadMessage _repeat;
    private ClientTransport? _transport;
    private FrameBuffer? _incoming;
    private SendingBytes? _sending;
    private int _window;
    private long _pingAfter;
    private long _lastSent;
    private bool _isStopped;
    private bool _isClosing;
    private bool _isDropped;

    public LoadConnection(LoadRun run, int index)
    {
        var options = run.Options;
        _run = run;
        _qos = (QualityOfService)options.Qos;
        _devices = new LoadDevices(run.Layout, options.Mix, index);
        _inFlight = new InFlightMessages(options.Window);
        _cursor = new LoadCursor(run.Schedule, index);
        _jitter = new Random(index);
        _client = options.Broker.Options($"{options.Prefix}-{Environment.ProcessId}-{index}") with
        {
            Version = options.Version,
            KeepAlive = KeepAlive,
            ConnectTimeout = ConnectTimeout,
            Time = run.Time,
        };
    }

    /// <summary>What has become of its messages so far.</summary>
    public LoadCounts Counts
    {
        get
        {
            lock (_gate)
            {
                return _counts;
            }
        }
    }

    /// <summary>Everything is sent and answered; at QoS 0 written.</summary>
    public bool IsDone
    {
        get
        {
            lock (_gate)
            {
                return (_isStopped || (_cursor.NextAt == long.MaxValue && _repeat.Unit is null)) && _resend.Count == 0 && _inFlight.Count == 0 && _sending is { IsEmpty: true };
            }
        }
    }

    /// <summary>Sends every message that is due and for which there is room; the rest stays due.</summary>
    public void Pump()
    {
        lock (_gate)
        {
            PumpUnderLock(_run.Clock.Nanoseconds);
        }
    }

    /// <summary>Begins no more messages; what was sent still gets its answer.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _isStopped = true;
        }
    }

    /// <summary>Keeps the connection alive while nothing is due.</summary>
    public void PingWhenIdle(long now)
    {
        lock (_gate)
        {
            if (_sending is not null && now - _lastSent > _pingAfter)
            {
                _lastSent = now;
                MqttEncoder.Pingreq(_sending.Filling);
                FlushUnderLock();
            }
        }
    }

    private void PumpUnderLock(long now)
    {
        while (_sending is { } sending && sending.Count < MostBuffered
            && (_qos == QualityOfService.AtMostOnce || _inFlight.HasRoom(_window)) && TryTakeUnderLock(now, out var message))
        {
            _counts.LastAt = _lastSent = now;
            var id = _qos == QualityOfService.AtMostOnce ? (ushort)0 : _inFlight.Add(message);
            MqttEncoder.Publish(sending.Filling, _client.Version, message.Unit.Topic.Span, _run.Payload.Write(message), _qos, id);
        }

        FlushUnderLock();
    }

    private bool TryTakeUnderLock(long now, out LoadMessage message)
    {
        if (_resend.TryDequeue(out message))
        {
            _counts.Resent++;
            _counts.ItemsResent += message.Unit.Items;
            return true;
        }

        if (_isStopped)
        {
            return false;
        }

        if (_repeat.Unit is not null)
        {
            (message, _repeat) = (_repeat, default);
            _counts.Repeats++;
            _counts.ItemsRepeated += message.Unit.Items;
            return true;
        }

        var due = _cursor.NextAt;
        if (due > now)
        {
            return false;
        }

        _cursor.Take();
        message = _devices.Next(due, _run.Clock.StartUnixMs + (due / 1_000_000));
        _repeat = _devices.RepeatsLast ? message with { IsRepeat = true } : default;
        _counts.Sent++;
        _counts.ItemsSent += message.Unit.Items;
        _counts.Volume += _qos == QualityOfService.AtMostOnce ? message.Volume : 0;
        _run.SendDelay.Add(now - due);
        return true;
    }

    private void FlushUnderLock()
    {
        try
        {
            _sending?.Flush();
        }
        catch (Exception e) when (IsLoss(e))
        {
            _transport!.Dispose(); // the reading loop sees the end
        }
    }

    /// <summary>Takes all whole packets that are there, and sends what has become possible.</summary>
    private void TakeAnswers(FrameBuffer incoming)
    {
        lock (_gate)
        {
            var now = _run.Clock.Nanoseconds;
            while (incoming.TryTake(out var header, out var body))
            {
                TakeAnswerUnderLock(header.Type, body, now);
            }

            PumpUnderLock(now);
        }
    }

    private void TakeAnswerUnderLock(PacketType type, ReadOnlySpan<byte> body, long now)
    {
        switch (type)
        {
            case PacketType.Puback or PacketType.Pubcomp:
                var answer = AckView.Decode(type, body, _client.Version);
                FinishUnderLock(answer.PacketId, type == PacketType.Puback ? answer.Reason : ReasonCode.Success, now);
                break;
            case PacketType.Pubrec:
                var received = AckView.Decode(type, body, _client.Version);
                if (received.Reason.IsError())
                {
                    FinishUnderLock(received.PacketId, received.Reason, now);
                }
                else if (_inFlight.TryRelease(received.PacketId))
                {
                    MqttEncoder.Ack(_sending!.Filling, PacketType.Pubrel, _client.Version, received.PacketId);
                }

                break;
            case PacketType.Disconnect:
                _run.Reasons.Add(DisconnectView.Decode(type, body, _client.Version).Reason);
                break;
            default:
                break; // PINGRESP; nothing was subscribed
        }
    }

    private void FinishUnderLock(ushort packetId, ReasonCode reason, long now)
    {
        if (!_inFlight.TryRemove(packetId, out var message))
        {
            throw new MqttProtocolException(ReasonCode.ProtocolError, $"An answer to packet {packetId}, which was not sent");
        }

        _counts.LastAt = now;
        _run.Latency.Add(now - message.Due);
        if (reason.IsError())
        {
            _counts.Refused++;
            _run.Reasons.Add(reason);
        }
        else
        {
            CountAcknowledgedUnderLock(message);
        }
    }

    private void CountAcknowledgedUnderLock(in LoadMessage message)
    {
        if (message.IsRepeat)
        {
            _counts.RepeatsAcknowledged++;
            return;
        }

        _counts.Acknowledged++;
        _counts.ItemsAcknowledged += message.Unit.Items;
        _counts.Volume += message.Volume;
    }

    private static bool IsLoss(Exception e) => e is IOException or SocketException or WebSocketException or ObjectDisposedException;
}
