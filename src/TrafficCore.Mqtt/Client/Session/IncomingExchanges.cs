using System.Buffers;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

/// <summary>
/// Messages at QoS 1 and 2 that we received and have not answered, in order of arrival, each under a ticket that grows for ever. Whoever
/// consumes them says when one may be answered; answers leave in the order of arrival [MQTT-4.6.0-2], [MQTT-4.6.0-3].
/// </summary>
/// <remarks>Ownership: every member under the session's lock.</remarks>
internal sealed class IncomingExchanges(int receiveMaximum, MqttVersion version)
{
    // QoS 2 ids of the session from the message to its PUBREL, with the ticket that the consumer got.
    private readonly Dictionary<ushort, ExactMessage> _exact = [];
    private Exchange[] _ring = new Exchange[Math.Min(16, receiveMaximum)];
    private int _head;
    private int _count;
    private long _first = 1;
    private bool _hasOlder;

    /// <summary>
    /// As many wait for their consumer as may: the next one is not taken. A broker that was told should not send it (5.0 section 3.3.4), but mosquitto 2.0 does when a
    /// session is resumed; reading no further holds back this one and those that cannot be told alike.
    /// </summary>
    public bool IsFull => _count >= receiveMaximum;

    /// <summary>Messages that are not answered.</summary>
    public int Count => _count;

    /// <summary>Begins on a new connection. What was not answered on the last one is not answered any more: the broker sends it again.</summary>
    public void Begin(bool resumed)
    {
        _first += _count;
        _head = _count = 0;
        if (!resumed)
        {
            _exact.Clear();
        }

        _hasOlder = _exact.Values.Any(static m => !m.IsAcknowledged);
    }

    /// <summary>Notes a message; it must not be full.</summary>
    /// <returns>Its ticket; 0 when the consumer has it already, so that it must not be delivered again [MQTT-4.3.3-10].</returns>
    public long Add(ushort packetId, QualityOfService qos)
    {
        var exact = qos == QualityOfService.ExactlyOnce;
        var ticket = _first + _count;
        var isRepeat = exact && !_exact.TryAdd(packetId, new ExactMessage(ticket, false));
        Append(new Exchange(packetId, exact, isRepeat && _exact[packetId].IsAcknowledged, ReasonCode.Success));
        return isRepeat ? 0 : ticket;
    }

    /// <summary>The consumer is done with one message.</summary>
    public void Acknowledge(long ticket, ReasonCode reason)
    {
        if (ticket >= _first && ticket < _first + _count)
        {
            Mark(ticket, reason);
        }
        else if (ticket < _first && _hasOlder)
        {
            MarkOlder(ticket, ticket);
        }
    }

    /// <summary>The consumer is done with all messages up to a ticket.</summary>
    public void AcknowledgeThrough(long ticket)
    {
        if (_hasOlder)
        {
            MarkOlder(0, Math.Min(ticket, _first - 1));
        }

        var end = Math.Min(ticket, _first + _count - 1);
        for (var t = _first; t <= end; t++)
        {
            Mark(t, ReasonCode.Success);
        }
    }

    /// <summary>Writes the answers that may leave: those of the oldest messages, up to the first whose consumer is not done.</summary>
    /// <returns>How many.</returns>
    public int WriteAnswers(IBufferWriter<byte> output)
    {
        var written = 0;
        for (; _count > 0 && _ring[_head].IsDone; written++)
        {
            var exchange = _ring[_head];
            MqttEncoder.Ack(output, exchange.IsExact ? PacketType.Pubrec : PacketType.Puback, version, exchange.PacketId, exchange.Reason);
            if (exchange.IsExact && exchange.Reason.IsError())
            {
                _exact.Remove(exchange.PacketId); // a refusing PUBREC ends the exchange [MQTT-4.3.3-9]
            }

            _head = (_head + 1) % _ring.Length;
            _count--;
            _first++;
        }

        return written;
    }

    /// <summary>Takes PUBREL and answers it; an id that is not known has been released before.</summary>
    public void Release(ushort packetId, IBufferWriter<byte> output)
    {
        var known = _exact.Remove(packetId);
        MqttEncoder.Ack(output, PacketType.Pubcomp, version, packetId, known ? ReasonCode.Success : ReasonCode.PacketIdentifierNotFound);
    }

    private ref Exchange At(long ticket) => ref _ring[(_head + (int)(ticket - _first)) % _ring.Length];

    private void Mark(long ticket, ReasonCode reason)
    {
        ref var exchange = ref At(ticket);
        if (exchange.IsDone)
        {
            return;
        }

        exchange = exchange with { IsDone = true, Reason = reason };
        if (exchange.IsExact && _exact.ContainsKey(exchange.PacketId))
        {
            _exact[exchange.PacketId] = new ExactMessage(ticket, true);
        }
    }

    /// <summary>QoS 2 messages that an earlier connection brought: the broker has repeated them, or will.</summary>
    private void MarkOlder(long from, long through)
    {
        foreach (var (id, message) in _exact.Where(m => !m.Value.IsAcknowledged && m.Value.Ticket >= from && m.Value.Ticket <= through).ToArray())
        {
            _exact[id] = message with { IsAcknowledged = true };
            for (var t = _first; t < _first + _count; t++)
            {
                ref var repeat = ref At(t);
                repeat = repeat.IsExact && repeat.PacketId == id ? repeat with { IsDone = true } : repeat;
            }
        }

        _hasOlder = _exact.Values.Any(m => !m.IsAcknowledged && m.Ticket < _first);
    }

    private void Append(Exchange exchange)
    {
        if (_count == _ring.Length)
        {
            var larger = new Exchange[Math.Min(_ring.Length * 2, receiveMaximum)];
            for (var i = 0; i < _count; i++)
            {
                larger[i] = _ring[(_head + i) % _ring.Length];
            }

            (_ring, _head) = (larger, 0);
        }

        _ring[(_head + _count) % _ring.Length] = exchange;
        _count++;
    }

    private readonly record struct Exchange(ushort PacketId, bool IsExact, bool IsDone, ReasonCode Reason);

    private readonly record struct ExactMessage(long Ticket, bool IsAcknowledged);
}
