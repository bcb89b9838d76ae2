namespace TrafficCore.Log;

/// <summary>What opening a log found. Only the last segment is read through; older gaps show when they are read.</summary>
public sealed class LogRecoveryReport
{
    /// <summary>The log did not exist.</summary>
    public bool Created { get; init; }

    /// <summary>Segment files present.</summary>
    public int Segments { get; init; }

    /// <summary>Damage found inside the part that was read; the records behind each are there.</summary>
    public IReadOnlyList<LogGap> Gaps { get; init; } = [];

    /// <summary>Bytes of an unfinished, never acknowledged write behind the last valid record.</summary>
    public long TornBytes { get; init; }

    /// <summary>Segments of which a copy of the header, or both, is damaged.</summary>
    public int DamagedHeaders { get; init; }

    /// <summary>Header of the last valid record: where <see cref="ServiceClock"/> goes on. Null when there is none.</summary>
    public RecordHeader? LastRecord { get; init; }
}
