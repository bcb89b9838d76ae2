using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Output;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Pipeline.Shards;

/// <summary>
/// A shard's parts of a snapshot. What all shards hold alike (devices, networks) is written by the first; the rest is a part
/// per intersection, so that any number of shards can take it up again.
/// </summary>
internal sealed class ShardSnapshot(ShardContext context, DeviceDirectory devices, PseudoLedger pseudo, NetworkFiles files, bool isFirstShard)
{
    private const byte Version = 1;

    /// <summary>Version of a network part whose file is packed as in its record; in the first version it lies there as it is.</summary>
    private const byte PackedNetwork = 2;

    private readonly BodyWriter _part = new();

    public void Write(SnapshotPartWriter writer)
    {
        if (isFirstShard)
        {
            WriteShared(writer);
        }

        Begin();
        pseudo.Write(_part);
        writer.Write(SnapshotTag.Orphans, _part.Written);
        foreach (IntersectionState state in devices.Own)
        {
            Begin();
            IntersectionCodec.Write(_part, state, context);
            writer.Write(SnapshotTag.Intersection, _part.Written);
            Begin();
            if (IntersectionCodec.TryWriteCounters(_part, state))
            {
                writer.Write(SnapshotTag.Counters, _part.Written);
            }
        }
    }

    public void Read(SnapshotPartReader snapshot)
    {
        // Parts of several shards may come in any order, and all others need the device table.
        foreach ((uint tag, ReadOnlyMemory<byte> content) in snapshot.Parts())
        {
            ReadShared(tag, content.Span);
        }

        foreach ((uint tag, ReadOnlyMemory<byte> content) in snapshot.Parts())
        {
            ReadOwn(tag, content.Span);
        }

        foreach (IntersectionState state in devices.Own)
        {
            for (int i = 0; i < state.DeviceCount; i++)
            {
                state.Details(i).AddTo(context.Outcomes, in state.Device(i));
            }
        }
    }

    /// <summary>The window lengths that a snapshot was written with; null when it holds no shard's parts.</summary>
    public static WindowLengths? LengthsOf(SnapshotPartReader snapshot)
    {
        foreach ((uint tag, ReadOnlyMemory<byte> content) in snapshot.Parts())
        {
            if (tag == SnapshotTag.Devices)
            {
                var reader = new BodyReader(content.Span);
                CheckVersion(ref reader);
                return ReadLengths(ref reader);
            }
        }

        return null;
    }

    private void WriteShared(SnapshotPartWriter writer)
    {
        Begin();
        _part.Count(context.Lengths.Count);
        foreach (long length in context.Lengths.Ms)
        {
            _part.Unsigned((ulong)length);
        }

        _part.Signed(context.Position);
        _part.Signed(context.ReceivedMs);
        _part.FixedInt64(context.ElapsedMs);
        devices.Write(_part);
        writer.Write(SnapshotTag.Devices, _part.Written);
        foreach (NetworkInForce version in context.Networks.Versions)
        {
            _part.Clear();
            _part.Byte(version.File.IsPacked ? PackedNetwork : Version);
            _part.Signed(version.ReceivedMs);
            _part.Block(version.File.Content);
            writer.Write(SnapshotTag.Network, _part.Written);
        }
    }

    private void ReadShared(uint tag, ReadOnlySpan<byte> content)
    {
        var reader = new BodyReader(content);
        if (tag == SnapshotTag.Devices)
        {
            CheckVersion(ref reader);
            if (!ReadLengths(ref reader).Ms.SequenceEqual(context.Lengths.Ms))
            {
                throw new InvalidDataException("the snapshot was written with other window lengths; Windows:Length cannot change in a data directory");
            }

            context.MoveTo(reader.Signed(), reader.Signed(), reader.FixedInt64());
            devices.Read(ref reader);
        }
        else if (tag == SnapshotTag.Network)
        {
            bool isPacked = reader.Rest is [PackedNetwork, ..];
            CheckVersion(ref reader, isPacked ? PackedNetwork : Version);
            long receivedMs = reader.Signed();
            context.Networks.Add(receivedMs, files.Find(isPacked, reader.Block()) ?? throw new InvalidDataException("the snapshot holds a network file that cannot be unpacked"));
        }
    }

    private void ReadOwn(uint tag, ReadOnlySpan<byte> content)
    {
        var reader = new BodyReader(content);
        if (tag == SnapshotTag.Orphans)
        {
            CheckVersion(ref reader);
            pseudo.Read(ref reader, devices, isFirstShard);
        }
        else if (tag == SnapshotTag.Intersection)
        {
            CheckVersion(ref reader);
            if (devices.FindOwn(IntersectionCodec.ReadOrdinal(ref reader)) is { } state)
            {
                IntersectionCodec.Read(ref reader, state, context);
            }
        }
        else if (tag == SnapshotTag.Counters)
        {
            CheckVersion(ref reader);
            if (devices.FindOwn(IntersectionCodec.ReadOrdinal(ref reader)) is { } state)
            {
                IntersectionCodec.ReadCounters(ref reader, state);
            }
        }
    }

    private static WindowLengths ReadLengths(ref BodyReader reader)
    {
        var lengths = new long[reader.Count()];
        for (int i = 0; i < lengths.Length; i++)
        {
            lengths[i] = reader.Int64();
        }

        return WindowLengths.TryCreate(lengths, out WindowLengths? result, out string? error)
            ? result!
            : throw new InvalidDataException($"the snapshot names window lengths that cannot be: {error}");
    }

    private void Begin()
    {
        _part.Clear();
        _part.Byte(Version);
    }

    private static void CheckVersion(ref BodyReader reader, byte known = Version)
    {
        byte version = reader.Byte();
        if (version != known)
        {
            throw new InvalidDataException($"a snapshot part of version {version} is not known to this program");
        }
    }
}
