using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using TrafficCore.Log;

namespace TrafficCore.Pipeline.Ingest;

/// <summary>
/// Builds sealed input records one behind the other in a buffer that it keeps. Readings that follow each other share a record, and
/// so do observations; anything else starts a new one, so that the order of arrival is the order in the log.
/// </summary>
/// <remarks>
/// Ownership: one user at a time, from <see cref="Begin"/> to the last use of what <see cref="Complete"/> returned. The
/// last record stays open until the next begins, so that <see cref="AddOrigin"/> reaches it.
/// </remarks>
public sealed class InputRecordWriter
{
    /// <summary>Bytes of a class name; the contract's pattern has the same bound.</summary>
    public const int MaxClassName = 32;

    /// <summary>Bytes kept of a refused payload: enough for any single reading, small enough for a quarantine.</summary>
    public const int MaxRejectedPayload = 64 * 1024;

    /// <summary>Bytes kept of a topic in a rejection: our own topics need 200, MQTT allows 65,535.</summary>
    public const int MaxTopic = 4 * 1024;

    /// <summary>Readings, observations or events in one record: the reading index of a class volume has 16 bits.</summary>
    public const int MaxEntries = ushort.MaxValue;

    /// <summary>A buffer larger than this is given back at the next <see cref="Begin"/>: one socket read rarely needs a tenth.</summary>
    private const int KeepBytes = 1024 * 1024;

    private byte[] _buffer = new byte[4096];
    private byte[] _trailer = new byte[256];
    private int _start;
    private int _end;
    private int _trailerEnd;
    private int _count;
    private bool _isPacked;
    private RecordType _open;
    private uint _salt;
    private long _elapsedMs;

    /// <summary>Receive time of everything in this buffer, Unix milliseconds UTC.</summary>
    public long ReceivedMs { get; private set; }

    /// <summary>Whether nothing was added since <see cref="Begin"/>.</summary>
    public bool IsEmpty => _end == 0;

    /// <summary>Bytes so far, the open record included.</summary>
    public int Length => _end + _trailerEnd;

    /// <summary>Forgets what is in the buffer; what follows carries these times and this log's salt.</summary>
    public void Begin(uint salt, long receivedMs, long elapsedMs)
    {
        if (_buffer.Length > KeepBytes)
        {
            _buffer = new byte[4096];
        }

        _start = _end = _trailerEnd = _count = 0;
        _open = RecordType.None;
        _salt = salt;
        ReceivedMs = receivedMs;
        _elapsedMs = elapsedMs;
    }

    /// <summary>Adds a reading to the open readings record, or to a new one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddReading(in ReadingEntry reading) => AddEntry(RecordType.Readings, in reading);

    /// <summary>Adds an observation to the open observations record, or to a new one.</summary>
    public void AddObservation(in ObservationEntry observation) => AddEntry(RecordType.Observations, in observation);

    /// <summary>Adds vehicles of a class to the reading that was added last.</summary>
    public void AddClass(ReadOnlySpan<byte> name, uint volume)
    {
        Debug.Assert(_open == RecordType.Readings && _count > 0 && name.Length is > 0 and <= MaxClassName, "a class belongs to a reading");
        _buffer[_end - 2] |= (byte)ReadingFlags.HasClasses; // the flags are the last two bytes of an entry
        Span<byte> item = Trailer(TrailerTag.ClassVolume, 2 + 1 + name.Length + 4);
        BinaryPrimitives.WriteUInt16LittleEndian(item, (ushort)(_count - 1));
        item[2] = (byte)name.Length;
        name.CopyTo(item[3..]);
        BinaryPrimitives.WriteUInt32LittleEndian(item[(3 + name.Length)..], volume);
    }

    /// <summary>Starts a record of events of one controller.</summary>
    public void BeginEvents(in EventsHeader batch)
    {
        Open(RecordType.Events);
        MemoryMarshal.Write(Take(EventsHeader.Size), in batch);
    }

    /// <summary>Adds an event to the record that <see cref="BeginEvents"/> started; at most <see cref="MaxEntries"/>.</summary>
    public void AddEvent(in EventEntry entry)
    {
        Debug.Assert(_open == RecordType.Events && _count < MaxEntries, "events follow their header");
        MemoryMarshal.Write(Take(EventEntry.Size), in entry);
        _count++;
    }

    /// <summary>Adds a rejection record.</summary>
    /// <param name="device">Number, or 0 for a pseudo device that the names tell.</param>
    /// <param name="kind">Kind of the device.</param>
    /// <param name="intersection">Intersection id or <c>-</c>.</param>
    /// <param name="id">Device id or <c>-</c>.</param>
    /// <param name="reason">Why.</param>
    /// <param name="payload">What was refused; cut at <see cref="MaxRejectedPayload"/>.</param>
    /// <param name="topic">The topic, where the device does not tell it; else empty.</param>
    /// <param name="sequence">The device's own number of what was refused, where it can be read: it did come.</param>
    public void AddRejection(
        uint device, DeviceKind kind, string intersection, string id, RejectionReason reason, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> topic, uint? sequence = null)
    {
        Open(RecordType.Rejection);
        _count = 1;
        BinaryPrimitives.WriteUInt32LittleEndian(Take(4), device);
        Take(1)[0] = (byte)kind;
        AddText(intersection);
        AddText(id);
        ReadOnlySpan<byte> name = RejectionReasons.Utf8Name(reason);
        Take(1)[0] = (byte)name.Length;
        name.CopyTo(Take(name.Length));
        payload = payload[..Math.Min(payload.Length, MaxRejectedPayload)];
        BinaryPrimitives.WriteUInt32LittleEndian(Take(4), (uint)payload.Length);
        payload.CopyTo(Take(payload.Length));
        if (!topic.IsEmpty)
        {
            topic = topic[..Math.Min(topic.Length, MaxTopic)];
            topic.CopyTo(Trailer(TrailerTag.Topic, topic.Length));
        }

        if (sequence is { } number)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(Trailer(TrailerTag.Sequence, 4), number);
        }
    }

    /// <summary>Marks the last record as carried by a QoS 2 packet; false when there is none, or it cannot carry the mark.</summary>
    public bool AddOrigin(ushort packetId, ReadOnlySpan<byte> client)
    {
        if (_open is not (RecordType.Readings or RecordType.Observations or RecordType.Events or RecordType.Rejection))
        {
            return false;
        }

        Span<byte> item = Trailer(TrailerTag.PacketOrigin, 2 + client.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(item, packetId);
        client.CopyTo(item[2..]);
        return true;
    }

    /// <summary>Adds a <see cref="RecordType.PacketReceived"/> or <see cref="RecordType.PacketReleased"/> record.</summary>
    public void AddPacket(RecordType type, ushort packetId, ReadOnlySpan<byte> client)
    {
        Open(type);
        BinaryPrimitives.WriteUInt16LittleEndian(Take(2), packetId);
        client.CopyTo(Take(client.Length));
    }

    /// <summary>Adds a <see cref="RecordType.SessionDiscarded"/> record.</summary>
    public void AddSessionDiscarded(ReadOnlySpan<byte> client)
    {
        Open(RecordType.SessionDiscarded);
        client.CopyTo(Take(client.Length));
    }

    /// <summary>Adds a <see cref="RecordType.ClockAlarm"/> record.</summary>
    public void AddClockAlarm(bool on)
    {
        Open(RecordType.ClockAlarm);
        Take(1)[0] = on ? (byte)1 : (byte)0;
    }

    /// <summary>Adds a <see cref="RecordType.Tick"/> record.</summary>
    public void AddTick() => Open(RecordType.Tick);

    /// <summary>Adds a <see cref="RecordType.Device"/> record.</summary>
    public void AddDevice(uint number, DeviceKind kind, DeviceFlags flags, string intersection, string device)
    {
        Open(RecordType.Device);
        AddDeviceLine(number, kind, flags, intersection, device);
    }

    /// <summary>Bytes of a network record in front of its lines.</summary>
    internal const int NetworkHeadSize = 8;

    /// <summary>Bytes of a device in a network record.</summary>
    internal static int DeviceLineSize(DeviceName name) => 8 + name.Intersection.Length + name.Device.Length;

    /// <summary>Starts a <see cref="RecordType.Network"/> record: then its lines, then its file.</summary>
    public void BeginNetwork(uint version, int deviceCount)
    {
        Open(RecordType.Network);
        BinaryPrimitives.WriteUInt32LittleEndian(Take(4), version);
        BinaryPrimitives.WriteUInt32LittleEndian(Take(4), (uint)deviceCount);
    }

    /// <summary>Adds one newly numbered device of a network record.</summary>
    public void AddDeviceLine(uint number, DeviceKind kind, DeviceFlags flags, string intersection, string device)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(Take(4), number);
        Span<byte> bits = Take(2);
        bits[0] = (byte)kind;
        bits[1] = (byte)flags;
        AddText(intersection);
        AddText(device);
    }

    /// <summary>Ends a network record with the file itself.</summary>
    public void AddNetworkFile(NetworkFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        _isPacked = file.IsPacked;
        file.Content.CopyTo(Take(file.Content.Length));
    }

    /// <summary>Seals the last record and returns all of them; valid until the next <see cref="Begin"/>.</summary>
    public ReadOnlySpan<byte> Complete()
    {
        Close();
        return _buffer.AsSpan(0, _end);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AddEntry<T>(RecordType type, in T entry)
        where T : unmanaged
    {
        if (_open != type || _count == MaxEntries)
        {
            Open(type);
        }

        if (_buffer.Length - _end < Unsafe.SizeOf<T>())
        {
            Grow(Unsafe.SizeOf<T>());
        }

        Unsafe.WriteUnaligned(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_buffer), _end), entry);
        _end += Unsafe.SizeOf<T>();
        _count++;
    }

    private void Open(RecordType type)
    {
        Close();
        _open = type;
        _start = _end;
        Take(RecordHeader.Size);
    }

    private void Close()
    {
        if (_open == RecordType.None)
        {
            return;
        }

        _trailer.AsSpan(0, _trailerEnd).CopyTo(Take(_trailerEnd));
        int body = _end - _start - RecordHeader.Size;
        Take(RecordCodec.SizeOf(body) - (_end - _start)).Clear();
        byte version = _isPacked ? InputRecordReader.PackedNetwork : (byte)1;
        RecordCodec.Seal(_buffer.AsSpan(_start, _end - _start), (byte)_open, version, body, _count, ReceivedMs, _elapsedMs, _salt);
        _open = RecordType.None;
        _isPacked = false;
        _count = _trailerEnd = 0;
    }

    private void AddText(string text)
    {
        Debug.Assert(text.Length <= byte.MaxValue && Ascii.IsValid(text), "ids are ASCII and short");
        Span<byte> utf8 = Take(1 + text.Length);
        utf8[0] = (byte)text.Length;
        Encoding.ASCII.GetBytes(text, utf8[1..]);
    }

    private Span<byte> Trailer(TrailerTag tag, int length)
    {
        int size = 4 + length;
        if (_trailer.Length - _trailerEnd < size)
        {
            Array.Resize(ref _trailer, Math.Max(_trailer.Length * 2, _trailerEnd + size));
        }

        Span<byte> item = _trailer.AsSpan(_trailerEnd, size);
        item[0] = (byte)tag;
        item[1] = (byte)length;
        item[2] = (byte)(length >> 8);
        item[3] = (byte)(length >> 16);
        _trailerEnd += size;
        return item[4..];
    }

    private Span<byte> Take(int count)
    {
        if (_buffer.Length - _end < count)
        {
            Grow(count);
        }

        Span<byte> bytes = _buffer.AsSpan(_end, count);
        _end += count;
        return bytes;
    }

    private void Grow(int count) => Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _end + count));
}
