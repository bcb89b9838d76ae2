using System.Text;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

/// <summary>
/// What a client keeps over connections (5.0 section 4.1): exchanges of both directions, publications that wait, and who waits for them. A
/// connection attaches to it; a client of one connection has one of its own.
/// </summary>
/// <remarks>Ownership: any thread. State is under <see cref="Gate"/>, one short lock, which the attached connection uses for its own state too.</remarks>
internal sealed class ClientSession
{
    private readonly MqttClientOptions _options;
    private OutgoingBuffer? _output;
    private TaskCompletionSource? _changed;
    private bool _wasBegun;

    public ClientSession(MqttClientOptions options, int queueMessages = 0, long queueBytes = 0)
    {
        _options = options;
        Finished = new FinishedPublications(Gate, options.OnAcknowledged);
        Outgoing = new OutgoingExchanges(options.Window, options.Version, options.Time, Finished);
        Incoming = new IncomingExchanges(options.ReceiveMaximum, options.Version);
        Waiting = new PublicationQueue(queueMessages, queueBytes);
    }

    public Lock Gate { get; } = new();

    public FinishedPublications Finished { get; }

    public OutgoingExchanges Outgoing { get; }

    public IncomingExchanges Incoming { get; }

    public PublicationQueue Waiting { get; }

    /// <summary>Messages that were answered, over all connections.</summary>
    public long AcknowledgedMessages { get; private set; }

    /// <summary>Times that the broker had lost the session.</summary>
    public int TimesLost { get; private set; }

    /// <summary>Nothing waits and nothing is unanswered.</summary>
    public bool IsDrainedUnderLock => Waiting.Count == 0 && Outgoing.Count == 0;

    /// <summary>A connection begins: what the last one left goes out first.</summary>
    public void Attach(OutgoingBuffer output, BrokerLimits limits)
    {
        lock (Gate)
        {
            var resumed = limits.SessionPresent;
            TimesLost += _wasBegun && !resumed ? 1 : 0;
            _wasBegun = true;
            _output = output;
            Incoming.Begin(resumed);
            Outgoing.Begin(limits, resumed, output.Filling);
            PumpUnderLock();
            output.Signal();
        }

        Finished.Raise();
    }

    /// <summary>The connection is gone; nothing is written until the next one.</summary>
    public void Detach(OutgoingBuffer output)
    {
        lock (Gate)
        {
            _output = ReferenceEquals(_output, output) ? null : _output;
            PulseUnderLock();
        }
    }

    /// <summary>Sends a publication, or keeps it for later; false when there is no room for it.</summary>
    public bool TryAddUnderLock(in MqttPublication publication, TaskCompletionSource<ReasonCode>? waiter)
    {
        var pending = PendingPublication.Create(publication, waiter, _options.Time);
        if (_output is { } output && Waiting.Count == 0 && Outgoing.HasRoom && output.Count < _options.MaxBufferedBytes)
        {
            Outgoing.Send(pending, output.Filling);
            output.Signal();
            return true;
        }

        return Waiting.TryAdd(pending);
    }

    /// <summary>
    /// Sends at QoS 0; null without a connection, false when its buffer is full. What the broker would not take is counted as refused and is done with.
    /// </summary>
    public bool? TrySendUnderLock(in MqttPublication publication)
    {
        if (_output is not { } output)
        {
            return null;
        }

        if (Outgoing.IsRefused(publication))
        {
            Finished.Refuse();
            return true;
        }

        if (output.Count >= _options.MaxBufferedBytes)
        {
            return false;
        }

        ClientPackets.Publish(output.Filling, _options.Version, publication, 0, duplicate: false, ClientPackets.Seconds(publication.Properties?.Expiry));
        output.Signal();
        return true;
    }

    /// <summary>Sends what waits, oldest first, as far as window and buffer have room.</summary>
    public void PumpUnderLock()
    {
        if (_output is not { } output)
        {
            return;
        }

        while (output.Count < _options.MaxBufferedBytes)
        {
            if (Outgoing.HasResend)
            {
                Outgoing.SendNext(output.Filling);
            }
            else if (Waiting.Count > 0 && Outgoing.HasRoom)
            {
                Outgoing.Send(Waiting.Take(), output.Filling);
            }
            else
            {
                break;
            }
        }
    }

    /// <summary>The consumer is done with one message.</summary>
    public void Acknowledge(long ticket, ReasonCode reason)
    {
        lock (Gate)
        {
            Incoming.Acknowledge(ticket, reason);
            WriteAnswersUnderLock();
        }
    }

    /// <summary>The consumer is done with all messages up to a ticket.</summary>
    public void AcknowledgeThrough(long ticket)
    {
        lock (Gate)
        {
            Incoming.AcknowledgeThrough(ticket);
            WriteAnswersUnderLock();
        }
    }

    public void WriteAnswersUnderLock()
    {
        if (_output is { } output && Incoming.WriteAnswers(output.Filling) is var count and > 0)
        {
            AcknowledgedMessages += count;
            output.Signal();
            PulseUnderLock();
        }
    }

    /// <summary>PUBACK, PUBREC or PUBCOMP.</summary>
    public void OnAnswerUnderLock(PacketType type, in AckView answer, OutgoingBuffer output)
    {
        if (type == PacketType.Pubcomp)
        {
            Outgoing.OnComplete(answer.PacketId);
        }
        else
        {
            Outgoing.OnAnswer(type, answer.PacketId, answer.Reason, Words(answer.Properties), output.Filling);
        }

        PumpUnderLock();
        PulseUnderLock();
    }

    /// <summary>A task that ends when room appears, something is acknowledged, or a connection begins or ends.</summary>
    public Task WhenChangedUnderLock() =>
        (_changed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void PulseUnderLock()
    {
        _changed?.SetResult();
        _changed = null;
    }

    /// <summary>The session is over: who waits is told why.</summary>
    public void Fail(MqttConnectionException why)
    {
        List<PendingPublication> rest;
        lock (Gate)
        {
            rest = [.. Outgoing.Unacknowledged()];
            while (Waiting.Count > 0)
            {
                rest.Add(Waiting.Take());
            }

            PulseUnderLock();
        }

        foreach (var publication in rest)
        {
            publication.Waiter?.TrySetException(why);
        }
    }

    public static string? Words(PropertyReader properties)
    {
        while (properties.Read())
        {
            if (properties.Id == PropertyId.ReasonString)
            {
                return Encoding.UTF8.GetString(properties.Bytes);
            }
        }

        return null;
    }
}
