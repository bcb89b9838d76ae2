namespace TrafficCore.Traffic.Service;

/// <summary>The congestion index of a city in one window, as it was published. Immutable; shared freely between threads.</summary>
public sealed record CityIndexRow
{
    /// <summary>Name of a city whose network file gives none.</summary>
    public const string Unnamed = "-";

    /// <summary>The city's name in the network that was in force at the start of the window.</summary>
    public required string City { get; init; }

    /// <summary>Window start, Unix milliseconds UTC.</summary>
    public required long Start { get; init; }

    /// <summary>Window length in milliseconds.</summary>
    public required long Length { get; init; }

    /// <summary>1 when first published, +1 with each correction.</summary>
    public required int Revision { get; init; }

    /// <summary>The index by <see cref="CongestionIndex.Method"/>.</summary>
    public required CongestionIndex Index { get; init; }

    /// <summary>Length of the segments whose speed is known, by level, decimetres.</summary>
    public required LevelLengths Lengths { get; init; }

    /// <summary>Approaches whose speed is known.</summary>
    public required int Approaches { get; init; }

    /// <summary>Length of all segments of the network, decimetres.</summary>
    public required long NetworkLength { get; init; }

    /// <summary>Version of the network, which free-flow speeds and lengths are from.</summary>
    public required uint NetworkVersion { get; init; }

    /// <summary>Traffic performance index, 0..10.</summary>
    public double Tpi => Index.TpiMilli / 1e3;

    /// <summary>Travel-time ratio, at least 1.</summary>
    public double Tti => Index.TtiMicro / 1e6;

    /// <summary>Delay-time proportion, 0..1.</summary>
    public double Dtp => Index.DtpMicro / 1e6;

    /// <summary>Share of the known length at levels 3 to 5, 0..1.</summary>
    public double CongestedShare => Lengths.Congested / (double)Lengths.Total;

    /// <summary>Known share of the network's length, 0..1.</summary>
    public double Coverage => Math.Min(1, Lengths.Total / (double)NetworkLength);
}
