using System.Net.Sockets;
using System.Net.WebSockets;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

public sealed partial class MqttClient
{
    // How long a peer that broke the protocol may take to read why it is left.
    private static readonly TimeSpan FarewellTimeout = TimeSpan.FromSeconds(1);

    // Reading loop; the keep-alive loop only looks.
    private long _packetsReceived;
    private bool _hasDeliveries;
    private volatile bool _isHeldBack;

    private async Task ReadLoopAsync()
    {
        try
        {
            while (await ReadOnceAsync())
            {
            }

            End(new MqttConnectionException(
                IsDisconnecting ? "The client is disconnected." : "The broker closed the connection" + (_incoming.HasRest ? " inside a packet." : ".")), lost: !IsDisconnecting);
        }
        catch (Exception e) when (IsTransportFailure(e))
        {
            End(new MqttConnectionException($"The connection is lost: {e.Message}", null, e), lost: !IsDisconnecting);
        }
        catch (MqttProtocolException e)
        {
            await SayWhyAsync(e.Reason);
            End(new MqttConnectionException($"The broker broke the protocol: {e.Message}.", e.Reason, e), lost: true);
        }
        catch (Exception e)
        {
            // The broker's own DISCONNECT, or a failure of the caller's receiver or acknowledgement handler.
            End(e as MqttConnectionException ?? new MqttConnectionException($"The client failed: {e.Message}", null, e), lost: true);
        }
    }

    /// <summary>Handles what is there, waits for whoever must take it, and reads on; false at the end of the stream.</summary>
    private async ValueTask<bool> ReadOnceAsync()
    {
        var isFull = Pass();
        _session.Finished.Raise();
        if (_hasDeliveries)
        {
            _hasDeliveries = false;
            _isHeldBack = true;
            await _receiver.FlushAsync(_stop.Token);
            _isHeldBack = false;
        }

        if (isFull)
        {
            _isHeldBack = true;
            await UntilAsync(static client => !client._session.Incoming.IsFull);
            _isHeldBack = false;
            return true;
        }

        // A broker that asks without reading our answers is not read from either; the keep-alive decides how long that may last.
        await UntilAsync(static client => client._outgoing.Count < client._options.MaxBufferedBytes);
        return await _incoming.FillAsync(_stop.Token);
    }

    /// <summary>Handles whole packets until only a part of one is left; true when the next one has to wait until the consumer is done with earlier ones.</summary>
    private bool Pass()
    {
        while (_incoming.TryTake(out var header, out var body))
        {
            Interlocked.Increment(ref _packetsReceived);
            if (header.Type != PacketType.Publish)
            {
                Handle(header, body);
            }
            else if (!TryDeliver(_aliases.Resolve(PublishView.Decode(header.First, body, _options.Version))))
            {
                _incoming.PutBack(header);
                return true;
            }
        }

        return false;
    }

    private void Handle(in FrameHeader header, ReadOnlySpan<byte> body)
    {
        switch (header.Type)
        {
            case PacketType.Puback or PacketType.Pubrec or PacketType.Pubrel or PacketType.Pubcomp:
                OnExchange(header.Type, AckView.Decode(header.Type, body, _options.Version));
                break;
            case PacketType.Suback or PacketType.Unsuback:
                OnRequestAnswer(SubackView.Decode(header.Type, body, _options.Version));
                break;
            case PacketType.Pingresp when body.IsEmpty:
                break;
            case PacketType.Disconnect when _options.Version == MqttVersion.V5:
                OnDisconnect(DisconnectView.Decode(PacketType.Disconnect, body, _options.Version));
                break;
            default:
                throw new MqttProtocolException(ReasonCode.ProtocolError, $"A client does not expect {header.Type}");
        }
    }

    /// <summary>Hands a message to its receiver; false when it cannot be taken now.</summary>
    private bool TryDeliver(in PublishView publish)
    {
        long ticket = 0;
        if (publish.QoS != QualityOfService.AtMostOnce)
        {
            lock (_session.Gate)
            {
                if (_closing)
                {
                    return true; // it can't be answered any more, so it is not taken: the broker keeps it
                }

                if (_session.Incoming.IsFull)
                {
                    return false;
                }

                ticket = _session.Incoming.Add(publish.PacketId, publish.QoS);
                if (ticket == 0)
                {
                    _session.WriteAnswersUnderLock();
                    return true;
                }
            }
        }

        _receiver.Receive(publish, ticket);
        _hasDeliveries = true;
        return true;
    }

    private void OnExchange(PacketType type, in AckView packet)
    {
        lock (_session.Gate)
        {
            if (_closing && type is (PacketType.Pubrec or PacketType.Pubrel))
            {
                return; // nothing may follow DISCONNECT [MQTT-3.14.4-2]; the next connection answers
            }

            if (type == PacketType.Pubrel)
            {
                _session.Incoming.Release(packet.PacketId, _outgoing.Filling);
            }
            else
            {
                _session.OnAnswerUnderLock(type, packet, _outgoing);
            }

            if (_outgoing.Count > 0)
            {
                _outgoing.Signal();
            }
        }
    }

    private void OnRequestAnswer(in SubackView view)
    {
        TaskCompletionSource<RequestAnswer>? answer;
        lock (_session.Gate)
        {
            if (!_requests.TryRemove(view.PacketId, out answer))
            {
                throw new MqttProtocolException(ReasonCode.ProtocolError, $"An answer to request {view.PacketId}, which was not sent");
            }
        }

        var reason = view.Count == 0 ? ReasonCode.Success : view[0];
        answer!.TrySetResult(new RequestAnswer(reason, ClientSession.Words(view.Properties)));
    }

    private static void OnDisconnect(in DisconnectView disconnect)
    {
        string? reference = null;
        var properties = disconnect.Properties;
        while (properties.Read())
        {
            reference = properties.Id == PropertyId.ServerReference ? System.Text.Encoding.UTF8.GetString(properties.Bytes) : reference;
        }

        var words = ClientSession.Words(disconnect.Properties) ?? disconnect.Reason.ToString();
        throw new MqttConnectionException($"The broker ended the connection: {words}.", disconnect.Reason) { ServerReference = reference };
    }

    private async ValueTask UntilAsync(Func<MqttClient, bool> holdsUnderLock)
    {
        while (true)
        {
            Task changed;
            lock (_session.Gate)
            {
                if (holdsUnderLock(this) || _closing || _ended is not null)
                {
                    return;
                }

                changed = _session.WhenChangedUnderLock();
            }

            await changed;
        }
    }

    /// <summary>Tells a 5.0 broker what it did wrong [MQTT-4.13.1-1], if it still reads.</summary>
    private async Task SayWhyAsync(ReasonCode reason)
    {
        if (_options.Version == MqttVersion.V5 && TryClose(reason, isAsked: false))
        {
            try
            {
                await _writeLoop.WaitAsync(FarewellTimeout, _options.Time);
            }
            catch (TimeoutException)
            {
                // It does not read; the connection is closed all the same.
            }
        }
    }

    private static bool IsTransportFailure(Exception e) =>
        e is IOException or SocketException or WebSocketException or ObjectDisposedException or OperationCanceledException;
}
