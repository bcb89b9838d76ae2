using TrafficCore.Storage.History;

namespace TrafficCore.Storage.Sqlite;

/// <summary>Finds out how far one answer reaches, from the sizes of the payloads alone.</summary>
/// <remarks>Ownership: one question on its reader thread.</remarks>
internal sealed class QuarantineExtent(int limit, long maxBytes)
{
    private int _count;
    private long _bytes;

    /// <summary>Nothing more goes in. A first payload always does, however large.</summary>
    public bool IsFull => _count >= limit || _bytes >= maxBytes;

    /// <summary>The last place that belongs to it; null when there is none.</summary>
    public QuarantinePlace? Last { get; private set; }

    public void Add(QuarantinePlace place, long bytes)
    {
        (Last, _count, _bytes) = (place, _count + 1, _bytes + bytes);
    }
}
