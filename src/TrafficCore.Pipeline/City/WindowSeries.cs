namespace TrafficCore.Pipeline.City;

/// <summary>The windows of one length that can still be corrected, in order of time. Owned by the index's loop.</summary>
/// <param name="length">Length of the windows, ms.</param>
/// <param name="keepMs">How far behind the newest window they stay.</param>
/// <param name="horizon">Windows that end here or before have left; <see cref="long.MinValue"/> at the beginning.</param>
internal sealed class WindowSeries(long length, long keepMs, long horizon)
{
    // 6 h of minutes. Shorter windows stay for a shorter time, so that memory does not depend on the length.
    private const int MaxWindows = 360;

    // A device whose clock is ahead adds windows in front of those that can be corrected; beyond so many the oldest leave.
    private const int MaxAhead = 64;

    private readonly SortedDictionary<long, CityWindow> _windows = [];
    private readonly long _keepMs = Math.Min(keepMs, MaxWindows * length);

    public long Length => length;

    /// <summary>Windows that end here or before have left, or would leave at once.</summary>
    public long Horizon { get; private set; } = horizon;

    public IEnumerable<CityWindow> Windows => _windows.Values;

    public int Count => _windows.Count;

    /// <summary>The window at a start, if it is here.</summary>
    public CityWindow? Find(long start) => _windows.GetValueOrDefault(start);

    public bool IsPast(long start) => start + length <= Horizon;

    public void Add(CityWindow window) => _windows.Add(window.Start, window);

    /// <summary>Moves on with the end of a window that was published; hands over the windows that leave.</summary>
    /// <param name="end">The end, and not ahead of what was received: a wrong clock must not end the corrections of a city.</param>
    /// <param name="leave">Takes each window that leaves.</param>
    public void Advance(long end, Action<CityWindow> leave)
    {
        Horizon = Math.Max(Horizon, end - _keepMs);
        while (_windows.Count > 0 && _windows.First() is var (start, window) && (IsPast(start) || _windows.Count > MaxWindows + MaxAhead))
        {
            _windows.Remove(start);
            Horizon = Math.Max(Horizon, start + length);
            leave(window);
        }
    }
}
