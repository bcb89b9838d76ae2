using System.Buffers.Binary;

namespace TrafficCore.Pipeline.Ingest;

/// <summary>Body of a <see cref="RecordType.Readings"/> or <see cref="RecordType.Observations"/> record, and what follows the header of events.</summary>
/// <typeparam name="T">What an entry is.</typeparam>
public readonly ref struct EntriesView<T>
    where T : unmanaged
{
    private readonly ReadOnlySpan<byte> _trailer;

    internal EntriesView(ReadOnlySpan<T> entries, ReadOnlySpan<byte> trailer)
    {
        Entries = entries;
        _trailer = trailer;
    }

    /// <summary>The entries in order of arrival.</summary>
    public ReadOnlySpan<T> Entries { get; }

    /// <summary>Class volumes (of readings, ordered by reading) and packet origins.</summary>
    public RecordTrailer Trailer => new(_trailer);
}

/// <summary>Body of a <see cref="RecordType.Events"/> record.</summary>
public readonly ref struct EventsView
{
    private readonly EntriesView<EventEntry> _events;

    internal EventsView(EventsHeader batch, EntriesView<EventEntry> events)
    {
        Batch = batch;
        _events = events;
    }

    /// <summary>Controller, sequence and verdict of all events.</summary>
    public EventsHeader Batch { get; }

    /// <summary>The events in order of arrival.</summary>
    public ReadOnlySpan<EventEntry> Entries => _events.Entries;

    /// <summary>Packet origins.</summary>
    public RecordTrailer Trailer => _events.Trailer;
}

/// <summary>Body of a <see cref="RecordType.Rejection"/> record.</summary>
public readonly ref struct RejectionView
{
    private readonly ReadOnlySpan<byte> _trailer;

    internal RejectionView(ReadOnlySpan<byte> trailer) => _trailer = trailer;

    /// <summary>The device's number; 0 for a pseudo device, which kind, intersection and device then name.</summary>
    public uint Device { get; internal init; }

    /// <summary>Kind of the device.</summary>
    public DeviceKind Kind { get; internal init; }

    /// <summary>Intersection id; <c>-</c> when none is known.</summary>
    public ReadOnlySpan<byte> Intersection { get; internal init; }

    /// <summary>Device id; <c>-</c> when none is known.</summary>
    public ReadOnlySpan<byte> DeviceId { get; internal init; }

    /// <summary>Name of the reason; see <see cref="RejectionReasons"/>.</summary>
    public ReadOnlySpan<byte> Reason { get; internal init; }

    /// <summary>What was refused, cut at <see cref="InputRecordWriter.MaxRejectedPayload"/>.</summary>
    public ReadOnlySpan<byte> Payload { get; internal init; }

    /// <summary>Topic (for pseudo devices) and packet origin.</summary>
    public RecordTrailer Trailer => new(_trailer);

    /// <summary>The device's own number of what was refused; null where none could be read.</summary>
    public uint? Sequence
    {
        get
        {
            foreach (RecordTrailer item in Trailer)
            {
                if (item.Tag == TrailerTag.Sequence && BinaryPrimitives.TryReadUInt32LittleEndian(item.Content, out uint sequence))
                {
                    return sequence;
                }
            }

            return null;
        }
    }

    /// <summary>The topic it came by, where the device does not tell it; else empty.</summary>
    public ReadOnlySpan<byte> Topic
    {
        get
        {
            foreach (RecordTrailer item in Trailer)
            {
                if (item.Tag == TrailerTag.Topic)
                {
                    return item.Content;
                }
            }

            return default;
        }
    }
}

/// <summary>Bits of a <see cref="RecordType.Device"/> record.</summary>
[Flags]
public enum DeviceFlags : byte
{
    /// <summary>Named by the network file.</summary>
    None = 0,

    /// <summary>Learnt from what it sent, not named by the network file at that time.</summary>
    Learnt = 1,

    /// <summary>Learnt from a controller's channel: never part of approach or intersection volume.</summary>
    Channel = 2,
}

/// <summary>Body of a <see cref="RecordType.Device"/> record, and one line of the table in a network record.</summary>
/// <remarks>A record for a number that is already known changes its flags only.</remarks>
public readonly ref struct DeviceView
{
    /// <summary>Number from 1, dense.</summary>
    public uint Number { get; internal init; }

    /// <summary>Kind of the device.</summary>
    public DeviceKind Kind { get; internal init; }

    /// <summary>How it became known.</summary>
    public DeviceFlags Flags { get; internal init; }

    /// <summary>Intersection id, ASCII.</summary>
    public ReadOnlySpan<byte> Intersection { get; internal init; }

    /// <summary>Device id, ASCII.</summary>
    public ReadOnlySpan<byte> Device { get; internal init; }
}

/// <summary>Body of a <see cref="RecordType.Network"/> record.</summary>
public readonly ref struct NetworkView
{
    private readonly ReadOnlySpan<byte> _table;

    internal NetworkView(uint version, int deviceCount, ReadOnlySpan<byte> table, bool isPacked, ReadOnlySpan<byte> file)
    {
        Version = version;
        DeviceCount = deviceCount;
        _table = table;
        IsPacked = isPacked;
        File = file;
    }

    /// <summary>Version from 1, +1 with each network record.</summary>
    public uint Version { get; }

    /// <summary>How many devices got a number with this version.</summary>
    public int DeviceCount { get; }

    /// <summary>Devices that the file names and that had no number yet: <c>foreach</c> over it.</summary>
    public DeviceTableView Devices => new(_table, DeviceCount);

    /// <summary>Whether <see cref="File"/> is packed; what it says is <see cref="NetworkFiles.Find(in NetworkView)"/>'s to tell.</summary>
    public bool IsPacked { get; }

    /// <summary>The network file as it lies in the record.</summary>
    public ReadOnlySpan<byte> File { get; }
}

/// <summary>The newly numbered devices of a network record.</summary>
public ref struct DeviceTableView
{
    private SpanCursor _cursor;
    private int _left;
    private DeviceView _current;

    internal DeviceTableView(ReadOnlySpan<byte> table, int count)
    {
        _cursor = new SpanCursor(table);
        _left = count;
    }

    /// <summary>The device.</summary>
    public readonly DeviceView Current => _current;

    /// <summary>Makes <c>foreach</c> work.</summary>
    public readonly DeviceTableView GetEnumerator() => this;

    /// <summary>Steps to the next device.</summary>
    public bool MoveNext() => _left-- > 0 && InputRecordReader.TryDevice(ref _cursor, out _current);
}
