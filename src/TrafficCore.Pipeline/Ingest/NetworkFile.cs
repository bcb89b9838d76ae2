using System.Security.Cryptography;
using TrafficCore.Log;
using TrafficCore.Traffic.Network;

namespace TrafficCore.Pipeline.Ingest;

/// <summary>One network file: what it says, and how it lies in records and snapshots. Immutable.</summary>
/// <remarks>A city's file of 40 MB is a network of 100 MB; <see cref="NetworkFiles"/> sees to it that door, shards and boards hold one of each.</remarks>
public sealed class NetworkFile
{
    private readonly byte[] _content;
    private readonly byte[] _hash;

    private NetworkFile(byte[] content, bool isPacked, ReadOnlySpan<byte> json, RoadNetwork? network)
    {
        _content = content;
        _hash = SHA256.HashData(json);
        IsPacked = isPacked;
        Network = network;
    }

    /// <summary>What it says; null when this release cannot read what an earlier one has logged.</summary>
    public RoadNetwork? Network { get; }

    /// <summary>Whether it can be appended to the log, whatever devices have a number already.</summary>
    public bool FitsIntoRecord =>
        Network is not null && _content.Length <= RecordCodec.MaxBodyLength - InputRecordWriter.NetworkHeadSize
            - DeviceName.AllOf(Network).Sum(static name => (long)InputRecordWriter.DeviceLineSize(name));

    /// <summary>Whether <see cref="Content"/> is packed, as <see cref="NetworkFilePacking"/> does it.</summary>
    internal bool IsPacked { get; }

    /// <summary>The file as it lies in records.</summary>
    internal ReadOnlySpan<byte> Content => _content;

    /// <summary>A file that was read and found good.</summary>
    /// <param name="json">Its bytes.</param>
    /// <param name="network">What they say.</param>
    public static NetworkFile Of(ReadOnlySpan<byte> json, RoadNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        bool isPacked = json.Length > NetworkFilePacking.PackAbove;
        return new NetworkFile((isPacked ? NetworkFilePacking.Pack(json) : json).ToArray(), isPacked, json, network);
    }

    /// <summary>A file as it lies in a record or a snapshot; null when it cannot be unpacked.</summary>
    internal static NetworkFile? Read(bool isPacked, ReadOnlySpan<byte> content)
    {
        byte[] kept = content.ToArray();
        byte[] json = kept;
        return isPacked && !NetworkFilePacking.TryUnpack(content, out json)
            ? null
            : new NetworkFile(kept, isPacked, json, RoadNetworkParser.Parse(json).Network);
    }

    /// <summary>Whether these are its bytes.</summary>
    internal bool IsOf(ReadOnlySpan<byte> json) => _hash.AsSpan().SequenceEqual(SHA256.HashData(json));

    /// <summary>Whether it lies in records like this.</summary>
    internal bool LiesAs(bool isPacked, ReadOnlySpan<byte> content) => IsPacked == isPacked && Content.SequenceEqual(content);
}
