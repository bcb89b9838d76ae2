using TrafficCore.Log;

namespace TrafficCore.Storage.Delivery;

/// <summary>
/// What a sink needs to make up for output that is gone: the rows of the embedded store, and how far in receive time the sink had come.
/// </summary>
/// <remarks>
/// Ownership: the sink's loop. The time is saved now and then and may be older than the truth, never newer: then more is sent again, which changes nothing.
/// </remarks>
/// <param name="rows">The embedded store.</param>
/// <param name="reached">Receive time that was reached, Unix ms, durable.</param>
public sealed class SinkRefill(IRefillSource rows, CursorFile reached)
{
    // One small file synced a minute; a minute more to send again after an outage of days.
    private const long SaveMs = 60_000;

    // UTC may have been set back meanwhile, e.g. by a first synchronisation after a power cut.
    private const long MarginMs = 3_600_000;

    private long _coveredTo;

    /// <summary>From which receive time on rows may be missing; 0 for a sink that never delivered.</summary>
    public long SinceMs => Math.Max(0, reached.Position - MarginMs);

    /// <summary>Everything received before this time was delivered.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void Reached(long receivedMs)
    {
        if (receivedMs >= reached.Position + SaveMs)
        {
            reached.Save(receivedMs);
        }
    }

    /// <summary>Whether a refill of before has what was lost up to here.</summary>
    public bool Covers(long position) => position <= _coveredTo;

    /// <summary>Whether the embedded store has what was lost up to here.</summary>
    public bool IsReadyFor(long position) => rows.Cursor >= position;

    /// <summary>The rows to send again; afterwards <see cref="Completed"/>.</summary>
    public IEnumerable<OutputEntry> Begin(out long coversTo)
    {
        coversTo = rows.Cursor;
        return rows.WrittenSince(SinceMs);
    }

    /// <summary>All of a refill was delivered.</summary>
    public void Completed(long coversTo) => _coveredTo = coversTo;
}
