namespace TrafficCore.Log;

/// <summary>What <see cref="RecordCodec.TryRead"/> found.</summary>
public enum RecordStatus
{
    /// <summary>A record whose checksum fits.</summary>
    Whole,

    /// <summary>It may be a record, but the bytes end before it does.</summary>
    Incomplete,

    /// <summary>These bytes are not a record of this log.</summary>
    Invalid,
}
