using System.Buffers;
using TrafficCore.Log;
using TrafficCore.Mqtt.Topics;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

/// <summary>
/// What the journal's records come to: sessions with subscriptions and queues, retained messages, and wills. A snapshot is this, written as records again, so
/// that loading one and reading the journal on from it are the same code.
/// </summary>
/// <remarks>Ownership: who opens the journal, then its committer thread, then who closes it.</remarks>
internal sealed class SessionImage
{
    private readonly Dictionary<string, StoredSession> _byClient = [];

    public Dictionary<long, StoredSession> Sessions { get; } = [];

    /// <summary>Retained messages by topic, and whether each counts towards the limits.</summary>
    public Dictionary<byte[], StoredMessage> Retained { get; } = new(Utf8KeyComparer.Instance);

    /// <summary>Wills of clients that are connected, or whose delay goes on, by number.</summary>
    public Dictionary<long, StoredWill> Wills { get; } = [];

    /// <summary>The highest session number there ever was.</summary>
    public long LastSession { get; private set; }

    /// <summary>Takes one record in. Records of sessions that are over are without effect.</summary>
    /// <exception cref="InvalidDataException">The body is not one of its type.</exception>
    public void Apply(byte type, ReadOnlySpan<byte> body)
    {
        var reader = new JournalReader(body);
        switch ((SessionRecordType)type)
        {
            case SessionRecordType.Opened:
                Open(ref reader);
                break;
            case SessionRecordType.Message:
                Deliver(ref reader);
                break;
            case SessionRecordType.Retained:
                Retain(ref reader);
                break;
            case SessionRecordType.Will:
                var will = reader.Will();
                Wills[will.Number] = will;
                break;
            case SessionRecordType.WillOver:
                Wills.Remove(reader.Int64());
                break;
            case SessionRecordType.Ended:
                End(reader.Int64());
                break;
            default:
                if (Sessions.TryGetValue(reader.Int64(), out var session))
                {
                    Change(session, (SessionRecordType)type, ref reader);
                }

                break;
        }
    }

    /// <summary>Writes everything as sealed records; what has expired is forgotten before.</summary>
    public void WriteTo(IBufferWriter<byte> output, JournalWriter writer, long utcNowMs)
    {
        Forget(utcNowMs);

        // First, so that the numbers of sessions that are over are not given again.
        writer.SessionOpened(LastSession, "", 0);
        writer.SessionEnded(LastSession);
        var messages = new Dictionary<StoredMessage, List<(long, StoredDelivery)>>(ReferenceEqualityComparer.Instance);
        foreach (var session in Sessions.Values)
        {
            WriteSession(writer, session);
            foreach (var (message, delivery) in session.Queue.Values)
            {
                (messages.TryGetValue(message, out var list) ? list : messages[message] = []).Add((session.Number, delivery));
            }

            Flush(output, writer);
        }

        foreach (var (message, deliveries) in messages)
        {
            writer.Message(message, deliveries);
            Flush(output, writer);
        }

        foreach (var message in Retained.Values)
        {
            writer.Retained(message);
            Flush(output, writer);
        }

        foreach (var will in Wills.Values)
        {
            writer.Will(will);
            Flush(output, writer);
        }
    }

    /// <summary>A QoS 2 message that the client has received is not forgotten: its release is still to come.</summary>
    private void Forget(long utcNowMs)
    {
        foreach (var session in Sessions.Values)
        {
            foreach (var (number, (message, delivery)) in session.Queue.ToArray())
            {
                if (message.IsExpired(utcNowMs) && !delivery.Received)
                {
                    session.Queue.Remove(number);
                }
            }
        }

        foreach (var (topic, message) in Retained.ToArray())
        {
            if (message.IsExpired(utcNowMs))
            {
                Retained.Remove(topic);
            }
        }
    }

    private static void WriteSession(JournalWriter writer, StoredSession session)
    {
        writer.SessionOpened(session.Number, session.ClientId, session.ExpirySeconds, session.LastDelivery);
        if (session.Account is { } account)
        {
            writer.SessionOwned(session.Number, account);
        }

        if (session.IsOnline)
        {
            writer.SessionOnline(session.Number, session.ExpirySeconds);
        }
        else if (session.OfflineUtcMs != 0)
        {
            writer.SessionOffline(session.Number, session.ExpirySeconds, session.OfflineUtcMs);
        }

        foreach (var (filter, (options, identifier)) in session.Subscriptions)
        {
            writer.Subscribed(session.Number, filter, options, identifier);
        }
    }

    private static void Flush(IBufferWriter<byte> output, JournalWriter writer)
    {
        output.Write(writer.Written);
        writer.Clear();
    }

    private void Open(ref JournalReader reader)
    {
        var number = reader.Int64();
        var expiry = reader.Int32();
        var lastDelivery = reader.Int64();
        var session = new StoredSession(number, reader.Text()) { ExpirySeconds = expiry, LastDelivery = lastDelivery };
        if (_byClient.TryGetValue(session.ClientId, out var older))
        {
            End(older.Number); // a clean start whose end of the older session was not written any more
        }

        LastSession = Math.Max(LastSession, number);
        Sessions[number] = _byClient[session.ClientId] = session;
    }

    private void End(long number)
    {
        if (Sessions.Remove(number, out var session))
        {
            _byClient.Remove(session.ClientId);
        }
    }

    private void Deliver(ref JournalReader reader)
    {
        var message = reader.Message();
        for (var count = reader.Int32(); count > 0; count--)
        {
            var number = reader.Int64();
            var delivery = reader.Delivery();
            if (Sessions.TryGetValue(number, out var session))
            {
                session.Queue[delivery.Number] = (message, delivery with { MaySent = delivery.MaySent || session.IsOnline });
                session.LastDelivery = Math.Max(session.LastDelivery, delivery.Number);
            }
        }
    }

    private void Retain(ref JournalReader reader)
    {
        var message = reader.Message();
        if (message.Payload.Length == 0)
        {
            Retained.Remove(message.Topic);
        }
        else
        {
            Retained[message.Topic] = message;
        }
    }

    private static void Change(StoredSession session, SessionRecordType type, ref JournalReader reader)
    {
        switch (type)
        {
            case SessionRecordType.Online:
                session.ExpirySeconds = reader.Int32();
                session.GoOnline();
                break;
            case SessionRecordType.Offline:
                session.ExpirySeconds = reader.Int32();
                session.OfflineUtcMs = reader.Int64();
                session.IsOnline = false;
                break;
            case SessionRecordType.Owned:
                session.Account = reader.Text() is { Length: > 0 } account ? account : null;
                break;
            case SessionRecordType.Subscribed:
                var options = SubscribeOptions.FromByte(reader.Byte(), MqttVersion.V5);
                var identifier = reader.Int32();
                session.Subscriptions[reader.Short()] = (options, identifier);
                break;
            case SessionRecordType.Unsubscribed:
                session.Subscriptions.Remove(reader.Short());
                break;
            case SessionRecordType.Received when session.Queue.TryGetValue(reader.Int64(), out var entry):
                session.Queue[entry.Delivery.Number] = (entry.Message, entry.Delivery with { Received = true });
                break;
            case SessionRecordType.Completed:
                session.Queue.Remove(reader.Int64());
                break;
        }
    }
}
