namespace TrafficCore.Pipeline.Ingest;

/// <summary>What an item of a record's trailer is. Unknown tags are skipped, so that items can be added later.</summary>
public enum TrailerTag : byte
{
    /// <summary>Vehicles of one class in one reading; ordered by reading.</summary>
    ClassVolume = 1,

    /// <summary>The QoS 2 packet that carried what the record holds, wholly or up to here.</summary>
    PacketOrigin = 2,

    /// <summary>The topic of a refused payload, where the device does not tell it.</summary>
    Topic = 3,

    /// <summary>The device's own number of what was refused.</summary>
    Sequence = 4,
}

/// <summary>Vehicles of one class in one reading.</summary>
public readonly ref struct ClassVolumeView
{
    internal ClassVolumeView(int reading, ReadOnlySpan<byte> name, uint volume)
    {
        Reading = reading;
        Name = name;
        Volume = volume;
    }

    /// <summary>Index of the reading in its record.</summary>
    public int Reading { get; }

    /// <summary>Class name, <c>[A-Za-z0-9_-]{1,32}</c>.</summary>
    public ReadOnlySpan<byte> Name { get; }

    /// <summary>Vehicles.</summary>
    public uint Volume { get; }
}

/// <summary>A QoS 2 packet id of a client.</summary>
public readonly ref struct PacketView
{
    internal PacketView(ushort packetId, ReadOnlySpan<byte> client)
    {
        PacketId = packetId;
        Client = client;
    }

    /// <summary>MQTT packet identifier.</summary>
    public ushort PacketId { get; }

    /// <summary>MQTT client identifier, UTF-8.</summary>
    public ReadOnlySpan<byte> Client { get; }
}

/// <summary>The tagged items behind a record's entries: <c>foreach</c> over it. Borrowed from the record.</summary>
public ref struct RecordTrailer
{
    private SpanCursor _cursor;

    internal RecordTrailer(ReadOnlySpan<byte> bytes) => _cursor = new SpanCursor(bytes);

    /// <summary>Tag of the current item.</summary>
    public TrailerTag Tag { get; private set; }

    /// <summary>Bytes of the current item.</summary>
    public ReadOnlySpan<byte> Content { get; private set; }

    /// <summary>The item itself, so that <c>foreach</c> hands out tag and content together.</summary>
    public readonly RecordTrailer Current => this;

    /// <summary>Makes <c>foreach</c> work.</summary>
    public readonly RecordTrailer GetEnumerator() => this;

    /// <summary>Steps to the next item.</summary>
    public bool MoveNext()
    {
        if (!_cursor.TryByte(out byte tag) || !_cursor.TryUInt24(out int length) || !_cursor.TryBytes(length, out ReadOnlySpan<byte> content))
        {
            return false;
        }

        Tag = (TrailerTag)tag;
        Content = content;
        return true;
    }

    /// <summary>Reads the current item as a class volume.</summary>
    public readonly bool TryClassVolume(out ClassVolumeView view)
    {
        view = default;
        var cursor = new SpanCursor(Content);
        if (Tag != TrailerTag.ClassVolume || !cursor.TryUInt16(out ushort reading) || !cursor.TryText(out ReadOnlySpan<byte> name)
            || name.Length is 0 or > InputRecordWriter.MaxClassName || !cursor.TryUInt32(out uint volume))
        {
            return false;
        }

        view = new ClassVolumeView(reading, name, volume);
        return true;
    }

    /// <summary>Reads the current item as the packet that carried the record.</summary>
    public readonly bool TryOrigin(out PacketView view)
    {
        view = default;
        var cursor = new SpanCursor(Content);
        if (Tag != TrailerTag.PacketOrigin || !cursor.TryUInt16(out ushort packetId))
        {
            return false;
        }

        view = new PacketView(packetId, cursor.Rest);
        return true;
    }

    /// <summary>Whether the bytes are whole items, and class volumes belong to one of <paramref name="readings"/> readings in order.</summary>
    internal static bool IsWhole(ReadOnlySpan<byte> bytes, int readings)
    {
        var trailer = new RecordTrailer(bytes);
        int last = 0;
        while (trailer.MoveNext())
        {
            if (trailer.Tag == TrailerTag.PacketOrigin && !trailer.TryOrigin(out _))
            {
                return false;
            }

            if (trailer.Tag == TrailerTag.ClassVolume)
            {
                if (!trailer.TryClassVolume(out ClassVolumeView view) || view.Reading >= readings || view.Reading < last)
                {
                    return false;
                }

                last = view.Reading;
            }
        }

        return trailer._cursor.Rest.IsEmpty;
    }
}
