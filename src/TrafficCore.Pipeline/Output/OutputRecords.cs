using TrafficCore.Pipeline.Ingest;
using TrafficCore.Traffic.Observations;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Pipeline.Output;

/// <summary>What every record of the output log begins with.</summary>
/// <param name="Cause">Position of the input record that caused it; <see cref="Outside"/> when none did.</param>
/// <param name="Ordinal">Place among the outputs of that position and intersection, from 0.</param>
/// <param name="Intersection">Intersection id, or <c>-</c>.</param>
public readonly record struct OutputHead(long Cause, int Ordinal, string Intersection)
{
    /// <summary>The cause of records that come from outside the shards: no replay of the input makes them again, so none is ever held back for them.</summary>
    public const long Outside = -1;
}

/// <summary>Body of a <see cref="RecordType.Window"/> record: rows of one window of one intersection that are new or changed.</summary>
/// <param name="Head">Cause and place.</param>
/// <param name="Start">Window start, Unix milliseconds UTC.</param>
/// <param name="Length">Window length in milliseconds.</param>
/// <param name="Rows">Rows ordered by level, then id (ordinal).</param>
public sealed record WindowRecord(OutputHead Head, long Start, long Length, IReadOnlyList<FlowRow> Rows);

/// <summary>Which rows of windows a reader is after; what is not wanted is passed over undecoded.</summary>
/// <param name="IsWanted">Whether windows of an intersection and length, in milliseconds, are wanted. Asked on the reader's thread.</param>
/// <param name="Level">Level of the rows that are wanted, or null for all.</param>
public sealed record WindowSelection(Func<string, long, bool> IsWanted, FlowLevel? Level = null);

/// <summary>What stands in front of the rows of a <see cref="WindowRecord"/>.</summary>
internal readonly record struct WindowHead(OutputHead Head, long Start, long Length);

/// <summary>Body of a <see cref="RecordType.Observation"/> record: what a device observed, stored just now.</summary>
/// <param name="Head">Cause and place.</param>
/// <param name="Observation">The observation.</param>
public sealed record ObservationRecord(OutputHead Head, Observation Observation);

/// <summary>Body of a <see cref="RecordType.Quarantine"/> record: what was refused at the door, and why.</summary>
/// <param name="Head">Cause and place.</param>
/// <param name="ReceivedMs">When it was received, Unix milliseconds UTC.</param>
/// <param name="Kind">Kind of the device.</param>
/// <param name="Intersection">Intersection id as it was sent, or <c>-</c>.</param>
/// <param name="Device">Device id, or <c>-</c>.</param>
/// <param name="Reason">Name of the reason, e.g. <c>too-old</c>.</param>
/// <param name="Topic">The topic, where the device does not tell it; else empty.</param>
/// <param name="Payload">The bytes that were kept.</param>
public sealed record QuarantineRecord(
    OutputHead Head, long ReceivedMs, DeviceKind Kind, string Intersection, string Device, string Reason, string Topic, ReadOnlyMemory<byte> Payload);
