namespace TrafficCore.Host.Api;

/// <summary>An intersection with what it consists of, and the latest published window of one length. Rows are absent where there are none yet.</summary>
public sealed record IntersectionDetailAnswer
{
    /// <summary>Id.</summary>
    public required string Id { get; init; }

    /// <summary>Name for people; absent when it is learnt.</summary>
    public string? Name { get; init; }

    /// <summary>Longitude, WGS 84; absent when unknown.</summary>
    public double? Lon { get; init; }

    /// <summary>Latitude, WGS 84; absent when unknown.</summary>
    public double? Lat { get; init; }

    /// <summary>True when the network file does not name it.</summary>
    public required bool Learnt { get; init; }

    /// <summary>Length of the window, e.g. <c>60s</c>.</summary>
    public required string Window { get; init; }

    /// <summary>Row of the intersection.</summary>
    public FlowRowAnswer? Row { get; init; }

    /// <summary>Its approaches, in the order of the network file.</summary>
    public required IReadOnlyList<ApproachAnswer> Approaches { get; init; }

    /// <summary>Its detectors: those of the network file in its order, then learnt ones that the window has a row of.</summary>
    public required IReadOnlyList<DetectorAnswer> Detectors { get; init; }
}

/// <summary>An approach and its row.</summary>
/// <param name="Id">Id.</param>
/// <param name="Bearing">Direction of travel, degrees clockwise from north; absent when unknown.</param>
/// <param name="FreeFlowSpeed">Free-flow speed, km/h; absent when unknown.</param>
/// <param name="Row">Its row of the window.</param>
public sealed record ApproachAnswer(string Id, double? Bearing, double? FreeFlowSpeed, FlowRowAnswer? Row);

/// <summary>A detector and its row.</summary>
/// <param name="Id">Id.</param>
/// <param name="Approach">Its approach; absent when the network file does not name it.</param>
/// <param name="Lane">Its lane; absent when it covers several, or unknown.</param>
/// <param name="Functions">What it is used for, in the words of the network file.</param>
/// <param name="Row">Its row of the window.</param>
public sealed record DetectorAnswer(string Id, string? Approach, int? Lane, IReadOnlyList<string> Functions, FlowRowAnswer? Row);
