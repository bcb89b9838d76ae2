namespace TrafficCore.Pipeline.Recovery;

/// <summary>Keeps moments of a log and says below which position everything is older than an age.</summary>
/// <remarks>Ownership: the snapshotter.</remarks>
internal sealed class LogMarks
{
    // Retention by age is a matter of days, so an hour is fine enough.
    private static readonly TimeSpan Spacing = TimeSpan.FromHours(1);

    private readonly List<LogMark> _marks;

    public LogMarks(IEnumerable<LogMark> marks) => _marks = [.. marks];

    public IReadOnlyList<LogMark> All => [.. _marks];

    public void Note(long position, long timeMs)
    {
        if (_marks is [] || timeMs - _marks[^1].TimeMs >= Spacing.TotalMilliseconds)
        {
            _marks.Add(new LogMark(position, timeMs));
        }
    }

    /// <summary>The highest known position that was the end of the log at or before this time; 0 when none is known.</summary>
    public long OlderThan(long timeMs)
    {
        var index = _marks.FindLastIndex(mark => mark.TimeMs <= timeMs);
        return index < 0 ? 0 : _marks[index].Position;
    }

    /// <summary>Forgets what lies below a position that is deleted, except the mark that says how old it is.</summary>
    public void Trim(long start)
    {
        while (_marks.Count > 1 && _marks[1].Position <= start)
        {
            _marks.RemoveAt(0);
        }
    }
}
