using System.Buffers;
using System.Runtime.InteropServices;
using TrafficCore.Log;
using TrafficCore.Pipeline.Ingest;

namespace TrafficCore.Pipeline.Dispatch;

/// <summary>
/// What the log says beside readings, as of one position: devices and network versions as the records that made them, and the
/// QoS 2 packet ids that are open.
/// </summary>
/// <remarks>
/// Ownership: the thread of one shard, which sees every record; recovery before that thread runs. The door knows devices ahead of
/// the log, so the live registry cannot be what a snapshot holds: a device whose record was lost would come back.
/// </remarks>
internal sealed class ControlState
{
    private readonly DeviceRegistry _devices;
    private readonly NetworkHistory _networks;
    private readonly PacketIdRegistry _packets;
    private readonly Action<uint> _onBadNetwork;
    private readonly ArrayBufferWriter<byte> _records = new();
    private bool _recovering = true;

    public ControlState(DeviceRegistry devices, NetworkHistory networks, PacketIdRegistry packets, Action<uint> onBadNetwork)
    {
        _devices = devices;
        _networks = networks;
        _packets = packets;
        _onBadNetwork = onBadNetwork;
    }

    /// <summary>From now on the door changes the device registry itself, ahead of the log.</summary>
    public void GoLive() => _recovering = false;

    public void Apply(in LogRecord record)
    {
        var header = record.Header;
        switch ((RecordType)header.Type)
        {
            case RecordType.Readings:
            case RecordType.Observations:
            case RecordType.Events:
            case RecordType.Rejection:
                ApplyOrigins(header, record.Body);
                break;
            case RecordType.Device:
            case RecordType.Network:
                Keep(header, record.Body);
                ApplyDevices(header, record.Body);
                break;
            case RecordType.PacketReceived:
                if (InputRecordReader.TryPacket(header, record.Body, out var received))
                {
                    _packets.Receive(received.Client, received.PacketId);
                }

                break;
            case RecordType.PacketReleased:
                if (InputRecordReader.TryPacket(header, record.Body, out var released))
                {
                    _packets.Release(released.Client, released.PacketId);
                }

                break;
            case RecordType.SessionDiscarded:
                if (InputRecordReader.TrySessionDiscarded(header, record.Body, out var client))
                {
                    _packets.Discard(client);
                }

                break;
            default:
                break;
        }
    }

    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        _packets.WriteTo(writer);
        writer.Write(_records.WrittenCount);
        writer.Write(_records.WrittenSpan);
        writer.Flush();
        return stream.ToArray();
    }

    public void Restore(ReadOnlyMemory<byte> content)
    {
        using var reader = new BinaryReader(new MemoryStream(content.ToArray()));
        _packets.ReadFrom(reader);
        foreach (var (header, body) in Records(reader))
        {
            Keep(header, body.Span);
            ApplyDevices(header, body.Span);
        }
    }

    /// <summary>The records of devices and network versions that a state consists of, in log order.</summary>
    public static IReadOnlyList<(RecordHeader Header, ReadOnlyMemory<byte> Body)> Records(ReadOnlyMemory<byte> content)
    {
        using var reader = new BinaryReader(new MemoryStream(content.ToArray()));
        new PacketIdRegistry().ReadFrom(reader);
        return [.. Records(reader)];
    }

    private static IEnumerable<(RecordHeader Header, ReadOnlyMemory<byte> Body)> Records(BinaryReader reader)
    {
        var records = reader.ReadBytes(reader.ReadInt32()).AsMemory();
        while (!records.IsEmpty)
        {
            var header = MemoryMarshal.Read<RecordHeader>(records.Span);
            yield return (header, records.Slice(RecordHeader.Size, header.Length));
            records = records[(RecordHeader.Size + header.Length)..];
        }
    }

    private void Keep(RecordHeader header, ReadOnlySpan<byte> body)
    {
        header.Length = body.Length;
        MemoryMarshal.Write(_records.GetSpan(RecordHeader.Size), in header);
        _records.Advance(RecordHeader.Size);
        _records.Write(body);
    }

    private void ApplyDevices(in RecordHeader header, ReadOnlySpan<byte> body)
    {
        if (header.Type == (byte)RecordType.Network)
        {
            ApplyNetwork(header, body);
        }
        else if (_recovering && InputRecordReader.TryDevice(header, body, out var device))
        {
            _devices.Apply(device);
        }
    }

    private void ApplyNetwork(in RecordHeader header, ReadOnlySpan<byte> body)
    {
        if (!InputRecordReader.TryNetwork(header, body, out var record) || _devices.Files.Find(record) is not { } file)
        {
            return;
        }

        // The door appends only what it has parsed; a later release may be stricter. Then the devices keep their numbers and
        // the version before stays in force.
        if (file.Network is null)
        {
            _onBadNetwork(record.Version);
        }
        else
        {
            _networks.Add(new NetworkVersion(record.Version, header.ReceivedMs, file.Network));
        }

        if (_recovering)
        {
            _devices.Apply(record, file);
        }
    }

    private void ApplyOrigins(in RecordHeader header, ReadOnlySpan<byte> body)
    {
        // Most records have no trailer, and where entries have one size the header alone tells.
        var entries = (RecordType)header.Type switch
        {
            RecordType.Readings => header.Count * ReadingEntry.Size,
            RecordType.Observations => header.Count * ObservationEntry.Size,
            RecordType.Events => EventsHeader.Size + (header.Count * EventEntry.Size),
            _ => 0,
        };
        if (body.Length <= entries)
        {
            return;
        }

        foreach (var item in Trailer(header, body))
        {
            if (item.TryOrigin(out var origin))
            {
                _packets.Receive(origin.Client, origin.PacketId);
            }
        }
    }

    private static RecordTrailer Trailer(in RecordHeader header, ReadOnlySpan<byte> body)
    {
        switch ((RecordType)header.Type)
        {
            case RecordType.Readings when InputRecordReader.TryReadings(header, body, out var readings):
                return readings.Trailer;
            case RecordType.Observations when InputRecordReader.TryObservations(header, body, out var observations):
                return observations.Trailer;
            case RecordType.Events when InputRecordReader.TryEvents(header, body, out var events):
                return events.Trailer;
            case RecordType.Rejection when InputRecordReader.TryRejection(header, body, out var rejection):
                return rejection.Trailer;
            default:
                return default;
        }
    }
}
