namespace TrafficCore.Simulators.Verify;

/// <summary>What a signal controller sends.</summary>
internal static class ControllerChecks
{
    /// <summary>
    /// Codes of the Indiana enumerations (2012, and the pooled-fund list that replaced it) that are less than 300; from 300 on they are the vendors'.
    /// </summary>
    private static readonly (int First, int Last)[] Known =
        [(0, 33), (41, 54), (61, 70), (81, 92), (101, 119), (131, 152), (156, 156), (171, 175), (178, 182), (184, 184), (200, 222)];

    private const int FirstVendorCode = 300;

    public static CheckResult EventCodes(Evidence seen)
    {
        var codes = seen.Batches.SelectMany(static b => b.Events).Select(static e => (int)e.Code).Distinct().Order().ToList();
        var unknown = codes.Where(static code => code < FirstVendorCode && !Known.Any(k => code >= k.First && code <= k.Last)).ToList();
        return codes.Count == 0 ? CheckResult.NotSeen("no events were published")
            : unknown.Count > 0 ? CheckResult.Fail($"codes that no enumeration knows: {string.Join(", ", unknown.Take(10))}")
            : CheckResult.Pass($"{codes.Count} different codes");
    }

    public static CheckResult EventTimes(Evidence seen)
    {
        var faults = new List<string>();
        var judged = 0;
        foreach (var controller in seen.Batches.Where(static b => b.Message.Stage == BenchStage.Observing).GroupBy(static b => b.Controller))
        {
            long last = 0;
            foreach (var batch in controller.DistinctBy(static b => (object?)b.Sequence ?? b))
            {
                foreach (var e in batch.Events)
                {
                    judged++;
                    if (e.Timestamp < last)
                    {
                        faults.Add($"{controller.Key}: an event of {e.Timestamp} comes after one of {last}");
                    }

                    last = e.Timestamp;
                }
            }
        }

        return judged == 0 ? CheckResult.NotSeen("no events were published") : CheckResult.Of(faults, $"{judged} events in order of time");
    }

    public static CheckResult BatchSequence(Evidence seen)
    {
        var faults = new List<string>();
        var judged = 0;
        foreach (var controller in seen.Batches.Where(static b => b.Sequence is not null).GroupBy(static b => b.Controller))
        {
            // Over the whole time, so that a batch that an outage swallowed shows too.
            var numbers = controller.Select(static b => b.Sequence!.Value).Distinct().Order().ToList();
            judged += numbers.Count;
            faults.AddRange(numbers.Zip(numbers.Skip(1)).Where(static n => n.Second != n.First + 1).Select(n => $"{controller.Key}: between batch {n.First} and {n.Second} none came"));
        }

        return judged > 1 ? CheckResult.Of(faults, $"{judged} batches without a gap")
            : seen.Batches.Any(static b => b.Sequence is null) ? CheckResult.Fail("batches have no seq: a lost one goes unnoticed")
            : CheckResult.NotSeen("fewer than two batches");
    }
}
