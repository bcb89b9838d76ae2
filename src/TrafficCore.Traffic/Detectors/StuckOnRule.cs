namespace TrafficCore.Traffic.Detectors;

/// <summary>
/// When a detector that is occupied all the time is stuck, and not under a queue. One window cannot tell the two apart: whoever has to know sooner than a row is
/// long adds up the time over windows.
/// </summary>
public static class StuckOnRule
{
    /// <summary>
    /// Away from the stop bar a queue moves with each green: three cycles, at least 10 min. The service does not know cycles, so they are as long as a controller can be told by
    /// NTCIP 1202 (255 s).
    /// </summary>
    public const int AwayFromStopBarMs = 3 * 255_000;

    /// <summary>At the stop bar one vehicle may wait for a phase that nobody serves; 30 min, as for queue detectors in IRIS.</summary>
    public const int AtStopBarMs = 30 * 60_000;

    private const long FullyOccupied = 100_000;

    /// <summary>From how much time on a standing detector is stuck, ms.</summary>
    public static int LimitMs(bool isAtStopBar) => isAtStopBar ? AtStopBarMs : AwayFromStopBarMs;

    /// <summary>Whether a row was occupied for all of the time that it knows of, and counted nobody: a queue stands there, or the detector is stuck.</summary>
    /// <param name="volume">Vehicles; null when nothing was observed.</param>
    /// <param name="occupancyWeighted">Sum of occupancy (0.001 percent) x ms.</param>
    /// <param name="occupancyMs">Milliseconds in that sum.</param>
    public static bool IsStanding(long? volume, long occupancyWeighted, long occupancyMs) =>
        volume is null or 0 && occupancyMs > 0 && occupancyWeighted == (Int128)FullyOccupied * occupancyMs;
}
