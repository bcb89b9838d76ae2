namespace TrafficCore.Pipeline.Output;

/// <summary>How far each intersection's outputs were already in the output log when the service started.</summary>
/// <remarks>
/// Ownership: filled by recovery before any shard runs, read-only afterwards. Replay makes the same outputs again in the same
/// order, so whatever is at or below an intersection's last one is in the log already.
/// </remarks>
internal sealed class OutputProgress
{
    private readonly Dictionary<string, (long Cause, int Ordinal)> _last = new(StringComparer.Ordinal);

    /// <summary>The highest cause of any intersection: above it nothing needs to be looked up.</summary>
    public long HighestCause { get; private set; } = -1;

    public int Intersections => _last.Count;

    public void Note(string intersection, long cause, int ordinal)
    {
        HighestCause = Math.Max(HighestCause, cause);
        if (!_last.TryGetValue(intersection, out var last) || last.CompareTo((cause, ordinal)) < 0)
        {
            _last[intersection] = (cause, ordinal);
        }
    }

    public bool IsWritten(string intersection, long cause, int ordinal)
        => cause <= HighestCause
            && _last.TryGetValue(intersection, out var last)
            && (cause, ordinal).CompareTo(last) <= 0;
}
