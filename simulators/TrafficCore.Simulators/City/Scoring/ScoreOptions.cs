using TrafficCore.Simulators.City.Truth;

namespace TrafficCore.Simulators.City.Scoring;

/// <summary>Where it is known from what boards showed.</summary>
internal enum BoardSource
{
    /// <summary>The devices of the run, as written down with the truth.</summary>
    Shown,

    /// <summary>The service's board log, in event time: the only one for a run that was recorded and replayed.</summary>
    Log,
}

/// <summary>What <c>score</c> compares.</summary>
internal sealed record ScoreOptions
{
    /// <summary>Directory of a run's truth.</summary>
    public required string Truth { get; init; }

    /// <summary>The service's HTTP address.</summary>
    public required Uri Http { get; init; }

    /// <summary>Intersections to ask about at most, evenly chosen. Default 200: a few thousand questions.</summary>
    public int Intersections { get; init; } = 200;

    /// <summary>By what boards are judged.</summary>
    public BoardSource Boards { get; init; }

    /// <summary>From which level on a road counts as congested. Default light, the first that GB/T 33171 calls congested.</summary>
    public CongestionState Congested { get; init; } = CongestionState.Light;

    /// <summary>How far warning and congestion may miss each other. Default 2 min: a window, its publication, and the time for which a rule waits.</summary>
    public TimeSpan Tolerance { get; init; } = TimeSpan.FromMinutes(2);
}
