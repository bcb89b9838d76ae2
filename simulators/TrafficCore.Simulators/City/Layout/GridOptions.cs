namespace TrafficCore.Simulators.City.Layout;

/// <summary>A city to lay out from a seed.</summary>
internal sealed record GridOptions
{
    /// <summary>The same seed gives the same city, byte for byte.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Intersections, 1 to 20,000.</summary>
    public int Intersections { get; init; } = 100;

    /// <summary>
    /// Lanes of each approach, 1 to 6. With three or more the first is for left turns and has a phase of its own: an intersection
    /// of eight phases in two rings. With fewer there are two phases, one for each street.
    /// </summary>
    public int Lanes { get; init; } = 3;

    /// <summary>
    /// Metres from the stop bar to the counting detectors, in lanes for left turns half of it. Default 60: an ordinary queue reaches it and leaves it again with each green, one that does
    /// not get through stays on it.
    /// </summary>
    public int AdvanceDistance { get; init; } = 60;

    /// <summary>Whether each lane has a second detector at the stop bar. With three lanes that makes 24 detectors.</summary>
    public bool StopBarDetectors { get; init; } = true;

    /// <summary>Counting interval of every detector.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A board at every n-th intersection; 0: none.</summary>
    public int BoardEvery { get; init; } = 4;

    /// <summary>
    /// Whether streets lead from one intersection to the next. Without, each leg comes from outside the city and leads out of it: queues of one intersection neither starve nor block
    /// another, so that a rush hour ends on each road by itself.
    /// </summary>
    public bool HasLinks { get; init; } = true;

    /// <summary>Intersections in a row.</summary>
    public int Columns => Math.Max(1, (int)Math.Ceiling(Math.Sqrt(Intersections)));
}
