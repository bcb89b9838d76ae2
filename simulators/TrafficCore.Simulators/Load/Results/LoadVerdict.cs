using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Simulators.Load;

/// <summary>Decides whether a run lost anything, and says what.</summary>
internal static class LoadVerdict
{
    /// <summary>One sentence for each thing that is wrong; none when all is well.</summary>
    /// <param name="qos">Of the messages.</param>
    /// <param name="planned">Messages of the schedule.</param>
    /// <param name="counts">What became of them.</param>
    /// <param name="grown">What the ledger grew by; null when it was not asked.</param>
    /// <param name="windows">What the windows hold; null when they were not asked.</param>
    public static IEnumerable<string> Problems(QualityOfService qos, long planned, LoadCounts counts, LedgerCounts? grown, WindowVolume? windows)
    {
        if (counts.Lost > 0 && qos == QualityOfService.AtMostOnce)
        {
            yield return $"{counts.Lost} connections broke, with what was on its way";
        }

        if (counts.Sent < planned)
        {
            yield return $"{planned - counts.Sent} messages could not be sent in time";
        }

        if (counts.Refused > 0)
        {
            yield return $"{counts.Refused} messages were refused";
        }

        var open = counts.Sent + counts.Repeats - counts.Answered;
        if (qos > QualityOfService.AtMostOnce && open > 0)
        {
            yield return $"{open} messages were not acknowledged";
        }

        foreach (var problem in grown is null ? [] : LedgerExpectation.Of(counts, qos).Problems(grown))
        {
            yield return problem;
        }

        if (windows is not null && windows.Found != windows.Expected)
        {
            yield return $"the windows hold {windows.Found} vehicles of {windows.Expected}";
        }
    }
}
