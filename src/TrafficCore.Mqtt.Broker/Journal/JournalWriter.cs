using System.Buffers.Binary;
using TrafficCore.Log;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

/// <summary>Encodes and seals records of the session journal (docs/log-format.md), one behind the other, for one append.</summary>
/// <remarks>Ownership: one thread at a time.</remarks>
internal sealed class JournalWriter(SessionJournal journal)
{
    public const int WillOfAnAccount = 8;
    public const int WillThatExpires = 16;

    private const byte Version = 1;

    private byte[] _bytes = new byte[512];
    private int _start;

    /// <summary>Bytes of the sealed records.</summary>
    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear()
    {
        Length = 0;
        if (_bytes.Length > 64 * 1024)
        {
            _bytes = new byte[512]; // one large message does not stay
        }
    }

    /// <param name="session">The session's number.</param>
    /// <param name="clientId">Whose it is; an older session of the same client ends with it.</param>
    /// <param name="expirySeconds">How long it stays without a connection.</param>
    /// <param name="lastNumber">The highest number it has given to a delivery.</param>
    public void SessionOpened(long session, string clientId, uint expirySeconds, long lastNumber = 0)
    {
        Begin();
        Int64(session);
        Int32(expirySeconds);
        Int64(lastNumber);
        Short(System.Text.Encoding.UTF8.GetBytes(clientId));
        End(SessionRecordType.Opened);
    }

    /// <param name="session">The session's number.</param>
    /// <param name="account">Whose it is from here on; null for nobody's, as it is until the first of these.</param>
    public void SessionOwned(long session, string? account)
    {
        Begin();
        Int64(session);
        Short(System.Text.Encoding.UTF8.GetBytes(account ?? ""));
        End(SessionRecordType.Owned);
    }

    public void SessionOnline(long session, uint expirySeconds)
    {
        Begin();
        Int64(session);
        Int32(expirySeconds);
        End(SessionRecordType.Online);
    }

    public void SessionOffline(long session, uint expirySeconds, long sinceUtcMs)
    {
        Begin();
        Int64(session);
        Int32(expirySeconds);
        Int64(sinceUtcMs);
        End(SessionRecordType.Offline);
    }

    public void SessionOffline(long session, uint expirySeconds) => SessionOffline(session, expirySeconds, journal.UtcNowMs);

    public void SessionEnded(long session)
    {
        Begin();
        Int64(session);
        End(SessionRecordType.Ended);
    }

    public void Subscribed(long session, byte[] filter, SubscribeOptions options, uint identifier)
    {
        Begin();
        Int64(session);
        Byte(options.ToByte());
        Int32(identifier);
        Short(filter);
        End(SessionRecordType.Subscribed);
    }

    public void Unsubscribed(long session, byte[] filter)
    {
        Begin();
        Int64(session);
        Short(filter);
        End(SessionRecordType.Unsubscribed);
    }

    public void Received(long session, long number) => Progress(SessionRecordType.Received, session, number);

    public void Completed(long session, long number) => Progress(SessionRecordType.Completed, session, number);

    /// <summary>One record for the message at <paramref name="first"/> and everything behind it that is the same message; how many these are.</summary>
    public int Message(List<RoutingPass.Held> held, int first)
    {
        var message = held[first].Delivery.Message!;
        var count = 1;
        while (first + count < held.Count && held[first + count].Delivery.Message == message)
        {
            count++;
        }

        Begin();
        Content(journal.Store(message));
        Int32((uint)count);
        for (var i = first; i < first + count; i++)
        {
            var (session, d) = held[i];
            Delivery(session.Number, new StoredDelivery(d.Number, d.PacketId, d.QoS, d.Retain, false, false, d.Identifiers, d.Shared?.Filter));
        }

        End(SessionRecordType.Message);
        return count;
    }

    /// <summary>The same from what is stored, for a snapshot.</summary>
    public void Message(StoredMessage message, List<(long Session, StoredDelivery Delivery)> deliveries)
    {
        Begin();
        Content(message);
        Int32((uint)deliveries.Count);
        foreach (var (session, delivery) in deliveries)
        {
            Delivery(session, delivery);
        }

        End(SessionRecordType.Message);
    }

    public void Retained(ApplicationMessage message) => Retained(journal.Store(message));

    public void Retained(StoredMessage message)
    {
        Begin();
        Content(message);
        End(SessionRecordType.Retained);
    }

    public void Will(StoredWill stored)
    {
        var will = stored.Will;
        Begin();
        Int64(stored.Number);
        Byte((byte)((int)will.QoS | (will.Retain ? StoredDelivery.RetainFlag : 0) | (stored.UserName is null ? 0 : WillOfAnAccount) | (will.ExpirySeconds is null ? 0 : WillThatExpires)));
        Int32(will.DelaySeconds);
        Int32(will.ExpirySeconds ?? 0);
        Short(System.Text.Encoding.UTF8.GetBytes(stored.ClientId));
        Short(System.Text.Encoding.UTF8.GetBytes(stored.UserName ?? ""));
        Short(will.Topic);
        Long(will.Properties);
        Long(will.Payload);
        End(SessionRecordType.Will);
    }

    public void WillOver(long number)
    {
        Begin();
        Int64(number);
        End(SessionRecordType.WillOver);
    }

    private void Progress(SessionRecordType type, long session, long number)
    {
        Begin();
        Int64(session);
        Int64(number);
        End(type);
    }

    private void Content(StoredMessage message)
    {
        Byte((byte)((int)message.QoS | (message.Retain ? StoredDelivery.RetainFlag : 0)));
        Int64(message.ExpiresUtcMs);
        Short(message.Topic);
        Long(message.Properties);
        Long(message.Payload);
    }

    private void Delivery(long session, in StoredDelivery delivery)
    {
        Int64(session);
        Int64(delivery.Number);
        BinaryPrimitives.WriteUInt16LittleEndian(Take(sizeof(ushort)), delivery.PacketId);
        Byte(delivery.Flags);
        var identifiers = delivery.Identifiers ?? [];
        Int32((uint)identifiers.Length);
        foreach (var identifier in identifiers)
        {
            Int32(identifier);
        }

        Short(delivery.SharedFilter ?? []);
    }

    private void Begin()
    {
        _start = Length;
        Take(RecordHeader.Size);
    }

    private void End(SessionRecordType type)
    {
        var body = Length - _start - RecordHeader.Size;
        var size = RecordCodec.SizeOf(body);
        Take(size - (Length - _start));
        RecordCodec.Seal(_bytes.AsSpan(_start), (byte)type, Version, body, 0, journal.UtcNowMs, 0, journal.Salt);
    }

    private void Byte(byte value) => Take(1)[0] = value;

    private void Int32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Take(sizeof(uint)), value);

    private void Int64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(sizeof(long)), value);

    private void Short(ReadOnlySpan<byte> bytes)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(Take(sizeof(ushort)), (ushort)bytes.Length);
        bytes.CopyTo(Take(bytes.Length));
    }

    private void Long(ReadOnlySpan<byte> bytes)
    {
        Int32((uint)bytes.Length);
        bytes.CopyTo(Take(bytes.Length));
    }

    private Span<byte> Take(int count)
    {
        if (_bytes.Length - Length < count)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
        }

        var taken = _bytes.AsSpan(Length, count);
        Length += count;
        return taken;
    }
}
