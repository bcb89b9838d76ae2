using System.Buffers.Binary;
using TrafficCore.Log;

namespace TrafficCore.Pipeline.Ingest;

/// <summary>
/// A damaged stretch of the input log, and whose readings and events it probably held: its records no longer have the right checksum, but
/// where header and length still fit, count and device numbers can be read. What they were is not believed, only how many.
/// </summary>
/// <remarks>
/// Immutable. Shards and the received side both count from one of these: what was lost cannot be counted twice independently, and both must
/// take the same guess, or the ledger would not balance.
/// </remarks>
internal sealed record DamagedRange(LogGap Gap, ReadOnlyMemory<byte> Bytes, IReadOnlyDictionary<uint, long> Counts)
{
    /// <summary>Stands for what has no device.</summary>
    public const uint NoDevice = 0;

    private const int EntryBytes = 32;
    private const int EventBytes = 16;

    /// <summary>Readings, observations, events and refusals in all.</summary>
    public long Count => Counts.Values.Sum();

    /// <summary>The stretch that a reader has just stepped over; without bytes when they are gone.</summary>
    public static DamagedRange Read(LogReader reader)
    {
        var bytes = reader.ReadGap();
        var counts = new Dictionary<uint, long>();
        var rest = bytes.AsSpan();
        while (RecordCodec.TryReadDamaged(rest, out var header, out var size))
        {
            Attribute(header, rest.Slice(RecordHeader.Size, header.Length), counts);
            rest = rest[size..];
        }

        return new DamagedRange(reader.Gap, bytes, counts);
    }

    private static void Attribute(in RecordHeader header, ReadOnlySpan<byte> body, Dictionary<uint, long> counts)
    {
        switch ((RecordType)header.Type)
        {
            case RecordType.Readings or RecordType.Observations when header.Count > 0 && (long)header.Count * EntryBytes <= body.Length:
                for (var entry = 0; entry < header.Count; entry++)
                {
                    Add(counts, BinaryPrimitives.ReadUInt32LittleEndian(body[((entry * EntryBytes) + sizeof(long))..]), 1);
                }

                break;
            case RecordType.Events when header.Count > 0 && EventsHeader.Size + ((long)header.Count * EventBytes) <= body.Length:
                Add(counts, BinaryPrimitives.ReadUInt32LittleEndian(body), header.Count);
                break;
            case RecordType.Rejection when header.Count == 1 && body.Length >= sizeof(uint):
                Add(counts, BinaryPrimitives.ReadUInt32LittleEndian(body), 1);
                break;
            default:
                break;
        }
    }

    private static void Add(Dictionary<uint, long> counts, uint device, long count) => counts[device] = counts.GetValueOrDefault(device) + count;
}
