namespace TrafficCore.Simulators.Verify;

/// <summary>Whether a device keeps what it measures while the service can't be reached, and sends it afterwards with its own times and in order.</summary>
internal static class BufferCheck
{
    public static CheckResult Judge(Evidence seen)
    {
        if (seen.Span(BenchStage.Outage) is not { } outage || seen.Span(BenchStage.CatchingUp) is null)
        {
            return CheckResult.NotSeen("the bench has made no outage");
        }

        var (from, to) = (outage.From.ToUnixTimeMilliseconds(), outage.To.ToUnixTimeMilliseconds());
        var faults = new List<string>();
        var kept = 0;
        foreach (var detector in seen.Readings.Where(static r => r.Timestamp is not null).GroupBy(static r => r.Detector))
        {
            var first = detector.DistinctBy(static r => r.Timestamp).ToList();
            var interval = seen.IntervalOf(first);
            if (interval > 0 && first.Count > 1)
            {
                kept += first.Count(r => r.Message.Stage == BenchStage.CatchingUp && r.Timestamp + interval <= to);
                faults.AddRange(Faults(detector.Key, first, interval, from, to));
            }
        }

        return faults.Count > 0 ? CheckResult.Of(faults, "")
            : kept > 0 ? CheckResult.Pass($"{kept} readings of an outage of {TimeChecks.Seconds(to - from)} came afterwards, in order and without a gap")
            : seen.Readings.Any(static r => r.Timestamp is null) ? CheckResult.Excused("no reading has a ts: what is sent later can't be told from what is new")
            : CheckResult.NotSeen("no interval ended within the outage: let --outage be three intervals or more");
    }

    private static IEnumerable<string> Faults(string detector, List<ObservedReading> readings, long interval, long from, long to)
    {
        var times = readings.Select(static r => r.Timestamp!.Value).Order().ToList();
        foreach (var (before, after) in times.Zip(times.Skip(1)))
        {
            // A gap that touches the outage; others are the interval check's.
            if (after > from - interval && before + interval < to && !TimeChecks.IsNear(after - before, interval))
            {
                yield return $"{detector}: between the readings at {before} and {after}, of the outage, {Math.Max(1, ((after - before) / interval) - 1)} are missing or have another time";
            }
        }

        if (times[^1] + interval < to - interval)
        {
            yield return $"{detector} sent nothing of the outage and nothing after it";
        }

        var late = readings.Where(r => r.Message.Stage == BenchStage.CatchingUp && r.Timestamp + interval <= to).Select(static r => r.Timestamp!.Value).ToList();
        if (!late.SequenceEqual(late.Order()))
        {
            yield return $"{detector} sends what it has kept out of order";
        }
    }
}
