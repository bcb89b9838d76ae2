using TrafficCore.Storage.Delivery;
using TrafficCore.Storage.History;

namespace TrafficCore.Storage.Sqlite;

/// <summary>Collects rejected payloads up to what one answer may hold.</summary>
/// <remarks>Ownership: one question on its reader thread.</remarks>
internal sealed class QuarantineAnswer(int limit)
{
    /// <summary>
    /// Bytes of payloads in one answer: some ten thousand usual ones, or eight of the largest packets. Each answer is in memory several times over while it is
    /// written, and the rest is a question away.
    /// </summary>
    internal const long MaxBytes = 2 * 1024 * 1024;

    private readonly List<RejectedPayload> _found = [];
    private long _bytes;
    private long _lastPosition;

    /// <summary>Nothing more goes in. A first payload always does, however large.</summary>
    public bool IsFull => _found.Count >= limit || _bytes >= MaxBytes;

    public void Add(RejectedPayload rejected, long position)
    {
        _found.Add(rejected);
        _bytes += rejected.Payload.Length;
        _lastPosition = position;
    }

    /// <param name="isAll">Nothing was left behind.</param>
    public QuarantinePage Page(bool isAll) => new(_found, isAll ? null : new QuarantinePlace(_found[^1].ReceivedMs, _lastPosition));
}
