namespace TrafficCore.Host.Ingress;

/// <summary>When devices without a number were last told of a rejection, by their topic.</summary>
/// <remarks>Safe from any thread. Bounded, because anybody can invent topics: two that share a slot take it from each other, and begin anew.</remarks>
internal sealed class UnknownNotices(long intervalMs)
{
    // Some hundred unknown devices rarely share a slot; 96 KB.
    private const int Slots = 4096;

    private readonly Lock _lock = new();
    private readonly Slot[] _slots = new Slot[Slots];

    /// <summary>Counts a rejection; true when a notice is due, with the count since the last one.</summary>
    public bool IsDue(ReadOnlySpan<byte> topic, long elapsedMs, out int count)
    {
        HashCode code = default;
        code.AddBytes(topic);
        return IsDue(code.ToHashCode(), elapsedMs, out count);
    }

    /// <summary>As <see cref="IsDue(ReadOnlySpan{byte}, long, out int)"/>, for the hash of a topic.</summary>
    internal bool IsDue(int hash, long elapsedMs, out int count)
    {
        lock (_lock)
        {
            ref Slot slot = ref _slots[(uint)hash % Slots];
            if (slot.Hash != hash)
            {
                slot = new Slot { Hash = hash };
            }

            count = ++slot.Rejected;
            if (elapsedMs < slot.NextMs)
            {
                return false;
            }

            slot.NextMs = elapsedMs + intervalMs;
            slot.Rejected = 0;
            return true;
        }
    }

    private struct Slot
    {
        public int Hash;
        public int Rejected;
        public long NextMs;
    }
}
