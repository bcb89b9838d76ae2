using TrafficCore.Simulators.Load;

namespace TrafficCore.Simulators.Demo;

/// <summary>What the service's HTTP interface said a moment ago. Immutable; what is not known is null.</summary>
internal sealed record DemoSnapshot(
    IReadOnlyList<DemoIntersection> Intersections, IReadOnlyList<DemoBoard> Boards, IReadOnlyList<DemoLag> Lags, LedgerCounts? Ledger, double ReadingsPerSecond)
{
    /// <summary>Before the first answer.</summary>
    public static readonly DemoSnapshot Empty = new([], [], [], null, 0);
}

/// <summary>One intersection and its latest window.</summary>
internal sealed record DemoIntersection(
    string Id, string? Name, string? Window, DateTimeOffset? Start, long? Volume, double? Occupancy, double? Speed, string? Level, double? Coverage);

/// <summary>How far a database is behind what the service has published.</summary>
/// <param name="Database">Its name.</param>
/// <param name="Records">Records that it has not got yet.</param>
/// <param name="Seconds">Age of the oldest of them.</param>
internal sealed record DemoLag(string Database, long Records, double Seconds)
{
    /// <summary>As a person reads it.</summary>
    public override string ToString() => Records == 0
        ? $"{Database} up to date"
        : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Database} {Records} records, {Seconds:0.0} s behind");
}

/// <summary>One board: what it is to show, in the words of the API, why, and whether the device agrees.</summary>
internal sealed record DemoBoard(string Intersection, string Board, string? Words, string? Why, string? Delivery, string? DeviceState)
{
    /// <summary>Whether a message stands on it.</summary>
    public bool IsLit => !string.IsNullOrEmpty(Words);

    /// <summary>What a driver reads.</summary>
    public string Text => IsLit ? Words! : "(blank)";
}
