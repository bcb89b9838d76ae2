using TrafficCore.Pipeline.Output;
using TrafficCore.Traffic.Observations;
using TrafficCore.Traffic.Service;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Storage.Delivery;

/// <summary>The durable output of the pipeline as the sinks see it: entries that can be read from any retained position.</summary>
/// <remarks>Ownership: thread-safe; each sink opens its own reader and owns it alone.</remarks>
public interface IOutputSource
{
    /// <summary>Position of the oldest entry that is still kept.</summary>
    long Start { get; }

    /// <summary>Everything below this position is on disk and may be read.</summary>
    long DurableEnd { get; }

    /// <summary>Entries made durable since the start of the service.</summary>
    long Records { get; }

    /// <summary>How many entries lie from a position to <see cref="DurableEnd"/>; an estimate where they are very many.</summary>
    long CountRecords(long position);

    /// <summary>Opens a reader at <paramref name="position"/>; below <see cref="Start"/> it begins with a gap.</summary>
    IOutputReader OpenReader(long position);

    /// <summary>Completes when <see cref="DurableEnd"/> has passed <paramref name="position"/>.</summary>
    ValueTask WaitBeyondAsync(long position, CancellationToken cancellation);
}

/// <summary>Reads entries in log order. One owner.</summary>
public interface IOutputReader : IDisposable
{
    /// <summary>Reads the next thing; never waits.</summary>
    OutputStatus Read(out OutputEntry entry);
}

/// <summary>What a read of the output found.</summary>
public enum OutputStatus
{
    /// <summary>An entry.</summary>
    Entry,

    /// <summary>Bytes that cannot be read any more (retention or damage): <see cref="OutputEntry.Position"/> to <see cref="OutputEntry.Next"/>.</summary>
    Gap,

    /// <summary>Nothing more is durable now.</summary>
    End,
}

/// <summary>One decoded record of the output.</summary>
/// <param name="Position">Where it stands.</param>
/// <param name="Next">Where reading goes on after it: the cursor that says it was delivered.</param>
/// <param name="ReceivedMs">UTC receive time of the input that caused it, Unix ms.</param>
/// <param name="Rows">The rows of a window; empty for other records.</param>
/// <param name="Rejected">The rejected payload of a quarantine record.</param>
/// <param name="Observation">What an environment sensor or a car park observed.</param>
/// <param name="BoardDecision">What a board is to show.</param>
/// <param name="BoardStatus">What a board says.</param>
/// <param name="CityIndex">The congestion index of the city in a window.</param>
public readonly record struct OutputEntry(
    long Position,
    long Next,
    long ReceivedMs,
    IReadOnlyList<FlowRow> Rows,
    RejectedPayload? Rejected = null,
    Observation? Observation = null,
    BoardDecisionRecord? BoardDecision = null,
    BoardStatusRecord? BoardStatus = null,
    CityIndexRow? CityIndex = null);

/// <summary>What was refused at the door: its bytes and why.</summary>
/// <param name="ReceivedMs">UTC receive time, Unix ms.</param>
/// <param name="Reason">Reason, e.g. <c>too-old</c>.</param>
/// <param name="Intersection">Intersection id, or <c>-</c>.</param>
/// <param name="Kind">Device kind, e.g. <c>detector</c>.</param>
/// <param name="Device">Device id, or <c>-</c>.</param>
/// <param name="Topic">The topic it came by, where the device does not tell it; else empty.</param>
/// <param name="Payload">The bytes that were kept.</param>
public sealed record RejectedPayload(
    long ReceivedMs, string Reason, string Intersection, string Kind, string Device, string Topic, ReadOnlyMemory<byte> Payload)
{
    /// <summary>How many bytes were kept.</summary>
    public long Length => Payload.Length;
}

/// <summary>A reader of the output with a durable cursor of its own.</summary>
/// <remarks>Ownership: started and stopped once by the host; the properties may be read from any thread.</remarks>
public interface IOutputSink
{
    /// <summary>Name in metrics, logs and readiness, e.g. <c>sqlite</c>.</summary>
    string Name { get; }

    /// <summary>Everything below this position was delivered, durably: the log may let go of it.</summary>
    long Cursor { get; }

    /// <summary>What is wrong at the moment, in words for an operator; null while delivery works.</summary>
    string? Trouble { get; }

    /// <summary>How far it is behind.</summary>
    SinkLag Lag { get; }

    /// <summary>What it could not read any more since the start of the service, in bytes of the output: a backlog beyond its bound, or damage.</summary>
    long SkippedBytes { get; }

    /// <summary>Rows that were sent again from the embedded store for what was skipped, since the start of the service.</summary>
    long RefilledRows { get; }

    /// <summary>Begins delivery on a thread or task of its own; returns at once.</summary>
    void Start();

    /// <summary>Delivers what is durable now, then stops; the token bounds the wait for a target that does not answer.</summary>
    Task StopAsync(CancellationToken cancellation);
}

/// <summary>How far a sink is behind the durable output.</summary>
/// <param name="Bytes">Output not delivered, in bytes.</param>
/// <param name="Records">The same in records: exact from the first moment that it had delivered everything, before that an estimate.</param>
/// <param name="Seconds">Since the oldest record that is not delivered came in; 0 when there is none.</param>
public readonly record struct SinkLag(long Bytes, long Records, double Seconds);

/// <summary>Where rows can be read again that the output does not hold any more: the embedded store.</summary>
/// <remarks>Ownership: thread-safe; each enumeration belongs to the one who began it.</remarks>
public interface IRefillSource
{
    /// <summary>Everything below this position of the output is in it.</summary>
    long Cursor { get; }

    /// <summary>
    /// What was written to it at or after a receive time, and may be more, read while it is enumerated. Each row is there once, in its latest revision.
    /// </summary>
    /// <exception cref="IOException">A part of it cannot be read now.</exception>
    IEnumerable<OutputEntry> WrittenSince(long receivedMs);
}
