using System.Collections.Frozen;

namespace TrafficCore.Traffic.Network;

/// <summary>One version of the road network file, whole and valid.</summary>
/// <remarks>Immutable; shared freely between threads. Made by <see cref="RoadNetworkParser"/>, which has checked every reference.</remarks>
public sealed class RoadNetwork
{
    private readonly FrozenDictionary<string, Intersection> _byId;

    internal RoadNetwork(string city, string timeZone, Intersection[] intersections, RoadLink[] links)
    {
        City = city;
        TimeZone = timeZone;
        Intersections = intersections;
        Links = links;
        _byId = intersections.ToFrozenDictionary(i => i.Id, StringComparer.Ordinal);
    }

    /// <summary>A network that names nothing: what the service starts from without a file.</summary>
    public static RoadNetwork Empty { get; } = new("", "UTC", [], []);

    /// <summary>Name of the city; may be empty.</summary>
    public string City { get; }

    /// <summary>IANA time zone of local days.</summary>
    /// <value>UTC when the file gives none.</value>
    public string TimeZone { get; }

    /// <summary>Intersections in file order.</summary>
    public IReadOnlyList<Intersection> Intersections { get; }

    /// <summary>Roads between intersections, in file order.</summary>
    public IReadOnlyList<RoadLink> Links { get; }

    /// <summary>The intersection of an id, or null.</summary>
    public Intersection? FindIntersection(string id) => _byId.GetValueOrDefault(id);
}

/// <summary>One intersection.</summary>
public sealed class Intersection
{
    // Searched in halves: a table of its own for each of ten thousand intersections takes more than their detectors.
    private readonly Detector[] _byId;
    private readonly Detector[] _byChannel;

    internal Intersection(string id, Approach[] approaches)
    {
        Id = id;
        Approaches = approaches;
        Detector[] detectors = [.. approaches.SelectMany(a => a.Detectors)];
        Detectors = detectors;
        _byId = [.. detectors.OrderBy(d => d.Id, StringComparer.Ordinal)];
        _byChannel = [.. detectors.Where(d => d.Channel is not null).OrderBy(d => d.Channel)];
    }

    /// <summary>Id, unique in the file.</summary>
    public string Id { get; }

    /// <summary>Name for people; the id when the file gives none.</summary>
    public required string Name { get; init; }

    /// <summary>Longitude, WGS 84 degrees; null when unknown.</summary>
    public double? Lon { get; init; }

    /// <summary>Latitude, WGS 84 degrees; null when unknown.</summary>
    public double? Lat { get; init; }

    /// <summary>Approaches in file order.</summary>
    public IReadOnlyList<Approach> Approaches { get; }

    /// <summary>All detectors of all approaches, in file order.</summary>
    public IReadOnlyList<Detector> Detectors { get; }

    /// <summary>The signal controller; null without a signal.</summary>
    public Controller? Controller { get; init; }

    /// <summary>Display boards.</summary>
    public IReadOnlyList<BoardSite> Boards { get; init; } = [];

    /// <summary>Sensors of weather and water, in file order.</summary>
    public IReadOnlyList<EnvironmentSensor> Environment { get; init; } = [];

    /// <summary>Car parks, in file order.</summary>
    public IReadOnlyList<CarPark> Parking { get; init; } = [];

    /// <summary>The detector of an id, or null.</summary>
    public Detector? FindDetector(string id) => Find(_byId, id, static (detector, id) => string.CompareOrdinal(detector.Id, id));

    /// <summary>The detector wired to a controller channel, or null.</summary>
    public Detector? DetectorByChannel(int channel) => Find(_byChannel, channel, static (detector, channel) => detector.Channel!.Value.CompareTo(channel));

    /// <summary>The approach of an id, or null.</summary>
    public Approach? FindApproach(string id) => Approaches.FirstOrDefault(a => a.Id == id);

    private static Detector? Find<T>(Detector[] sorted, T key, Func<Detector, T, int> compare)
    {
        for (int low = 0, high = sorted.Length - 1; low <= high;)
        {
            int middle = (low + high) >> 1;
            int order = compare(sorted[middle], key);
            if (order == 0)
            {
                return sorted[middle];
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return null;
    }
}

/// <summary>One approach: the lanes on which traffic enters from one side.</summary>
public sealed class Approach
{
    internal Approach(string id, Detector[] detectors)
    {
        Id = id;
        Detectors = detectors;
        CountingDetectors = ApproachVolumeRule.Select(detectors);
        foreach (Detector detector in detectors)
        {
            detector.Approach = this;
        }
    }

    /// <summary>Id, unique in its intersection.</summary>
    public string Id { get; }

    /// <summary>Direction of travel, degrees clockwise from north; null when unknown.</summary>
    public double? Bearing { get; internal init; }

    /// <summary>Free-flow speed in 0.01 km/h; null when unknown.</summary>
    public int? FreeFlowSpeedCenti { get; internal init; }

    /// <summary>Free-flow speed, km/h; null when unknown.</summary>
    public double? FreeFlowSpeed => FreeFlowSpeedCenti / 100.0;

    /// <summary>Saturation flow per lane, veh/h of green; null when unknown.</summary>
    public double? SaturationFlow { get; internal init; }

    /// <summary>Signal phase that serves it; null when unknown.</summary>
    public int? Phase { get; internal init; }

    /// <summary>Detectors in file order.</summary>
    public IReadOnlyList<Detector> Detectors { get; }

    /// <summary>Those whose volumes add up to the approach's volume; see <see cref="ApproachVolumeRule"/>.</summary>
    public IReadOnlyList<Detector> CountingDetectors { get; }

    /// <summary>
    /// No counting detector has a function at the stop bar: their occupancy says how traffic moves and not only that the signal is red. A detector
    /// whose function is <c>count</c> alone counts as away from it: what stands at the stop bar is to say so.
    /// </summary>
    public bool CountsAwayFromStopBar => CountingDetectors.All(d => !d.IsAtStopBar);
}

/// <summary>One detector.</summary>
public sealed class Detector
{
    /// <summary>Id, unique in its intersection.</summary>
    public required string Id { get; init; }

    /// <summary>The approach it belongs to.</summary>
    public Approach Approach { get; internal set; } = null!;

    /// <summary>Lane from 1, counted from the kerb or the median as the city does; null when it covers several or is unknown.</summary>
    public int? Lane { get; init; }

    /// <summary>What it is used for.</summary>
    public required DetectorFunctions Functions { get; init; }

    /// <summary>It has a function at the stop bar, where vehicles stand at every red.</summary>
    public bool IsAtStopBar => (Functions & DetectorFunctionNames.AtStopBar) != 0;

    /// <summary>Channel of the controller, unique in its intersection; null when it is not wired to one.</summary>
    public int? Channel { get; init; }

    /// <summary>Counting interval in ms that its readings have unless they say so; null when unknown.</summary>
    public int? IntervalMs { get; init; }

    /// <summary>Metres upstream of the stop bar.</summary>
    public double Distance { get; init; }

    /// <summary>Milliseconds from the event in the street to its time stamp.</summary>
    public int LatencyMs { get; init; }

    /// <summary>Phase that overrides the approach's; null without.</summary>
    public int? OwnPhase { get; init; }

    /// <summary>Its own phase, else the approach's.</summary>
    public int? Phase => OwnPhase ?? Approach.Phase;
}

/// <summary>A signal controller.</summary>
/// <param name="Id">Id, unique in its intersection.</param>
/// <param name="Phases">Phases by number.</param>
public sealed record Controller(string Id, IReadOnlyList<SignalPhase> Phases);

/// <summary>One phase of a controller; times in seconds.</summary>
/// <param name="Number">Phase number from 1.</param>
/// <param name="MinGreen">Minimum green; null when unknown.</param>
/// <param name="Yellow">Yellow change; null when unknown.</param>
/// <param name="RedClearance">Red clearance; null when unknown.</param>
public sealed record SignalPhase(int Number, double? MinGreen, double? Yellow, double? RedClearance);

/// <summary>A display board and what it can show.</summary>
/// <param name="Id">Id, unique in its intersection.</param>
/// <param name="Lines">Lines of text.</param>
/// <param name="Characters">Characters in a line.</param>
/// <param name="Pages">Pages it can alternate.</param>
/// <param name="Colors">Colours it has.</param>
/// <param name="Watches">Approaches that its messages are about.</param>
public sealed record BoardSite(
    string Id, int Lines, int Characters, int Pages, IReadOnlyList<string> Colors, IReadOnlyList<ApproachReference> Watches);

/// <summary>A sensor of weather and water.</summary>
/// <param name="Id">Id, unique among the intersection's.</param>
public sealed record EnvironmentSensor(string Id);

/// <summary>A car park.</summary>
/// <param name="Id">Id, unique among the intersection's.</param>
public sealed record CarPark(string Id);

/// <summary>Names an approach of an intersection; written <c>int-0001/n</c>.</summary>
/// <param name="Intersection">Intersection id.</param>
/// <param name="Approach">Approach id.</param>
public readonly record struct ApproachReference(string Intersection, string Approach)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Intersection}/{Approach}";
}

/// <summary>A road from one intersection to the next.</summary>
/// <param name="Id">Id, unique in the file.</param>
/// <param name="From">Intersection where it begins.</param>
/// <param name="To">Intersection where it ends.</param>
/// <param name="Length">Metres; null when unknown.</param>
/// <param name="Approach">The approach it leads to; null when not given.</param>
public sealed record RoadLink(string Id, string From, string To, double? Length, ApproachReference? Approach);
