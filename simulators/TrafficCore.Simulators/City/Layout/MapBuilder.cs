using TrafficCore.Simulators.City.Demand;
using TrafficCore.Simulators.City.Signals;
using TrafficCore.Traffic.Network;

namespace TrafficCore.Simulators.City.Layout;

/// <summary>
/// Derives the model's map from a road network file. What the file does not say follows from it by rule or from the seed: turns from
/// bearings, lanes from detectors, splits from loads, flows from capacities.
/// </summary>
internal sealed class MapBuilder
{
    /// <summary>Centimetres of road before an approach to which the file gives no link.</summary>
    private const int EdgeLength = 300_00;

    /// <summary>Centimetres of road upstream of the farthest loop at least.</summary>
    private const int Upstream = 50_00;

    /// <summary>km/h and veh/h of green and lane where the file is silent: usual design values of urban streets.</summary>
    private const double UsualSpeed = 50;
    private const double UsualSaturation = 1800;

    private readonly CityOptions _options;
    private readonly RoadNetwork _network;
    private readonly ILookup<ApproachReference, RoadLink> _linksTo;
    private readonly ILookup<string, RoadLink> _linksFrom;
    private readonly Dictionary<RoadLink, MapLink> _links = [];
    private readonly List<MapApproach> _approaches = [];
    private readonly List<MapDetector> _detectors = [];
    private readonly Centre _centre;

    private MapBuilder(RoadNetwork network, CityOptions options)
    {
        (_network, _options) = (network, options);
        var links = network.Links.Where(static l => l.Approach is not null).ToArray();
        _linksTo = links.ToLookup(static l => l.Approach!.Value);
        _linksFrom = links.ToLookup(static l => l.From, StringComparer.Ordinal);
        _centre = Centre.Of(network);
        NumberLinks(links);
    }

    /// <summary>Builds the map; a network without any approach gives a city without traffic.</summary>
    public static CityMap Build(RoadNetwork network, CityOptions options)
    {
        var builder = new MapBuilder(network, options);
        var intersections = network.Intersections.Select((site, index) => builder.Intersection(site, index)).ToArray();
        var incoming = builder._links.Values.ToLookup(static l => l.To);
        foreach (var approach in builder._approaches)
        {
            approach.Incoming = [.. incoming[approach.Index]];
        }

        new FlowRules(options).Set(intersections);
        return new CityMap
        {
            Network = network,
            Intersections = intersections,
            Approaches = builder._approaches,
            Detectors = builder._detectors,
            Links = [.. builder._links.Values],
        };
    }

    private void NumberLinks(RoadLink[] links)
    {
        var numbers = new Dictionary<ApproachReference, int>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var site in _network.Intersections)
        {
            places.Add(site.Id, places.Count);
            foreach (var approach in site.Approaches)
            {
                numbers.Add(new ApproachReference(site.Id, approach.Id), numbers.Count);
            }
        }

        foreach (var link in links)
        {
            _links.Add(link, new MapLink(_links.Count, places[link.From], numbers[link.Approach!.Value]));
        }
    }

    private MapIntersection Intersection(Intersection site, int index)
    {
        (MapLink Link, double? Bearing)[] outgoing = [.. _linksFrom[site.Id].Select(l => (_links[l], BearingOf(l.Approach!.Value)))];
        var (firstApproach, firstDetector) = (_approaches.Count, _detectors.Count);
        foreach (var approach in site.Approaches)
        {
            _approaches.Add(Approach(site, index, approach, outgoing));
        }

        var approaches = _approaches[firstApproach..];
        return new MapIntersection
        {
            Index = index,
            Site = site,
            Approaches = approaches,
            Detectors = _detectors[firstDetector..],
            Signal = site.Controller is { } controller
                ? SignalPlanBuilder.Build(controller, FlowRules.Loads(approaches), _options.Signals, (int)_options.Cycle.TotalMilliseconds, Offset(site))
                : null,
        };
    }

    private double? BearingOf(ApproachReference reference) => _network.FindIntersection(reference.Intersection)?.FindApproach(reference.Approach)?.Bearing;

    private MapApproach Approach(Intersection site, int intersection, Approach approach, (MapLink Link, double? Bearing)[] outgoing)
    {
        var index = _approaches.Count;
        var random = CityRandom.For(_options.Seed, RandomUse.Flows, index);
        var exits = TurnRules.Exits(approach, site, outgoing, ref random);
        return new MapApproach
        {
            Index = index,
            Intersection = intersection,
            Site = approach,
            Length = Length(site, approach),
            FreeSpeed = (int)Math.Round((approach.FreeFlowSpeed ?? UsualSpeed) / 3.6 * 100),
            CarHeadway = (int)Math.Round(3_600_000 / (approach.SaturationFlow ?? UsualSaturation)),
            Lanes = Lanes(site, intersection, index, approach, exits),
            Exits = exits,
            Inbound = _centre.Direction(site, approach),
        };
    }

    private int Length(Intersection site, Approach approach)
    {
        var given = _linksTo[new ApproachReference(site.Id, approach.Id)].Select(static l => l.Length).Max();
        var farthest = approach.Detectors.Select(static d => d.Distance).DefaultIfEmpty(0).Max();
        return Math.Max(given is > 0 and { } metres ? (int)(metres * 100) : EdgeLength, (int)(farthest * 100) + MapLoop.Length + Upstream);
    }

    private MapLane[] Lanes(Intersection site, int intersection, int approachIndex, Approach approach, IReadOnlyList<MapExit> exits)
    {
        var count = approach.Detectors.Select(static d => d.Lane ?? 1).DefaultIfEmpty(1).Max();
        var loops = Enumerable.Range(0, count).Select(static _ => new List<MapLoop>()).ToArray();
        foreach (var detector in approach.Detectors)
        {
            var over = detector.Lane is { } lane ? [lane - 1] : Enumerable.Range(0, count).ToArray();
            var distance = (int)Math.Round(detector.Distance * 100);
            foreach (var l in over)
            {
                loops[l].Add(new MapLoop(_detectors.Count, distance + MapLoop.Length, distance));
            }

            _detectors.Add(new MapDetector
            {
                Index = _detectors.Count,
                Intersection = intersection,
                Approach = approachIndex,
                Site = detector,
                IntervalMs = detector.IntervalMs ?? (int)_options.Interval.TotalMilliseconds,
                Loops = over.Length,
            });
        }

        // Without a controller nobody has a phase.
        int[] phases = [.. Enumerable.Range(1, count).Select(number => site.Controller is null ? 0 : PhaseOf(approach, number))];
        var movements = TurnRules.Lanes(phases, approach.Phase ?? 0, exits);
        return [.. Enumerable.Range(0, count).Select(i => new MapLane(i + 1, phases[i], movements[i], [.. loops[i].OrderByDescending(static l => l.OnAt)]))];
    }

    /// <summary>The phase of a lane's detectors where one says so, else the approach's.</summary>
    private static int PhaseOf(Approach approach, int lane) =>
        approach.Detectors.FirstOrDefault(d => d.Lane == lane && d.OwnPhase is not null)?.OwnPhase ?? approach.Phase ?? 0;

    /// <summary>
    /// A green wave away from the north-western corner: where the file has positions, the time to drive there at 50 km/h along streets.
    /// </summary>
    private int Offset(Intersection site) => _centre.StreetMetres(site) is { } metres ? (int)(metres * 3600 / UsualSpeed / 1000) * 1000 : 0;
}
