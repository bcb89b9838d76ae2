using System.Buffers;
using System.Buffers.Binary;

namespace TrafficCore.Pipeline.Shards;

/// <summary>Tags of snapshot parts; numbers are never reused. The shards' are below 100.</summary>
internal static class SnapshotTag
{
    public const uint Devices = 1;
    public const uint Network = 2;
    public const uint Intersection = 3;
    public const uint Orphans = 4;

    /// <summary>Counters of an intersection's devices that jumped; without any there is no part.</summary>
    public const uint Counters = 5;
}

/// <summary>Writes a snapshot as a sequence of parts: tag, length, content. Parts of different owners stand side by side.</summary>
internal sealed class SnapshotPartWriter(IBufferWriter<byte> target)
{
    /// <summary>Bytes of a part in front of its content.</summary>
    public const int HeadSize = 8;

    public void Write(uint tag, ReadOnlySpan<byte> content)
    {
        Span<byte> head = target.GetSpan(HeadSize);
        BinaryPrimitives.WriteUInt32LittleEndian(head, tag);
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], content.Length);
        target.Advance(HeadSize);
        target.Write(content);
    }
}

/// <summary>Reads the parts of a snapshot in order; each owner takes the tags that are its own.</summary>
internal sealed class SnapshotPartReader(ReadOnlyMemory<byte> snapshot)
{
    /// <summary>All parts.</summary>
    /// <exception cref="InvalidDataException">The snapshot ends within a part.</exception>
    public IEnumerable<(uint Tag, ReadOnlyMemory<byte> Content)> Parts()
    {
        ReadOnlyMemory<byte> rest = snapshot;
        while (!rest.IsEmpty)
        {
            if (rest.Length < SnapshotPartWriter.HeadSize)
            {
                throw new InvalidDataException("the snapshot ends within the head of a part");
            }

            uint tag = BinaryPrimitives.ReadUInt32LittleEndian(rest.Span);
            int length = BinaryPrimitives.ReadInt32LittleEndian(rest.Span[4..]);
            rest = rest[SnapshotPartWriter.HeadSize..];
            if ((uint)length > (uint)rest.Length)
            {
                throw new InvalidDataException("the snapshot ends within a part");
            }

            yield return (tag, rest[..length]);
            rest = rest[length..];
        }
    }
}
