namespace TrafficCore.Simulators.City.Scoring;

/// <summary>How well warnings on boards agree with true congestion of what the boards watch.</summary>
internal sealed class BoardScore
{
    private readonly long _tolerance;
    private readonly List<long> _delays = [];

    /// <param name="tolerance">How far a warning and a congestion may miss each other and still belong together, ms; congestions no farther apart are one.</param>
    public BoardScore(long tolerance) => _tolerance = tolerance;

    /// <summary>Boards that were judged.</summary>
    public int Boards { get; private set; }

    /// <summary>Times that a board began to show something.</summary>
    public int Warnings { get; private set; }

    /// <summary>Of those, warnings that a congestion justifies.</summary>
    public int Justified { get; private set; }

    /// <summary>Times that something that a board watches became congested.</summary>
    public int Congestions { get; private set; }

    /// <summary>Of those, congestions that were warned of.</summary>
    public int Found { get; private set; }

    /// <summary>The most changes of one board within an hour.</summary>
    public int MostChangesInAnHour { get; private set; }

    /// <summary>Share of warnings that were justified; null without a warning.</summary>
    public double? Precision => Warnings == 0 ? null : Math.Round((double)Justified / Warnings, 4);

    /// <summary>Share of congestions that were found; null without a congestion.</summary>
    public double? Recall => Congestions == 0 ? null : Math.Round((double)Found / Congestions, 4);

    /// <summary>Median time from the begin of a congestion to its warning, seconds; negative when the warning came first.</summary>
    public double? MedianDelaySeconds
    {
        get
        {
            _delays.Sort();
            return _delays.Count == 0 ? null : _delays[_delays.Count / 2] / 1000.0;
        }
    }

    /// <summary>Adds a board.</summary>
    /// <param name="warnings">When it showed something.</param>
    /// <param name="congested">When something that it watches was congested, in order.</param>
    /// <param name="mostChanges">The most times that what stands on it changed within an hour.</param>
    public void Add(IReadOnlyList<Episode> warnings, IEnumerable<Episode> congested, int mostChanges)
    {
        Boards++;
        MostChangesInAnHour = Math.Max(MostChangesInAnHour, mostChanges);
        var congestions = Episode.Join(congested, _tolerance);
        Warnings += warnings.Count;
        Justified += warnings.Count(w => congestions.Exists(c => c.Widened(_tolerance).Meets(w)));
        Congestions += congestions.Count;
        foreach (var congestion in congestions)
        {
            if (warnings.Where(congestion.Widened(_tolerance).Meets).Select(static w => (Episode?)w).FirstOrDefault() is { } first)
            {
                Found++;
                _delays.Add(first.From - congestion.From);
            }
        }
    }
}
