namespace TrafficCore.Pipeline.Recovery;

/// <summary>Tags of the snapshot parts that are not the shards'; from 100, never reused.</summary>
internal static class SnapshotTags
{
    /// <summary>Positions and counters: <see cref="SnapshotHead"/>.</summary>
    public const uint Head = 100;

    /// <summary>Devices, network versions and QoS 2 packet ids.</summary>
    public const uint Control = 101;

    /// <summary>The ledger's count of what was received.</summary>
    public const uint Received = 102;

    /// <summary>Where the latest windows lie in the output log.</summary>
    public const uint Latest = 103;
}
