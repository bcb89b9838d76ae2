namespace TrafficCore.Pipeline.Ledger;

/// <summary>Where everything that was received went.</summary>
public sealed record LedgerSnapshot
{
    /// <summary>Input position of the outcomes.</summary>
    public required long Position { get; init; }

    /// <summary>Readings, observations, events and refused things in the log, counted by a reader of its files.</summary>
    public required long Received { get; init; }

    /// <summary>Entered shard state.</summary>
    public required long Stored { get; init; }

    /// <summary>Had been received before.</summary>
    public required long Duplicate { get; init; }

    /// <summary>Too old for its own device.</summary>
    public required long Late { get; init; }

    /// <summary>Refused at the door, by reason.</summary>
    public required IReadOnlyDictionary<string, long> Rejected { get; init; }

    /// <summary>In records that are whole but whose content is not what their header says.</summary>
    public required long Corrupt { get; init; }

    /// <summary>Durable, and on its way to its outcome.</summary>
    public required long InFlight { get; init; }

    /// <summary>Bytes of the log that were damaged and skipped; how many readings they held is not known.</summary>
    public long CorruptBytes { get; init; }

    /// <summary>Lost on the way in: numbers that the devices' own counters jumped over and that did not come after all. It was never received, so no outcome holds it.</summary>
    public long Missing { get; init; }

    /// <summary>Numbers that had been missing and came.</summary>
    public long Filled { get; init; }

    /// <summary>How often a device's counter was begun anew.</summary>
    public long Restarts { get; init; }

    /// <summary>What no outcome explains; anything but 0 is a defect.</summary>
    public long Unexplained => Received - Stored - Duplicate - Late - Rejected.Values.Sum() - Corrupt - InFlight;
}

/// <summary>Where everything that one device sent went; nothing is in flight, since both sides are as of one position.</summary>
public sealed record DeviceLedger
{
    /// <summary>Intersection id, or <c>-</c>.</summary>
    public required string Intersection { get; init; }

    /// <summary>Kind of the device, e.g. <c>detector</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Device id, or <c>-</c>.</summary>
    public required string Device { get; init; }

    /// <summary>Its ledger.</summary>
    public required LedgerSnapshot Ledger { get; init; }
}
