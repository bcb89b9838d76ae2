using System.Net.Sockets;
using System.Text;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

public sealed partial class MqttClient
{
    // Reading loop; the keep-alive loop only looks.
    private long _packetsReceived;
    private volatile bool _delivering;

    private async Task WriteLoopAsync()
    {
        try
        {
            while (true)
            {
                await _outgoing.WaitAsync(_stop.Token);
                bool last;
                ReadOnlyMemory<byte> bytes;
                lock (_gate)
                {
                    bytes = _outgoing.TakeUnderLock();
                    _writing = true;
                    last = _closing;
                }

                await _transport.WriteAsync(bytes, _stop.Token);
                lock (_gate)
                {
                    _writing = false;
                    PulseUnderLock();
                }

                if (last)
                {
                    _transport.FinishWriting();
                    return;
                }
            }
        }
        catch (Exception e) when (IsTransportFailure(e))
        {
            End(new MqttConnectionException($"The connection is lost: {e.Message}", null, e), lost: true);
        }
    }

    private async Task ReadLoopAsync()
    {
        try
        {
            while (true)
            {
                while (TryTake(out var message, out var packetId))
                {
                    if (message is not null)
                    {
                        await DeliverAsync(message, packetId);
                    }
                }

                if (!await _transport.Incoming.FillAsync(_stop.Token))
                {
                    End(new MqttConnectionException(IsClosing ? "The client is disconnected." : "The broker closed the connection."), lost: !IsClosing);
                    return;
                }
            }
        }
        catch (Exception e) when (IsTransportFailure(e))
        {
            End(new MqttConnectionException($"The connection is lost: {e.Message}", null, e), lost: !IsClosing);
        }
        catch (MqttProtocolException e)
        {
            End(new MqttConnectionException($"The broker broke the protocol: {e.Message}.", e.Reason, e), lost: true);
        }
        catch (Exception e)
        {
            // The broker's own DISCONNECT, or a failure of the caller's acknowledgement handler.
            End(e as MqttConnectionException ?? new MqttConnectionException($"The client failed: {e.Message}", null, e), lost: true);
        }
    }

    private bool IsClosing
    {
        get
        {
            lock (_gate)
            {
                return _closing;
            }
        }
    }

    /// <summary>Takes the next whole packet, acts on it, and hands out its message when it is one.</summary>
    private bool TryTake(out MqttMessage? message, out ushort packetId)
    {
        message = null;
        packetId = 0;
        if (!_transport.Incoming.TryTake(out var header, out var body))
        {
            return false;
        }

        Interlocked.Increment(ref _packetsReceived);
        switch (header.Type)
        {
            case PacketType.Publish:
                message = Own(PublishView.Decode(header.First, body, _options.Version), out packetId);
                break;
            case PacketType.Puback:
                OnPuback(AckView.Decode(PacketType.Puback, body, _options.Version));
                break;
            case PacketType.Suback or PacketType.Unsuback:
                OnAnswer(SubackView.Decode(header.Type, body, _options.Version));
                break;
            case PacketType.Pingresp:
                break;
            case PacketType.Disconnect when _options.Version == MqttVersion.V5:
                var reason = DisconnectView.Decode(PacketType.Disconnect, body, _options.Version).Reason;
                throw new MqttConnectionException($"The broker ended the connection: {reason}.", reason);
            default:
                throw new MqttProtocolException(ReasonCode.ProtocolError, $"A client does not expect {header.Type}");
        }

        return true;
    }

    /// <summary>Copies a delivery out of the receive buffer: here borrowed bytes end.</summary>
    private static MqttMessage Own(in PublishView publish, out ushort packetId)
    {
        if (publish.QoS == QualityOfService.ExactlyOnce || publish.Topic.IsEmpty)
        {
            // Subscriptions ask for at most QoS 1, and CONNECT allows no topic alias.
            throw new MqttProtocolException(ReasonCode.ProtocolError, "A delivery that was not asked for");
        }

        packetId = publish.PacketId;
        return new MqttMessage(Encoding.UTF8.GetString(publish.Topic), publish.Payload.ToArray(), publish.QoS, publish.Retain);
    }

    private async ValueTask DeliverAsync(MqttMessage message, ushort packetId)
    {
        if (!_messages.Writer.TryWrite(message))
        {
            _delivering = true;
            await _messages.Writer.WriteAsync(message, _stop.Token);
            _delivering = false;
        }

        if (packetId != 0)
        {
            lock (_gate)
            {
                if (_ended is null && !_closing)
                {
                    MqttEncoder.Ack(_outgoing.Filling, PacketType.Puback, _options.Version, packetId);
                    _outgoing.Signal();
                }
            }
        }
    }

    private void OnPuback(in AckView ack)
    {
        MqttPublication publication;
        TaskCompletionSource<ReasonCode>? answer;
        lock (_gate)
        {
            if (!_window.TryRemove(ack.PacketId, out publication, out answer))
            {
                throw new MqttProtocolException(ReasonCode.ProtocolError, $"PUBACK for packet {ack.PacketId}, which was not sent");
            }

            PulseUnderLock();
        }

        answer?.TrySetResult(ack.Reason);
        _options.OnAcknowledged?.Invoke(new MqttAcknowledgement(publication.Tag, ack.Reason));
    }

    private void OnAnswer(in SubackView answer)
    {
        TaskCompletionSource<ReasonCode>? request;
        lock (_gate)
        {
            if (!_requests.TryRemove(answer.PacketId, out request))
            {
                throw new MqttProtocolException(ReasonCode.ProtocolError, $"An answer to request {answer.PacketId}, which was not sent");
            }
        }

        request!.TrySetResult(answer.Count > 0 ? answer[0] : ReasonCode.Success);
    }

    private async Task KeepAliveLoopAsync()
    {
        var keepAlive = _limits.KeepAlive ?? _options.KeepAlive;
        if (keepAlive <= TimeSpan.Zero)
        {
            return;
        }

        try
        {
            // Two asks in each period: the broker hears something in time, and silence is noticed within one period.
            using var timer = new PeriodicTimer(keepAlive / 2, _options.Time);
            long? seen = null;
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                var received = Interlocked.Read(ref _packetsReceived);
                if (received == seen && !_delivering)
                {
                    End(new MqttConnectionException($"The connection is lost: no answer to a ping within {keepAlive / 2}."), lost: true);
                    return;
                }

                seen = received;
                SendPing();
            }
        }
        catch (OperationCanceledException)
        {
            // The connection ended.
        }
    }

    private void SendPing()
    {
        lock (_gate)
        {
            if (_ended is null && !_closing)
            {
                MqttEncoder.Pingreq(_outgoing.Filling);
                _outgoing.Signal();
            }
        }
    }

    private static bool IsTransportFailure(Exception e) =>
        e is IOException or SocketException or ObjectDisposedException or OperationCanceledException;
}
