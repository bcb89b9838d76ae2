using System.Buffers.Binary;
using System.Text;
using TrafficCore.Log;
using TrafficCore.Pipeline.Ingest;

namespace TrafficCore.Pipeline.Ledger;

/// <summary>The received side of the ledger: totals from record headers, devices from record bodies.</summary>
/// <remarks>
/// Ownership: one reader of the log. It shares no code with the shards: a defect in how they read a record must show as a
/// difference, not cancel out.
/// </remarks>
internal sealed class ReceivedCounts
{
    private readonly Dictionary<(byte Kind, string Intersection, string Device), long> _pseudo = [];
    private readonly Dictionary<uint, long> _damaged = [];
    private long[] _byNumber = new long[256];

    /// <summary>Sum of the header counts.</summary>
    public long Total { get; private set; }

    /// <summary>Bytes that could not be read.</summary>
    public long GapBytes { get; private set; }

    public void Add(in RecordHeader header, ReadOnlySpan<byte> body)
    {
        if (header.Count <= 0)
        {
            return;
        }

        Total += header.Count;
        switch ((RecordType)header.Type)
        {
            case RecordType.Readings or RecordType.Observations:
                // Both have 32 bytes, with the device number behind 8 bytes of time.
                for (var entry = 0; entry < header.Count && body.Length >= 32; entry++, body = body[32..])
                {
                    Device(BinaryPrimitives.ReadUInt32LittleEndian(body[8..]))++;
                }

                break;
            case RecordType.Events when body.Length >= 4:
                Device(BinaryPrimitives.ReadUInt32LittleEndian(body)) += header.Count;
                break;
            case RecordType.Rejection when body.Length >= 5:
                AddRejection(body, header.Count);
                break;
            default:
                break;
        }
    }

    /// <summary>Counts what was probably in a stretch that could not be read.</summary>
    public void Add(DamagedRange damage)
    {
        GapBytes += damage.Gap.To - damage.Gap.From;
        Total += damage.Count;
        foreach (var (device, count) in damage.Counts)
        {
            // Apart from the others: a damaged number may be any.
            _damaged[device] = _damaged.GetValueOrDefault(device) + count;
        }
    }

    /// <summary>What a numbered device has sent; 0 for a number that was never seen.</summary>
    public long Of(uint number) => (number < _byNumber.Length ? _byNumber[number] : 0) + _damaged.GetValueOrDefault(number);

    /// <summary>What is counted under a name that has no number.</summary>
    public long Of(DeviceKind kind, string intersection, string device)
        => _pseudo.GetValueOrDefault(((byte)kind, intersection, device));

    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        writer.Write(Total);
        writer.Write(GapBytes);
        var numbers = Array.FindLastIndex(_byNumber, static count => count != 0) + 1;
        writer.Write(numbers);
        for (var i = 0; i < numbers; i++)
        {
            writer.Write7BitEncodedInt64(_byNumber[i]);
        }

        writer.Write(_pseudo.Count);
        foreach (var (name, count) in _pseudo.OrderBy(static p => p.Key))
        {
            writer.Write(name.Kind);
            writer.Write(name.Intersection);
            writer.Write(name.Device);
            writer.Write7BitEncodedInt64(count);
        }

        writer.Write(_damaged.Count);
        foreach (var (device, count) in _damaged.OrderBy(static p => p.Key))
        {
            writer.Write(device);
            writer.Write7BitEncodedInt64(count);
        }

        writer.Flush();
        return stream.ToArray();
    }

    public static ReceivedCounts Read(ReadOnlyMemory<byte> source)
    {
        using var reader = new BinaryReader(new MemoryStream(source.ToArray()), Encoding.UTF8);
        var counts = new ReceivedCounts { Total = reader.ReadInt64(), GapBytes = reader.ReadInt64() };
        var numbers = reader.ReadInt32();
        for (uint i = 0; i < numbers; i++)
        {
            counts.Device(i) = reader.Read7BitEncodedInt64();
        }

        for (var names = reader.ReadInt32(); names > 0; names--)
        {
            var name = (reader.ReadByte(), reader.ReadString(), reader.ReadString());
            counts._pseudo[name] = reader.Read7BitEncodedInt64();
        }

        // Snapshots of earlier releases end here.
        for (var devices = reader.BaseStream.Position == reader.BaseStream.Length ? 0 : reader.ReadInt32(); devices > 0; devices--)
        {
            counts._damaged[reader.ReadUInt32()] = reader.Read7BitEncodedInt64();
        }

        return counts;
    }

    private void AddRejection(ReadOnlySpan<byte> body, int count)
    {
        var number = BinaryPrimitives.ReadUInt32LittleEndian(body);
        if (number != 0)
        {
            Device(number) += count;
            return;
        }

        var kind = body[4];
        var rest = body[5..];
        var name = (kind, Text(ref rest), Text(ref rest));
        _pseudo[name] = _pseudo.GetValueOrDefault(name) + count;
    }

    private static string Text(ref ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty || rest.Length <= rest[0])
        {
            return "";
        }

        var text = Encoding.UTF8.GetString(rest.Slice(1, rest[0]));
        rest = rest[(1 + rest[0])..];
        return text;
    }

    private ref long Device(uint number)
    {
        if (number >= _byNumber.Length)
        {
            Array.Resize(ref _byNumber, (int)Math.Max((uint)_byNumber.Length * 2, number + 1));
        }

        return ref _byNumber[number];
    }
}
