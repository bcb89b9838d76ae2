using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TrafficCore.Log;

namespace TrafficCore.Pipeline.Ingest;

/// <summary>
/// Reads bodies of input records as views over the same memory. A body that does not hold what its header promises gives
/// false: the record is then corrupt as a whole and counted so.
/// </summary>
public static class InputRecordReader
{
    /// <summary>Version of a network record whose file is packed; in the first version it lies there as it is.</summary>
    internal const byte PackedNetwork = 2;

    /// <summary>Reads a <see cref="RecordType.Readings"/> body.</summary>
    public static bool TryReadings(in RecordHeader header, ReadOnlySpan<byte> body, out EntriesView<ReadingEntry> view) =>
        TryEntries(header, body, header.Count, out view);

    /// <summary>Reads a <see cref="RecordType.Observations"/> body.</summary>
    public static bool TryObservations(in RecordHeader header, ReadOnlySpan<byte> body, out EntriesView<ObservationEntry> view) =>
        TryEntries(header, body, 0, out view);

    /// <summary>Reads a <see cref="RecordType.Events"/> body.</summary>
    public static bool TryEvents(in RecordHeader header, ReadOnlySpan<byte> body, out EventsView view)
    {
        view = default;
        if (body.Length < EventsHeader.Size || !TryEntries(header, body[EventsHeader.Size..], 0, out EntriesView<EventEntry> events))
        {
            return false;
        }

        view = new EventsView(MemoryMarshal.Read<EventsHeader>(body), events);
        return true;
    }

    /// <summary>Reads a <see cref="RecordType.Rejection"/> body.</summary>
    public static bool TryRejection(in RecordHeader header, ReadOnlySpan<byte> body, out RejectionView view)
    {
        view = default;
        var cursor = new SpanCursor(body);
        if (header.Version != 1 || header.Count != 1 || !cursor.TryUInt32(out uint device) || !cursor.TryByte(out byte kind)
            || !cursor.TryText(out ReadOnlySpan<byte> intersection) || !cursor.TryText(out ReadOnlySpan<byte> id)
            || !cursor.TryText(out ReadOnlySpan<byte> reason) || !cursor.TryUInt32(out uint length)
            || length > InputRecordWriter.MaxRejectedPayload || !cursor.TryBytes((int)length, out ReadOnlySpan<byte> payload)
            || !RecordTrailer.IsWhole(cursor.Rest, 0))
        {
            return false;
        }

        view = new RejectionView(cursor.Rest)
        {
            Device = device, Kind = (DeviceKind)kind, Intersection = intersection, DeviceId = id, Reason = reason, Payload = payload,
        };
        return true;
    }

    /// <summary>Reads a <see cref="RecordType.Device"/> body.</summary>
    public static bool TryDevice(in RecordHeader header, ReadOnlySpan<byte> body, out DeviceView view)
    {
        view = default;
        var cursor = new SpanCursor(body);
        return header.Version == 1 && TryDevice(ref cursor, out view) && cursor.Rest.IsEmpty;
    }

    /// <summary>Reads a <see cref="RecordType.Network"/> body.</summary>
    public static bool TryNetwork(in RecordHeader header, ReadOnlySpan<byte> body, out NetworkView view)
    {
        view = default;
        var cursor = new SpanCursor(body);
        if (header.Version is < 1 or > PackedNetwork || !cursor.TryUInt32(out uint version) || !cursor.TryUInt32(out uint count) || count > body.Length)
        {
            return false;
        }

        ReadOnlySpan<byte> table = cursor.Rest;
        for (uint i = 0; i < count; i++)
        {
            if (!TryDevice(ref cursor, out _))
            {
                return false;
            }
        }

        view = new NetworkView(version, (int)count, table[..(table.Length - cursor.Rest.Length)], header.Version == PackedNetwork, cursor.Rest);
        return true;
    }

    /// <summary>Reads a <see cref="RecordType.PacketReceived"/> or <see cref="RecordType.PacketReleased"/> body.</summary>
    public static bool TryPacket(in RecordHeader header, ReadOnlySpan<byte> body, out PacketView view)
    {
        view = default;
        var cursor = new SpanCursor(body);
        if (header.Version != 1 || !cursor.TryUInt16(out ushort packetId))
        {
            return false;
        }

        view = new PacketView(packetId, cursor.Rest);
        return true;
    }

    /// <summary>Reads a <see cref="RecordType.SessionDiscarded"/> body: the client identifier.</summary>
    public static bool TrySessionDiscarded(in RecordHeader header, ReadOnlySpan<byte> body, out ReadOnlySpan<byte> client)
    {
        client = body;
        return header.Version == 1;
    }

    /// <summary>Reads a <see cref="RecordType.ClockAlarm"/> body: whether the alarm is on from here.</summary>
    public static bool TryClockAlarm(in RecordHeader header, ReadOnlySpan<byte> body, out bool on)
    {
        on = body.Length == 1 && body[0] == 1;
        return header.Version == 1 && body.Length == 1;
    }

    internal static bool TryDevice(scoped ref SpanCursor cursor, out DeviceView view)
    {
        view = default;
        if (!cursor.TryUInt32(out uint number) || number == 0 || !cursor.TryByte(out byte kind) || !cursor.TryByte(out byte flags)
            || !cursor.TryText(out ReadOnlySpan<byte> intersection) || intersection.IsEmpty
            || !cursor.TryText(out ReadOnlySpan<byte> device) || device.IsEmpty)
        {
            return false;
        }

        view = new DeviceView
        {
            Number = number, Kind = (DeviceKind)kind, Flags = (DeviceFlags)flags, Intersection = intersection, Device = device,
        };
        return true;
    }

    // As many entries as the header counts, then a whole trailer, whose class volumes belong to one of so many readings.
    private static bool TryEntries<T>(in RecordHeader header, ReadOnlySpan<byte> body, int readings, out EntriesView<T> view)
        where T : unmanaged
    {
        view = default;
        long length = (long)header.Count * Unsafe.SizeOf<T>();
        if (header.Version != 1 || length < 0 || length > body.Length || !RecordTrailer.IsWhole(body[(int)length..], readings))
        {
            return false;
        }

        view = new EntriesView<T>(MemoryMarshal.Cast<byte, T>(body[..(int)length]), body[(int)length..]);
        return true;
    }
}
