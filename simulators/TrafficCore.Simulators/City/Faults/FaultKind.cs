namespace TrafficCore.Simulators.City.Faults;

/// <summary>What can be wrong with a device.</summary>
internal enum FaultKind
{
    /// <summary>The detector feels a vehicle all the time and counts none.</summary>
    StuckOn,

    /// <summary>The detector feels nothing.</summary>
    StuckOff,

    /// <summary>The detector counts pulses that are no vehicles.</summary>
    Chatter,

    /// <summary>The detector misses vehicles, or counts some twice, more and more of them.</summary>
    CountDrift,

    /// <summary>Speeds go wrong, more and more.</summary>
    SpeedDrift,

    /// <summary>Occupancies go wrong, more and more.</summary>
    OccupancyDrift,

    /// <summary>The device's clock is wrong by a constant.</summary>
    ClockOffset,

    /// <summary>The device's clock runs too fast or too slow.</summary>
    ClockDrift,

    /// <summary>The device sends nothing, and what it would have sent is lost.</summary>
    Silence,

    /// <summary>Messages are sent twice.</summary>
    Duplicate,

    /// <summary>Messages are sent late, behind others.</summary>
    Reorder,

    /// <summary>The device is off, and begins to number from zero when it is back.</summary>
    Reboot,

    /// <summary>The device cannot send, keeps what it has, and sends it afterwards.</summary>
    Backlog,

    /// <summary>Messages are broken, and the service rejects them.</summary>
    Malformed,

    /// <summary>Only some channels of a controller report.</summary>
    Half,

    /// <summary>The board is not connected.</summary>
    Offline,

    /// <summary>The board shows and reports something else than it was told.</summary>
    Wrong,

    /// <summary>The board rejects what it is told.</summary>
    Reject,
}
