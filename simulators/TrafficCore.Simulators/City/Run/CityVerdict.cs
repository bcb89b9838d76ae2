namespace TrafficCore.Simulators.City.Run;

/// <summary>Decides whether a run lost anything, and says what.</summary>
internal static class CityVerdict
{
    /// <summary>One sentence for each thing that is wrong; none when all is well.</summary>
    /// <param name="sent">Messages that devices sent.</param>
    /// <param name="dropped">Of those, messages that found a full queue.</param>
    /// <param name="acknowledged">Messages acknowledged; null where nobody answers.</param>
    /// <param name="refused">Messages refused.</param>
    /// <param name="broken">Messages that a fault made refusable.</param>
    public static IEnumerable<string> Problems(long sent, long dropped, long? acknowledged, long refused, long broken)
    {
        if (dropped > 0)
        {
            yield return $"{dropped} messages found a full queue";
        }

        if (sent - dropped - acknowledged - refused is > 0 and var open)
        {
            yield return $"{open} messages were not acknowledged";
        }

        if (refused > broken)
        {
            yield return $"{refused - broken} messages were refused that no fault had broken";
        }
    }
}
