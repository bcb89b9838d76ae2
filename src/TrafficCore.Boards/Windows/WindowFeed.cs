namespace TrafficCore.Boards.Windows;

/// <summary>
/// The windows of one intersection and length as one board follows them: what was published and not judged yet, and how far that reaches.
/// Owned by its board.
/// </summary>
/// <remarks>
/// An intersection's publications come in one order, whatever the speed or the number of shards; those of two intersections do not. So a
/// judgement takes from each feed exactly what that intersection had published up to and including its window of the judged end: the same for
/// every interleaving. A correction that comes later counts from the next judgement on.
/// </remarks>
internal sealed class WindowFeed(string intersection, long length)
{
    // A day of minutes. Only a replay in which one intersection is a day ahead of another comes here; then the one behind is not waited for.
    public const int Capacity = 1440;

    private readonly Queue<BoardWindow> pending = new();

    public string Intersection => intersection;

    public long Length => length;

    /// <summary>The latest window end that was published.</summary>
    public long PublishedUpTo { get; private set; } = long.MinValue;

    /// <summary>The latest window end that was taken; corrections are at or below it.</summary>
    public long TakenUpTo { get; private set; } = long.MinValue;

    /// <summary>It has published nothing for so long that it is not waited for, until it publishes again.</summary>
    public bool IsGivenUp { get; private set; }

    public IEnumerable<BoardWindow> Pending => pending;

    public bool IsFull => pending.Count >= Capacity;

    /// <summary>Where the oldest publication stands that was not taken yet; null when there is none.</summary>
    public long? FirstPending => pending.TryPeek(out var window) ? window.Position : null;

    /// <summary>The first published window end behind the one that was judged last; null when there is none.</summary>
    public long? NextEnd(long judged)
    {
        foreach (var window in pending)
        {
            if (window.End > TakenUpTo && window.End > judged)
            {
                return window.End;
            }
        }

        return null;
    }

    /// <summary>
    /// Queues a publication; false: it is a correction that nothing waits in front of, so the next judgement would take it first anyway, and it may be
    /// taken now. One that is read a second time after a restart is such a correction and changes nothing.
    /// </summary>
    public bool Offer(BoardWindow window, long judged)
    {
        if (pending.Count == 0 && window.End <= TakenUpTo)
        {
            return false;
        }

        pending.Enqueue(window);
        if (window.End > PublishedUpTo)
        {
            PublishedUpTo = window.End;
            IsGivenUp &= window.End <= judged;
        }

        return true;
    }

    /// <summary>Whether a judgement at an end has to wait for this feed.</summary>
    public bool Holds(long end) => end % length == 0 && PublishedUpTo < end && !IsGivenUp;

    public void GiveUp() => IsGivenUp = true;

    /// <summary>Hands over what a judgement at an end sees of this feed, in order.</summary>
    public void Take(long end, Action<BoardWindow> take)
    {
        while (pending.TryPeek(out var window) && window.End <= end)
        {
            pending.Dequeue();
            take(window);
            if (window.End > TakenUpTo)
            {
                TakenUpTo = window.End;
                if (window.End == end)
                {
                    return;
                }
            }
        }
    }

    /// <summary>Takes over how far an earlier process got; what was pending then is read again.</summary>
    public void Restore(long takenUpTo, bool isGivenUp) => (PublishedUpTo, TakenUpTo, IsGivenUp) = (takenUpTo, takenUpTo, isGivenUp);
}
