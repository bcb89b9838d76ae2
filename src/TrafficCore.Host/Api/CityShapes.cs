namespace TrafficCore.Host.Api;

/// <summary>The city.</summary>
/// <param name="City">Name; empty when the network file gives none.</param>
/// <param name="TimeZone">IANA time zone of its local days; <c>UTC</c> when the file gives none.</param>
/// <param name="Windows">Stored lengths of windows, ascending, e.g. <c>60s</c>.</param>
public sealed record CityAnswer(string City, string TimeZone, IReadOnlyList<string> Windows);

/// <summary>The congestion index of the city over some time.</summary>
/// <param name="City">Name of the city; empty when the network file gives none.</param>
/// <param name="Window">Length of the windows.</param>
/// <param name="Method">How the index is made: the standard, and the annex of it. Indices of different methods cannot be compared.</param>
/// <param name="Rows">Windows, ascending by start; those in which no speed was known are not there.</param>
public sealed record CityIndexSeriesAnswer(string City, string Window, string Method, IEnumerable<CityIndexRowAnswer> Rows);

/// <summary>The index of one window.</summary>
public sealed record CityIndexRowAnswer
{
    /// <summary>Window start, UTC.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>Traffic performance index, 0 (free) to 10.</summary>
    public required double Tpi { get; init; }

    /// <summary>Travel-time ratio, travel time by that in free flow; at least 1.</summary>
    public required double Tti { get; init; }

    /// <summary>Delay-time proportion, 0..1.</summary>
    public required double Dtp { get; init; }

    /// <summary>Level of the index: 1 unobstructed, 2 mostly unobstructed, 3 lightly, 4 moderately, 5 severely congested.</summary>
    public required int Level { get; init; }

    /// <summary>Share of the known road length at levels 3 to 5, 0..1.</summary>
    public required double CongestedShare { get; init; }

    /// <summary>Share of the known road length at each level, 1 to 5.</summary>
    public required IReadOnlyList<double> Shares { get; init; }

    /// <summary>Approaches whose speed is known.</summary>
    public required int Approaches { get; init; }

    /// <summary>Known share of the network's road length, 0..1.</summary>
    public required double Coverage { get; init; }

    /// <summary>Version of the network, which free-flow speeds and lengths are from.</summary>
    public required uint NetworkVersion { get; init; }

    /// <summary>1 when first published, +1 with each correction.</summary>
    public required int Revision { get; init; }
}
