namespace TrafficCore.Log;

/// <summary>A stretch of positions whose records can't be read: damaged, missing, or deleted by retention.</summary>
/// <param name="From">First position.</param>
/// <param name="To">Position after the last.</param>
public readonly record struct LogGap(long From, long To);
