using System.Diagnostics.Metrics;

namespace TrafficCore.Log;

/// <summary>What one log measures of itself. Without a meter factory nothing is recorded but the longest sync.</summary>
/// <remarks>Ownership: the log's writer records; observation runs on any thread and reads single words.</remarks>
internal sealed class LogMeter(string name, IMeterFactory? factory, TimeProvider time)
{
    // A scrape is usually every 10 to 60 s: one to two minutes make sure that each sees the worst since the last.
    private static readonly TimeSpan WorstWindow = TimeSpan.FromMinutes(1);

    private readonly LogMetrics? _metrics = LogMetrics.For(factory);
    private SegmentCatalog? _catalog;
    private SealedHistory? _history;
    private long _windowStart = time.GetTimestamp();
    private double _worst;
    private double _worstBefore;

    public KeyValuePair<string, object?> Tag { get; } = new("log", name);

    public long Timestamp => time.GetTimestamp();

    /// <summary>Why the disk takes nothing; null while it does. The writer sets it, anyone reads.</summary>
    public volatile Exception? Refusal;

    public bool Available => Refusal is null;

    public TimeSpan Elapsed(long since) => time.GetElapsedTime(since);

    public double Retained => _catalog is { } catalog ? catalog.DurableEnd - catalog.Start : 0;

    public double Stored => _catalog?.StoredBytes ?? 0;

    /// <summary>Positions of finished segments that are not in the chain of hashes yet.</summary>
    public double Unsealed => _catalog is { Segments: [.., var newest] } && _history is { } history ? Math.Max(0, newest.Base - history.Chain.End) : 0;

    /// <summary>Seconds of the longest sync in this and the last window.</summary>
    public double LongestSync
    {
        get
        {
            var age = time.GetElapsedTime(Volatile.Read(ref _windowStart));
            var worst = Volatile.Read(ref _worst);
            return age > 2 * WorstWindow ? 0 : age > WorstWindow ? worst : Math.Max(worst, Volatile.Read(ref _worstBefore));
        }
    }

    public void Attach(SegmentCatalog catalog, SealedHistory history)
    {
        (_catalog, _history) = (catalog, history);
        _metrics?.Add(this);
    }

    public void Detach() => _metrics?.Remove(this);

    public void Synced(long started)
    {
        var seconds = time.GetElapsedTime(started).TotalSeconds;
        if (time.GetElapsedTime(_windowStart) > WorstWindow)
        {
            Volatile.Write(ref _worstBefore, _worst);
            Volatile.Write(ref _worst, 0);
            Volatile.Write(ref _windowStart, time.GetTimestamp());
        }

        Volatile.Write(ref _worst, Math.Max(_worst, seconds));
        _metrics?.Sync.Record(seconds, Tag);
    }

    public void Committed(int bytes, int acks)
    {
        if (_metrics is null)
        {
            return;
        }

        _metrics.Commits.Add(1, Tag);
        _metrics.Bytes.Add(bytes, Tag);
        _metrics.Acks.Record(acks, Tag);
    }

    public void Full() => _metrics?.Full.Add(1, Tag);

    public void Abandoned() => _metrics?.Abandoned.Add(1, Tag);
}
