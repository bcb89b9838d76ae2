using TrafficCore.Boards.Memory;
using TrafficCore.Boards.Rules;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Boards.Windows;

/// <summary>Everything that one board is judged by: a feed for each intersection and length, and the newest windows of each approach. Owned by its board.</summary>
internal sealed class BoardInputs
{
    // Live detectors with the longest interval that a window takes can hold it for twice its length, a silent intersection for at
    // least the default Windows:IdleTimeout more: who is later than both is not waited for.
    private const long Slack = 10_000;

    private readonly WindowFeed[] feeds;
    private readonly ApproachHistory[] histories;
    private long waitingFor = long.MinValue;
    private long waitingSince;

    public BoardInputs(BoardNetwork network, IEnumerable<(BoardRule Rule, IReadOnlyList<ApproachKey> Watches)> rules)
    {
        histories =
        [
            .. from rule in rules
               from watch in rule.Watches.Distinct()
               group Math.Max(rule.Rule.EnterWindows, rule.Rule.ExitWindows) by (watch, rule.Rule.WindowMs) into series
               select new ApproachHistory(series.Key.watch, series.Key.WindowMs, series.Max(), network.DetectorsOf(series.Key.watch)),
        ];
        feeds = [.. histories.Select(h => (h.Approach.Intersection, h.Length)).Distinct().Select(f => new WindowFeed(f.Intersection, f.Length))];
    }

    public IEnumerable<(string Intersection, long Length)> Series => feeds.Select(f => (f.Intersection, f.Length));

    /// <summary>Where reading has to begin so that nothing is missing that was not taken yet; null when everything was.</summary>
    public long? FirstPending => feeds.Min(f => f.FirstPending);

    /// <summary>What was published and not taken yet.</summary>
    public IEnumerable<BoardWindow> Pending => feeds.SelectMany(f => f.Pending);

    public ApproachHistory Find(ApproachKey approach, long length) => Array.Find(histories, h => h.Approach == approach && h.Length == length)!;

    public void Offer(BoardWindow window, long judged)
    {
        if (Array.Find(feeds, f => f.Intersection == window.Intersection && f.Length == window.Length)?.Offer(window, judged) == false)
        {
            Put(window);
        }
    }

    /// <summary>The next end to judge, when all windows of it are there or are known not to come; null when there is none yet.</summary>
    public long? Ready(long judged, long now, Action onGivenUp)
    {
        if (feeds.Min(f => f.NextEnd(judged)) is not { } end)
        {
            return null;
        }

        if (waitingFor != end)
        {
            (waitingFor, waitingSince) = (end, now);
        }

        var isFull = feeds.Any(f => f.IsFull);
        var isReady = true;
        foreach (var feed in feeds.Where(f => f.Holds(end)))
        {
            if (isFull || now - waitingSince >= (2 * feed.Length) + Slack)
            {
                feed.GiveUp();
                onGivenUp();
            }
            else
            {
                isReady = false;
            }
        }

        return isReady ? end : null;
    }

    /// <summary>Takes what a judgement at an end sees.</summary>
    public void Take(long end)
    {
        foreach (var feed in feeds)
        {
            if (end % feed.Length == 0)
            {
                feed.Take(end, Put);
            }
        }
    }

    public (IReadOnlyList<FeedMemory> Feeds, IReadOnlyList<HistoryMemory> Histories) Remember() => (
        [.. feeds.Select(f => new FeedMemory(f.Intersection, f.Length, f.TakenUpTo, f.IsGivenUp))],
        [.. histories.Select(h => new HistoryMemory(h.Approach, h.Length, h.Samples))]);

    public void Restore(BoardMemory memory)
    {
        foreach (var feed in feeds)
        {
            if (memory.Feeds.FirstOrDefault(f => f.Intersection == feed.Intersection && f.Length == feed.Length) is { } known)
            {
                feed.Restore(known.TakenUpTo, known.IsGivenUp);
            }
        }

        foreach (var known in memory.Histories)
        {
            foreach (var sample in known.Samples)
            {
                Find(known.Approach, known.Length)?.Put(sample);
            }
        }
    }

    private void Put(BoardWindow window)
    {
        foreach (var history in histories)
        {
            if (history.Length != window.Length || history.Approach.Intersection != window.Intersection)
            {
                continue;
            }

            var row = window.Rows.FirstOrDefault(r => r.Level == FlowLevel.Approach && r.Id == history.Approach.Approach);
            FlowRow[] detectors = [.. window.Rows.Where(r => r.Level == FlowLevel.Detector && history.Detectors.Contains(r.Id))];
            if (row is not null || detectors.Length > 0)
            {
                history.Put(ApproachSample.Merge(history.At(window.End), row, detectors, window.End));
            }
        }
    }
}
