using System.Buffers;
using TrafficCore.Log;
using TrafficCore.Mqtt.Topics;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

/// <summary>Everything that is written to one connection goes through here, by one sender at a time.</summary>
/// <remarks>
/// Ownership: <see cref="_work"/> counts requests to send; who raises it from 0 is the sender until he brings it back to 0, on whichever thread
/// that is: the connection's read loop, another connection's that delivers a message, or the committer. A sender first tries without waiting
/// and goes on asynchronously with what the socket refused, still as the only sender, so packets never interleave and nobody is held up.
/// What waits to be sent (answers, acknowledgements) is under <see cref="_gate"/>, which is never held during a system call.
/// </remarks>
internal sealed partial class ConnectionOutput : ICommitWaiter, IThreadPoolWorkItem
{
    /// <summary>Sends in a row before the sender's own work goes on and the thread pool takes over. Keeps the committer from feeding one subscriber.</summary>
    private const int MaxRounds = 4;

    private const int NotSlow = -1;

    private readonly Lock _gate = new();
    private readonly OutputChannel _channel;
    private readonly BrokerRuntime _runtime;

    // Any thread.
    private int _work;
    private long _durableEnd;
    private int _slowSince = NotSlow;
    private Session? _session;
    private MqttVersion _version;
    private int _maxPacketSize = int.MaxValue;
    private OutgoingTopicAliases? _aliases;
    private ICommitWaiter? _journalWaiter;

    // Under _gate.
    private PendingAcks? _acks;
    private byte[]? _answers;
    private int _answersLength;
    private bool _broken;

    public ConnectionOutput(OutputChannel channel, BrokerRuntime runtime)
    {
        _channel = channel;
        _runtime = runtime;
    }

    /// <summary>The monitor's tick at which a send began that the peer still has not taken; -1 when there is none.</summary>
    public int SlowSince => Volatile.Read(ref _slowSince);

    /// <summary>PUBACKs that wait for the log or for the peer.</summary>
    public int PendingPubacks
    {
        get
        {
            lock (_gate)
            {
                return _acks?.Pubacks ?? 0;
            }
        }
    }

    /// <summary>Says how to encode messages, and where they come from once <see cref="Session.GoOnline"/> was called.</summary>
    public void Open(Session session, MqttVersion version, int maxPacketSize, int maxAliases = 0)
    {
        _aliases = maxAliases > 0 ? new OutgoingTopicAliases(maxAliases) : null;
        _version = version;
        _maxPacketSize = maxPacketSize;
        Volatile.Write(ref _session, session);
    }

    /// <summary>Appends an answer that waits for nothing; sent at the next <see cref="Signal"/>.</summary>
    public void AppendAnswer(ReadOnlySpan<byte> packet)
    {
        lock (_gate)
        {
            var needed = _answersLength + packet.Length;
            if (_answers is null || _answers.Length < needed)
            {
                Array.Resize(ref _answers, Math.Max(needed, 2 * (_answers?.Length ?? 16)));
            }

            packet.CopyTo(_answers.AsSpan(_answersLength));
            _answersLength = needed;
        }
    }

    /// <summary>Lets this output look again when the session journal is durable further; one journal waiter for the connection's life.</summary>
    public ICommitWaiter JournalWaiter => _journalWaiter ??= new JournalSignal(this);

    /// <summary>
    /// Appends acknowledgements that wait until the log is durable up to <paramref name="position"/> and the session journal up to
    /// <paramref name="journalPosition"/>; 0 waits only for those before.
    /// </summary>
    public void AppendAcks(ReadOnlySpan<byte> acks, int pubacks, long position, long journalPosition = 0)
    {
        lock (_gate)
        {
            _acks ??= new PendingAcks();
            _acks.Append(acks, pubacks, position, journalPosition);
        }

        // The commit may have been faster than this append; its call then found nothing to send, and no other will come.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _durableEnd) >= position && _runtime.JournalEnd >= journalPosition)
        {
            Signal();
        }
    }

    /// <inheritdoc/>
    public void OnCommitted(long durableEnd)
    {
        if (durableEnd > _durableEnd)
        {
            Volatile.Write(ref _durableEnd, durableEnd); // one committer thread writes it
        }

        Signal();
        if (Volatile.Read(ref _changed) is not null)
        {
            Wake(); // somebody waits for the position itself, and the sender may be stuck or gone
        }
    }

    /// <summary>There may be something to send: sends it, unless somebody is sending already and will find it.</summary>
    public void Signal()
    {
        if (Interlocked.Increment(ref _work) == 1)
        {
            Send();
        }
    }

    void IThreadPoolWorkItem.Execute() => Send();

    /// <summary>Nothing is sent any more. The connection is closed after it.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _broken = true;
            NotifyUnderLock();
        }
    }

    private void Send()
    {
        if (TrySendAll(out var rest, out var length))
        {
            _ = SendSlowAsync(rest, length);
        }
    }

    /// <summary>Sends until nothing is left, and gives the right to send back. True: the socket took only a part, here is the rest.</summary>
    private bool TrySendAll(out byte[] rest, out int length)
    {
        rest = [];
        length = 0;
        var rounds = 0;
        while (true)
        {
            var seen = Volatile.Read(ref _work);
            for (var scratch = Fill(); scratch.Length > 0; scratch = Fill())
            {
                var sent = _channel.TrySend(scratch.Written);
                if (sent < 0)
                {
                    Fail();
                    return false;
                }

                if (sent < scratch.Length)
                {
                    length = scratch.Length - sent;
                    rest = ArrayPool<byte>.Shared.Rent(length);
                    scratch.Written[sent..].CopyTo(rest);
                    return true;
                }

                if (++rounds == MaxRounds)
                {
                    ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                    return false;
                }
            }

            if (Interlocked.Add(ref _work, -seen) == 0)
            {
                if (Volatile.Read(ref _changed) is not null)
                {
                    Wake(); // to be idle is what a drain waits for
                }

                return false;
            }
        }
    }

    private async Task SendSlowAsync(byte[] rest, int length)
    {
        do
        {
            Volatile.Write(ref _slowSince, _runtime.Tick);
            var isSent = await _channel.SendAsync(rest.AsMemory(0, length));
            ArrayPool<byte>.Shared.Return(rest);
            Volatile.Write(ref _slowSince, NotSlow);
            if (!isSent)
            {
                Fail();
                return;
            }

            lock (_gate)
            {
                NotifyUnderLock();
            }
        }
        while (TrySendAll(out rest, out length));
    }

    /// <summary>Puts the next bytes together: answers, acknowledgements that are due, then messages.</summary>
    private ScratchBuffer Fill()
    {
        var scratch = ScratchBuffer.ForThread();
        lock (_gate)
        {
            if (_broken)
            {
                return scratch;
            }

            if (_answersLength > 0)
            {
                scratch.Append(_answers.AsSpan(0, _answersLength));
                _answersLength = 0;
                if (_answers!.Length > 1024)
                {
                    _answers = null; // a SUBACK of a thousand filters does not stay
                }
            }

            _acks?.TakeDurable(Volatile.Read(ref _durableEnd), _runtime.JournalEnd, scratch);
            NotifyUnderLock();
        }

        if (Volatile.Read(ref _session)?.Outbox is { } outbox)
        {
            FillMessages(outbox, scratch);
        }

        return scratch;
    }

    private void FillMessages(Outbox outbox, ScratchBuffer scratch)
    {
        var nowMs = _runtime.NowMs;
        var journalEnd = _runtime.JournalEnd;
        while (scratch.Length < ScratchBuffer.FillTo && outbox.TryTake(this, nowMs, journalEnd, out var delivery))
        {
            if (DeliveryEncoder.TryEncode(scratch, delivery, _version, _maxPacketSize, nowMs, _aliases))
            {
                _runtime.Metrics.MessageSent();
                continue;
            }

            // [MQTT-3.1.2-25]: behave as if it had been sent.
            _runtime.Metrics.Dropped(DropReason.TooLarge);
            if (delivery.QoS != QualityOfService.AtMostOnce)
            {
                outbox.Discard(delivery.PacketId);
                _runtime.Journal?.TryComplete(_session!.Number, delivery.Number);
            }
        }
    }

    /// <summary>The peer cannot be written to: the right to send is kept, so nobody else tries, and the read loop is made to end.</summary>
    private void Fail()
    {
        Close();
        _channel.Abort();
    }
}
