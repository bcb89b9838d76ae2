namespace TrafficCore.Pipeline.Shards;

/// <summary>
/// What all devices of a shard have counted, kept beside them: adding up a quarter of a million devices took 13 ms of every second, most of it waiting
/// for memory. The ledger adds the devices up all the same, when it is asked.
/// </summary>
/// <remarks>Ownership: the shard loop; others are given a <see cref="Copy"/>.</remarks>
internal sealed class OutcomeCounts
{
    public long Stored { get; set; }

    public long Duplicate { get; set; }

    public long Conflict { get; set; }

    public long Late { get; set; }

    public long Gaps { get; set; }

    public long Filled { get; set; }

    public long Restarts { get; set; }

    public OutcomeCounts Copy() => (OutcomeCounts)MemberwiseClone();

    /// <summary>Adds what a restored device had counted.</summary>
    public void Add(in DeviceState device, SequenceCounter? counter)
    {
        Stored += device.Stored;
        Duplicate += device.Duplicate;
        Conflict += device.Conflict;
        Late += device.Late;
        Gaps += device.Gaps;
        Filled += counter?.Filled ?? 0;
        Restarts += counter?.Restarts ?? 0;
    }
}
