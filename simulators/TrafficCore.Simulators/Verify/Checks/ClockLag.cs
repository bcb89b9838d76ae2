namespace TrafficCore.Simulators.Verify;

/// <summary>How far behind the bench's clock the times of a device come, estimated from an undisturbed time.</summary>
/// <param name="Device">Whose.</param>
/// <param name="LagMs">Arrival less <c>ts</c>, of the newest reading or event of a message, the usual one.</param>
/// <param name="IntervalMs">Its interval; null for events, and where it is not known.</param>
/// <param name="Drift">How the lag changes, as a share of the time that passes; null where there is too little to tell.</param>
/// <param name="SpanMs">How long it was watched.</param>
internal sealed record ClockLag(string Device, double LagMs, long? IntervalMs, double? Drift, double SpanMs)
{
    /// <summary>Three in each third: of fewer the quickest may be a slow one.</summary>
    private const int LeastForDrift = 10;

    /// <summary><c>ts</c> fits the end of the interval better than its start.</summary>
    public bool IsEndOfInterval => IntervalMs is { } interval && Math.Abs(LagMs) < interval / 2.0;

    /// <summary>How far the device is behind; negative when it is ahead. Transport and the device's own delay are part of it.</summary>
    public double SkewMs => IsEndOfInterval || IntervalMs is null ? LagMs : LagMs - IntervalMs.Value;

    /// <summary>Of detectors that send times.</summary>
    public static IEnumerable<ClockLag> OfReadings(Evidence seen)
    {
        foreach (var detector in seen.Readings.Where(static r => r.Message.Stage == BenchStage.Observing && r.Timestamp is not null).GroupBy(static r => r.Detector))
        {
            // Of an array only the newest reading was sent as soon as it was over, and what is sent again tells nothing.
            var newest = detector.GroupBy(static r => r.Message).Select(static m => m.MaxBy(static r => r.Timestamp)!).DistinctBy(static r => r.Timestamp)
                .Select(static r => (At: (double)r.ReceivedMs, Lag: (double)(r.ReceivedMs - r.Timestamp!.Value)))
                .ToList();
            var interval = seen.IntervalOf(detector);
            yield return Estimate(detector.Key, newest, interval > 0 ? interval : null, Median(newest.Select(static n => n.Lag)));
        }
    }

    /// <summary>Of controllers. They may hold events back for a while, so the shortest lag counts.</summary>
    public static IEnumerable<ClockLag> OfBatches(Evidence seen)
    {
        foreach (var controller in seen.Batches.Where(static b => b.Message.Stage == BenchStage.Observing && b.Events.Count > 0).GroupBy(static b => b.Controller))
        {
            var lags = controller.Select(static b => (At: (double)b.Message.Sent.At.ToUnixTimeMilliseconds(), Last: (double)b.Events.Max(static e => e.Timestamp)))
                .Select(static b => (b.At, Lag: b.At - b.Last))
                .ToList();
            yield return Estimate(controller.Key, lags, null, lags.Min(static l => l.Lag));
        }
    }

    private static ClockLag Estimate(string device, List<(double At, double Lag)> lags, long? interval, double lag)
    {
        var span = lags[^1].At - lags[0].At;
        return new ClockLag(device, lag, interval, lags.Count < LeastForDrift || span <= 0 ? null : Slope(lags), span);
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }

    /// <summary>
    /// The slope between the quickest arrivals of the first and the last third: what delays a message only ever adds to its lag, so the shortest are the
    /// true ones.
    /// </summary>
    private static double Slope(List<(double At, double Lag)> points)
    {
        var third = points.Count / 3;
        var (first, last) = (points.Take(third).MinBy(static p => p.Lag), points.TakeLast(third).MinBy(static p => p.Lag));
        return (last.Lag - first.Lag) / (last.At - first.At);
    }
}
