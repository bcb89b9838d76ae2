using System.Text.Json.Serialization;

namespace TrafficCore.Host.Api;

/// <summary>An intersection and its latest window.</summary>
public sealed record IntersectionAnswer
{
    /// <summary>Id.</summary>
    public required string Id { get; init; }

    /// <summary>Name for people; absent when the network file gives none.</summary>
    public string? Name { get; init; }

    /// <summary>Longitude, WGS 84; absent when unknown.</summary>
    public double? Lon { get; init; }

    /// <summary>Latitude, WGS 84; absent when unknown.</summary>
    public double? Lat { get; init; }

    /// <summary>True when the network file does not name it.</summary>
    public required bool Learnt { get; init; }

    /// <summary>Level of service of the latest window as a letter, A for 1; absent when it cannot be judged.</summary>
    public string? LevelOfService { get; init; }

    /// <summary>The same as a number, 1 to 5 or 6 as the method has.</summary>
    public int? Level { get; init; }

    /// <summary>How it was judged, e.g. <c>gbt33171-speed-ratio</c>.</summary>
    public string? LosMethod { get; init; }

    /// <summary>Speed as a share of the free-flow speed on the approach that decides.</summary>
    public double? SpeedRatio { get; init; }

    /// <summary>The latest window; absent before the first.</summary>
    public LatestAnswer? Latest { get; init; }

    /// <summary>Ids of its approaches.</summary>
    public required IReadOnlyList<string> Approaches { get; init; }
}

/// <summary>The latest row of an intersection.</summary>
/// <param name="Window">Its length, e.g. <c>60s</c>.</param>
/// <param name="Row">Its values.</param>
public sealed record LatestAnswer(string Window, FlowRowAnswer Row);

/// <summary>Rows of one series.</summary>
public sealed record FlowSeriesAnswer
{
    /// <summary>Intersection id.</summary>
    public required string Intersection { get; init; }

    /// <summary>Approach id, when the rows are an approach's.</summary>
    public string? Approach { get; init; }

    /// <summary>Detector id, when the rows are a detector's.</summary>
    public string? Detector { get; init; }

    /// <summary>Window as asked for.</summary>
    public required string Window { get; init; }

    /// <summary>Rows, ascending by start.</summary>
    public required IAsyncEnumerable<FlowRowAnswer> Rows { get; init; }
}

/// <summary>One window of one series. What is not known is absent.</summary>
public sealed record FlowRowAnswer
{
    /// <summary>Window start, UTC.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>Vehicles.</summary>
    public long? Volume { get; init; }

    /// <summary>Vehicles per hour.</summary>
    public double? FlowRate { get; init; }

    /// <summary>Percent 0..100.</summary>
    public double? Occupancy { get; init; }

    /// <summary>Volume-weighted speed, km/h.</summary>
    public double? Speed { get; init; }

    /// <summary>Vehicles by class.</summary>
    public IReadOnlyDictionary<string, long>? Classes { get; init; }

    /// <summary>Passenger-car units.</summary>
    public double? Pcu { get; init; }

    /// <summary>Level of service as a letter, A for 1.</summary>
    public string? LevelOfService { get; init; }

    /// <summary>The same as a number, 1 to 5 or 6 as the method has.</summary>
    public int? Level { get; init; }

    /// <summary>How it was judged, e.g. <c>gbt33171-speed-ratio</c>, <c>hcm7-speed-ratio</c> or <c>occupancy</c>.</summary>
    public string? LosMethod { get; init; }

    /// <summary>Speed as a share of the free-flow speed; of an intersection, on the approach that decides.</summary>
    public double? SpeedRatio { get; init; }

    /// <summary>Observed share of the expected time, 0..1.</summary>
    public double? Coverage { get; init; }

    /// <summary>Readings that count here.</summary>
    public required int Readings { get; init; }

    /// <summary>Readings expected.</summary>
    public int? Expected { get; init; }

    /// <summary>Detector rows: what the row says about its detector.</summary>
    public string? Health { get; init; }

    /// <summary>1 when first published, +1 with each correction.</summary>
    public required int Revision { get; init; }
}

/// <summary>One refused payload.</summary>
public sealed record RejectionAnswer
{
    /// <summary>When it was received.</summary>
    public required DateTimeOffset Received { get; init; }

    /// <summary>Why it was refused, e.g. <c>too-old</c>.</summary>
    public required string Reason { get; init; }

    /// <summary>Intersection id, or <c>-</c>.</summary>
    public required string Intersection { get; init; }

    /// <summary>Device kind.</summary>
    public required string Kind { get; init; }

    /// <summary>Device id, or <c>-</c>.</summary>
    public required string Device { get; init; }

    /// <summary>The topic it came by, where the device does not tell it.</summary>
    public string? Topic { get; init; }

    /// <summary>The bytes that were kept, Base64.</summary>
    public required string Payload { get; init; }

    /// <summary>The same as text; absent when they are not UTF-8.</summary>
    public string? Text { get; init; }
}

/// <summary>The conservation ledger: received = stored + duplicate + late + rejected + corrupt + inFlight + unexplained.</summary>
public sealed record LedgerAnswer
{
    /// <summary>Position in the input log that the counts are for.</summary>
    public required long Position { get; init; }

    /// <summary>Readings, observations and events decoded at the door, one for each refused payload or element.</summary>
    public required long Received { get; init; }

    /// <summary>Entered the windows or, of observations, the time series.</summary>
    public required long Stored { get; init; }

    /// <summary>Repeats.</summary>
    public required long Duplicate { get; init; }

    /// <summary>Too late to count.</summary>
    public required long Late { get; init; }

    /// <summary>Refused, by reason.</summary>
    public required IReadOnlyDictionary<string, long> Rejected { get; init; }

    /// <summary>Damaged on disk.</summary>
    public required long Corrupt { get; init; }

    /// <summary>On disk, on the way to the windows.</summary>
    public required long InFlight { get; init; }

    /// <summary>What the other numbers do not account for: 0.</summary>
    public required long Unexplained { get; init; }

    /// <summary>What the devices' own counters say; beside the sum, because what did not come was not received.</summary>
    public required SequenceAnswer Sequence { get; init; }
}

/// <summary>Whether the service is ready, and if not, why.</summary>
/// <param name="Status"><c>ready</c> or <c>unready</c>.</param>
/// <param name="Reasons">What is wrong, in words for an operator; empty when nothing is.</param>
public sealed record HealthAnswer(
    [property: JsonRequired] string Status, [property: JsonRequired] IReadOnlyList<string> Reasons);

/// <summary>What <c>seq</c> tells about the way in.</summary>
public sealed record SequenceAnswer
{
    /// <summary>Numbers that were jumped over and have not come since: lost before they reached the service.</summary>
    public required long Missing { get; init; }

    /// <summary>Numbers that were missing and came later.</summary>
    public required long Filled { get; init; }

    /// <summary>How often a counter was begun anew, e.g. by a reboot.</summary>
    public required long Restarts { get; init; }
}
