namespace TrafficCore.Simulators.Verify;

/// <summary>What a device's times say: its clock, its intervals, its counters. Only the undisturbed time is looked at.</summary>
internal static class TimeChecks
{
    /// <summary>
    /// Half of the service's <c>Windows:IdleTimeout</c>: who is later than that holds up the windows of its intersection. A device may also send at any moment of the next
    /// interval, since the service waits for two.
    /// </summary>
    private const double MaxSkewMs = 5000;

    /// <summary>Ten times what a cheap quartz is off: 43 s a day.</summary>
    private const double MaxDrift = 500e-6;

    /// <summary>A drift that did not move the clock by a second while it was watched can't be told from the network's moods.</summary>
    private const double LeastDriftMs = 1000;

    /// <summary>Intervals are cut by a timer, which may be a little late.</summary>
    private const double Tolerance = 0.02;
    private const double LeastToleranceMs = 20;

    public static CheckResult Clock(Evidence seen)
    {
        var faults = new List<string>();
        var told = new List<string>();
        foreach (var lag in ClockLag.OfReadings(seen).Concat(ClockLag.OfBatches(seen)))
        {
            var way = lag.SkewMs < 0 ? "ahead" : "behind";
            if (lag.SkewMs < -MaxSkewMs || lag.SkewMs > Math.Max(MaxSkewMs, lag.IntervalMs ?? 0))
            {
                faults.Add($"{lag.Device} is {Seconds(Math.Abs(lag.SkewMs))} {way}");
            }
            else if (lag.Drift is { } drift && Math.Abs(drift) > MaxDrift && Math.Abs(drift) * lag.SpanMs > LeastDriftMs)
            {
                faults.Add($"the clock of {lag.Device} drifts by {drift * 1e6:0} ppm ({drift * 86_400:0} s a day)");
            }

            told.Add($"{lag.Device} {Seconds(Math.Abs(lag.SkewMs))} {way}");
        }

        return told.Count > 0 ? CheckResult.Of(faults, string.Join(", ", told.Take(3)))
            : seen.Readings.Count > 0 ? CheckResult.Excused("no reading has a ts: the service's clock is used, and nothing is de-duplicated")
            : CheckResult.NotSeen("no times were sent");
    }

    public static CheckResult TsStart(Evidence seen)
    {
        var lags = ClockLag.OfReadings(seen).Where(static l => l.IntervalMs is not null).ToList();
        var faults = lags.Where(static l => l.IsEndOfInterval)
            .Select(static l => $"{l.Device}: ts lies {Seconds(l.LagMs)} before the arrival and the interval is {Seconds(l.IntervalMs!.Value)}, so ts looks like the END of the interval (or the clock is an interval ahead)")
            .ToList();
        return lags.Count > 0 ? CheckResult.Of(faults, $"readings come {Seconds(lags[0].SkewMs)} after their interval has ended")
            : seen.Readings.Any(static r => r.Timestamp is null) ? CheckResult.Excused("no reading has a ts")
            : CheckResult.NotSeen("no readings with a ts and a known interval");
    }

    public static CheckResult Interval(Evidence seen)
    {
        var faults = new List<string>();
        var judged = 0;
        foreach (var detector in Observed(seen).GroupBy(static r => r.Detector))
        {
            var readings = Distinct(detector);
            if (readings.Count < 3)
            {
                continue;
            }

            judged++;
            // Each interval ends where the next begins. The first after a start may be shorter, when it says so.
            var steps = readings.Zip(readings.Skip(1), static (a, b) => (Length: b.Timestamp!.Value - a.Timestamp!.Value, Stated: a.Interval)).ToList();
            var usual = steps.Select(static s => s.Length).Order().ElementAt(steps.Count / 2);
            var wrong = steps.Where(s => !IsNear(s.Length, s.Stated ?? usual)).ToList();
            faults.AddRange(wrong.Count == 0 ? []
                : [wrong[0].Stated is { } stated && wrong.Count == steps.Count
                    ? $"{detector.Key} says an interval of {stated} ms and counts every {usual} ms"
                    : $"{detector.Key} counts every {usual} ms, but once {wrong[0].Length} ms"]);
        }

        return judged > 0 ? CheckResult.Of(faults, $"{judged} detectors count regularly")
            : seen.Readings.Any(static r => r.Timestamp is null) ? CheckResult.Excused("no reading has a ts")
            : CheckResult.NotSeen("fewer than three readings of a detector: let --duration be four intervals or more");
    }

    public static CheckResult Sequence(Evidence seen)
    {
        var faults = new List<string>();
        var judged = 0;
        foreach (var detector in Observed(seen).Where(static r => r.Sequence is not null).GroupBy(static r => r.Detector))
        {
            var readings = Distinct(detector);
            foreach (var (before, after) in readings.Zip(readings.Skip(1)))
            {
                judged++;
                if (after.Sequence != unchecked(before.Sequence + 1))
                {
                    faults.Add($"{detector.Key}: after seq {before.Sequence} comes {after.Sequence}");
                }
            }
        }

        return judged > 0 ? CheckResult.Of(faults, $"{judged} steps of 1")
            : seen.Readings.Any(static r => r.Sequence is null) ? CheckResult.Excused("no reading has a seq: losses on the way can't be told")
            : CheckResult.NotSeen("fewer than two readings of a detector");
    }

    /// <summary>A time in the words of the sheet.</summary>
    public static string Seconds(double ms) => $"{ms / 1000:0.0##} s";

    /// <summary>Whether a length is what it should be, as far as timers go.</summary>
    public static bool IsNear(long ms, long expected) => Math.Abs(ms - expected) <= Math.Max(LeastToleranceMs, expected * Tolerance);

    private static IEnumerable<ObservedReading> Observed(Evidence seen) =>
        seen.Readings.Where(static r => r.Message.Stage == BenchStage.Observing && r.Timestamp is not null);

    private static List<ObservedReading> Distinct(IEnumerable<ObservedReading> readings) => [.. readings.DistinctBy(static r => r.Timestamp).OrderBy(static r => r.Timestamp)];
}
