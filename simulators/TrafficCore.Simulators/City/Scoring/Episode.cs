namespace TrafficCore.Simulators.City.Scoring;

/// <summary>A time in which something was so, [From, Until), Unix ms.</summary>
internal readonly record struct Episode(long From, long Until)
{
    /// <summary>Whether the two have a moment in common.</summary>
    public bool Meets(Episode other) => From < other.Until && other.From < Until;

    /// <summary>Longer by a time at both ends.</summary>
    public Episode Widened(long by) => new(From - by, Until + by);

    /// <summary>Joins episodes that lie no more than a time apart; they come in order.</summary>
    public static List<Episode> Join(IEnumerable<Episode> episodes, long gap)
    {
        var joined = new List<Episode>();
        foreach (var episode in episodes)
        {
            if (joined.Count > 0 && episode.From - joined[^1].Until <= gap)
            {
                joined[^1] = joined[^1] with { Until = Math.Max(joined[^1].Until, episode.Until) };
            }
            else
            {
                joined.Add(episode);
            }
        }

        return joined;
    }
}
