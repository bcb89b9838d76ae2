using System.Buffers;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

/// <summary>
/// Our publications at QoS 1 and 2 from their first sending to the broker's last answer, by packet id 1..capacity. They outlive the
/// connection: the next one sends again, in order, what the broker has not answered.
/// </summary>
/// <remarks>
/// Ownership: every member under the session's lock. An id is used again only after its exchange is over [MQTT-2.2.1-4]. What ends
/// goes to <paramref name="finished"/>.
/// </remarks>
internal sealed class OutgoingExchanges(int capacity, MqttVersion version, TimeProvider time, FinishedPublications finished)
{
    private readonly Exchange[] _slots = new Exchange[capacity + 1];
    private readonly Queue<ushort> _free = new(Enumerable.Range(1, capacity).Select(static id => (ushort)id));
    private readonly Queue<ushort> _unsent = new();
    private BrokerLimits _limits = new();
    private int _window;
    private int _onWire;
    private long _order;

    private enum Stage : byte
    {
        Free,

        /// <summary>Sent on an earlier connection, not yet on this one.</summary>
        Unsent,

        /// <summary>PUBLISH is sent; PUBACK or PUBREC is to come.</summary>
        Published,

        /// <summary>The broker has the message and PUBREL is sent; PUBCOMP is to come.</summary>
        Released,
    }

    /// <summary>Publications that are not acknowledged.</summary>
    public int Count => Capacity - _free.Count;

    /// <summary>Packets sent a second time, over all connections.</summary>
    public long Resent { get; private set; }

    /// <summary>A new publication may be sent now: nothing older waits, an id is free and the broker takes one more [MQTT-3.3.4-7].</summary>
    public bool HasRoom => _unsent.Count == 0 && _onWire < _window && _free.Count > 0;

    /// <summary>A publication from an earlier connection can be sent.</summary>
    public bool HasResend => _unsent.Count > 0 && _onWire < _window;

    private int Capacity => _slots.Length - 1;

    /// <summary>Begins on a new connection. Released ids go out at once; publications follow with <see cref="SendNext"/>.</summary>
    /// <param name="limits">What its broker allows.</param>
    /// <param name="resumed">The broker has the session too. Else it knows nothing of what was sent.</param>
    /// <param name="output">The connection's buffer.</param>
    public void Begin(BrokerLimits limits, bool resumed, IBufferWriter<byte> output)
    {
        _limits = limits;
        _window = Math.Min(Capacity, limits.ReceiveMaximum);
        _onWire = 0;
        _unsent.Clear();
        foreach (var id in InOrder())
        {
            ref var slot = ref _slots[id];
            if (slot.Stage != Stage.Released)
            {
                slot.Stage = Stage.Unsent;
                slot.InSession &= resumed;
                _unsent.Enqueue(id); // [MQTT-4.4.0-1], in order [MQTT-4.6.0-1]
            }
            else if (resumed)
            {
                _onWire++;
                Resent++;
                MqttEncoder.Ack(output, PacketType.Pubrel, version, id);
            }
            else
            {
                // After PUBREC the message is the broker's and must not be sent again [MQTT-4.3.3-6].
                Finish(id, slot.Outcome);
            }
        }
    }

    /// <summary>This connection's broker would not take it.</summary>
    public bool IsRefused(in MqttPublication publication) => _limits.Judge(version, publication).IsError();

    /// <summary>Sends a new publication; there must be room.</summary>
    public void Send(in PendingPublication pending, IBufferWriter<byte> output)
    {
        var id = _free.Dequeue();
        _slots[id] = new Exchange { Stage = Stage.Unsent, Order = ++_order, Pending = pending };
        Publish(id, output);
    }

    /// <summary>Sends the oldest publication that an earlier connection left.</summary>
    public void SendNext(IBufferWriter<byte> output)
    {
        var id = _unsent.Dequeue();
        if (_slots[id].Stage == Stage.Unsent)
        {
            Publish(id, output);
        }
    }

    /// <summary>Takes PUBACK, or a PUBREC that refuses, or one that accepts, which PUBREL answers.</summary>
    /// <exception cref="MqttProtocolException">It answers nothing that was sent.</exception>
    public void OnAnswer(PacketType answer, ushort id, ReasonCode reason, string? words, IBufferWriter<byte> output)
    {
        var exact = answer == PacketType.Pubrec;
        var known = id < _slots.Length && _slots[id].Stage != Stage.Free;
        if (known && exact != (_slots[id].Pending.Publication.QoS == QualityOfService.ExactlyOnce))
        {
            throw new MqttProtocolException(ReasonCode.ProtocolError, $"{answer} for packet {id}, which has another quality of service");
        }

        if (!known && !exact)
        {
            throw new MqttProtocolException(ReasonCode.ProtocolError, $"{answer} for packet {id}, which was not sent");
        }

        if (!exact || (known && reason.IsError()))
        {
            Finish(id, reason, words);
        }
        else if (!reason.IsError())
        {
            // An unknown id is not an error while a session recovers (5.0 section 3.6.2.1): the broker is told, so that it lets go.
            Release(id, known);
            MqttEncoder.Ack(output, PacketType.Pubrel, version, id, known ? ReasonCode.Success : ReasonCode.PacketIdentifierNotFound);
        }
    }

    /// <summary>Takes PUBCOMP. A broker that does not know the id any more has had the release before.</summary>
    public void OnComplete(ushort id)
    {
        if (id < _slots.Length && _slots[id].Stage == Stage.Released)
        {
            Finish(id, _slots[id].Outcome);
        }
    }

    /// <summary>What is not acknowledged, in the order of publishing.</summary>
    public IReadOnlyList<PendingPublication> Unacknowledged() => [.. InOrder().Select(id => _slots[id].Pending)];

    private ushort[] InOrder() => [.. Enumerable.Range(1, Capacity).Where(id => _slots[id].Stage != Stage.Free).OrderBy(id => _slots[id].Order).Select(static id => (ushort)id)];

    private void Publish(ushort id, IBufferWriter<byte> output)
    {
        ref var slot = ref _slots[id];
        var left = slot.Pending.SecondsLeft(time);
        var refused = left == 0 ? ReasonCode.ImplementationSpecificError : _limits.Judge(version, slot.Pending.Publication);
        if (refused != ReasonCode.Success)
        {
            GiveUp(id, refused, output);
            return;
        }

        ClientPackets.Publish(output, version, slot.Pending.Publication, id, slot.InSession, left);
        Resent += slot.InSession ? 1 : 0;
        slot.Stage = Stage.Published;
        slot.InSession = true;
        _onWire++;
    }

    /// <summary>
    /// Ends what cannot be sent any more. Where the broker may hold the id of a QoS 2 message from before, it is released first: a new message
    /// under it would pass for the old one.
    /// </summary>
    private void GiveUp(ushort id, ReasonCode why, IBufferWriter<byte> output)
    {
        ref var slot = ref _slots[id];
        if (slot.InSession && slot.Pending.Publication.QoS == QualityOfService.ExactlyOnce)
        {
            slot.Outcome = why;
            Release(id, known: true);
            MqttEncoder.Ack(output, PacketType.Pubrel, version, id);
        }
        else
        {
            Finish(id, why);
        }
    }

    private void Release(ushort id, bool known)
    {
        if (known && _slots[id].Stage is not Stage.Released)
        {
            _onWire += _slots[id].Stage == Stage.Unsent ? 1 : 0;
            _slots[id].Stage = Stage.Released;
            _slots[id].Pending = _slots[id].Pending.WithoutPayload();
        }
    }

    private void Finish(ushort id, ReasonCode reason, string? words = null)
    {
        _onWire -= _slots[id].Stage is Stage.Published or Stage.Released ? 1 : 0;
        finished.AddUnderLock(new FinishedPublication(_slots[id].Pending, reason, words));
        _slots[id] = default;
        _free.Enqueue(id);
    }

    private struct Exchange
    {
        public Stage Stage;
        public bool InSession; // the broker's session may know it from before
        public ReasonCode Outcome; // what its end is reported as
        public long Order;
        public PendingPublication Pending;
    }
}
