using TrafficCore.Traffic.Readings;

namespace TrafficCore.Traffic.Observations;

/// <summary>One element of an observations payload, decoded.</summary>
public struct ParsedObservation
{
    /// <summary>When, Unix ms; null when the device sent no time.</summary>
    public long? Timestamp;

    /// <summary>The values that were sent and are possible.</summary>
    public ObservedValues Values;

    /// <summary>Values that were sent and dropped because they are impossible: a bit by the index of the property.</summary>
    public uint Dropped;

    /// <summary>Why the element must be refused.</summary>
    public ReadingFault Fault;

    /// <summary>Where the element begins in the payload.</summary>
    public int Offset;

    /// <summary>Bytes of the element.</summary>
    public int Length;
}
