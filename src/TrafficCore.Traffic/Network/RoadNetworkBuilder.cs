using System.Text.RegularExpressions;

namespace TrafficCore.Traffic.Network;

/// <summary>Builds the network from the file's tree and checks every id and reference. Bounds say where they come from.</summary>
internal sealed partial class RoadNetworkBuilder(List<NetworkError> errors, Func<string, bool>? isTimeZone)
{
    // Above any road (autobahn samples reach 250), and what the reading's 16 bits can hold with two decimals is 655.
    private const double MaxSpeed = 300;

    // Highest count of a multi-lane approach, 1,900 pc/h/ln base (HCM) over ten lanes, rounded up.
    private const double MaxSaturationFlow = 20_000;

    // A day: no counting interval is longer, and windows end there.
    private const int MaxIntervalMs = 86_400_000;

    // NTCIP 1202 v3 has at most 255 phases, 65,535 leaves room for any channel numbering.
    private const int MaxPhase = 255;
    private const int MaxChannel = 65_535;

    private readonly List<(string Path, string Text)> _references = [];
    private readonly List<(string Path, string Id)> _intersectionReferences = [];

    public RoadNetwork? Build(NetworkNode root)
    {
        if (!root.IsObject("the road network"))
        {
            return null;
        }

        string city = root.Text("city") ?? "";
        string timeZone = TimeZone(root);
        var ids = new UniqueIds(errors, "intersection");
        var intersections = new List<Intersection>();
        foreach (NetworkNode node in root.Objects("intersections", "an intersection", required: true))
        {
            intersections.Add(ReadIntersection(node, ids));
        }

        var linkIds = new UniqueIds(errors, "link");
        RoadLink[] links = [.. root.Objects("links", "a link").Select(node => ReadLink(node, linkIds))];
        root.Finish();
        CheckReferences(intersections);
        return errors.Count == 0 ? new RoadNetwork(city, timeZone, [.. intersections], links) : null;
    }

    private string TimeZone(NetworkNode root)
    {
        string? id = root.Text("timeZone");
        if (id is null)
        {
            return "UTC";
        }

        if (!ZoneForm().IsMatch(id) || isTimeZone?.Invoke(id) == false)
        {
            root.Error("timeZone", $"\"{id}\" is not an IANA time zone such as Asia/Shanghai");
        }

        return id;
    }

    private Intersection ReadIntersection(NetworkNode node, UniqueIds ids)
    {
        string id = ids.Take(node, "id");
        var approachIds = new UniqueIds(errors, "approach");
        var detectorIds = new UniqueIds(errors, "detector");
        var channels = new Dictionary<int, string>();
        Approach[] approaches =
            [.. node.Objects("approaches", "an approach").Select(a => ReadApproach(a, approachIds, detectorIds, channels))];
        Controller? controller = node.Object("controller", "a controller") is { } c ? ReadController(c) : null;
        var boardIds = new UniqueIds(errors, "board");
        BoardSite[] boards = [.. node.Objects("boards", "a board").Select(b => ReadBoard(b, boardIds))];
        EnvironmentSensor[] environment = [.. ReadIds(node, "environment", "sensor", "an environment sensor").Select(i => new EnvironmentSensor(i))];
        CarPark[] parking = [.. ReadIds(node, "parking", "car park", "a car park").Select(i => new CarPark(i))];
        string name = node.Text("name") ?? id;
        double? lon = node.Number("lon", -180, 180);
        double? lat = node.Number("lat", -90, 90);
        node.Finish();

        // Lookups by id and channel need unique keys; with errors nobody will look anything up.
        return new Intersection(id, errors.Count == 0 ? approaches : [.. approaches.Select(a => new Approach(a.Id, []))])
        {
            Name = name, Lon = lon, Lat = lat, Controller = controller, Boards = boards, Environment = environment, Parking = parking,
        };
    }

    private IEnumerable<string> ReadIds(NetworkNode node, string list, string kind, string what)
    {
        var ids = new UniqueIds(errors, kind);
        foreach (NetworkNode item in node.Objects(list, what))
        {
            yield return ids.Take(item, "id");
            item.Finish();
        }
    }

    private static Approach ReadApproach(NetworkNode node, UniqueIds ids, UniqueIds detectorIds, Dictionary<int, string> channels)
    {
        string id = ids.Take(node, "id");
        Detector[] detectors = [.. node.Objects("detectors", "a detector").Select(d => ReadDetector(d, detectorIds, channels))];
        double? speed = node.Number("freeFlowSpeed", 1, MaxSpeed);
        var approach = new Approach(id, detectors)
        {
            Bearing = node.Number("bearing", 0, 360),
            FreeFlowSpeedCenti = speed is { } kmh ? (int)Math.Round(kmh * 100, MidpointRounding.AwayFromZero) : null,
            SaturationFlow = node.Number("saturationFlow", 1, MaxSaturationFlow),
            Phase = node.Integer("phase", 1, MaxPhase),
        };
        node.Finish();
        return approach;
    }

    private static Detector ReadDetector(NetworkNode node, UniqueIds ids, Dictionary<int, string> channels)
    {
        string id = ids.Take(node, "id");
        int? channel = node.Integer("channel", 1, MaxChannel);
        if (channel is { } number && !channels.TryAdd(number, id))
        {
            node.Error("channel", $"{number} is already the channel of detector \"{channels[number]}\"");
        }

        var detector = new Detector
        {
            Id = id,
            Lane = node.Integer("lane", 1, 32),
            Functions = ReadFunctions(node),
            Channel = channel,
            IntervalMs = node.Integer("interval", 1, MaxIntervalMs),
            Distance = node.Number("distance", 0, 10_000) ?? 0,
            LatencyMs = node.Integer("latency", 0, 60_000) ?? 0,
            OwnPhase = node.Integer("phase", 1, MaxPhase),
        };
        node.Finish();
        return detector;
    }

    private static DetectorFunctions ReadFunctions(NetworkNode node)
    {
        DetectorFunctions functions = DetectorFunctions.None;
        int count = 0;
        foreach ((string name, string value) in node.Texts("functions"))
        {
            count++;
            DetectorFunctions function = DetectorFunctionNames.Parse(value);
            if (function == DetectorFunctions.None)
            {
                node.Error(name, $"\"{value}\" is not a function: use {string.Join(", ", DetectorFunctionNames.All)}");
            }

            functions |= function;
        }

        if (count == 0)
        {
            node.Error("functions", $"must name one or more of {string.Join(", ", DetectorFunctionNames.All)}");
        }

        return functions;
    }

    private static Controller ReadController(NetworkNode node)
    {
        string id = node.Id("id");
        var numbers = new HashSet<int>();
        var phases = new List<SignalPhase>();
        foreach (NetworkNode phase in node.Objects("phases", "a phase"))
        {
            int? number = phase.Integer("number", 1, MaxPhase, required: true);
            if (number is { } n && !numbers.Add(n))
            {
                phase.Error("number", $"phase {n} appears twice");
            }

            phases.Add(new SignalPhase(
                number ?? 0, phase.Number("minGreen", 0, 300), phase.Number("yellow", 0, 30), phase.Number("redClearance", 0, 60)));
            phase.Finish();
        }

        node.Finish();
        return new Controller(id, [.. phases.OrderBy(p => p.Number)]);
    }

    private BoardSite ReadBoard(NetworkNode node, UniqueIds ids)
    {
        string id = ids.Take(node, "id");
        var watches = new List<ApproachReference>();
        foreach ((string name, string value) in node.Texts("watches"))
        {
            _references.Add(($"{node.Path}.{name}", value));
            if (TryReference(value, out ApproachReference reference))
            {
                watches.Add(reference);
            }
        }

        var board = new BoardSite(
            id,
            node.Integer("lines", 1, 32) ?? 3,
            node.Integer("characters", 1, 256) ?? 16,
            node.Integer("pages", 1, 255) ?? 1,
            [.. node.Texts("colors").Select(color => color.Value)],
            watches);
        node.Finish();
        return board;
    }

    private RoadLink ReadLink(NetworkNode node, UniqueIds ids)
    {
        string id = ids.Take(node, "id");
        string from = node.Id("from");
        string to = node.Id("to");
        _intersectionReferences.Add(($"{node.Path}.from", from));
        _intersectionReferences.Add(($"{node.Path}.to", to));
        ApproachReference? approach = null;
        if (node.Text("approach") is { } text)
        {
            _references.Add(($"{node.Path}.approach", text));
            approach = TryReference(text, out ApproachReference reference) ? reference : null;
            if (approach is { } target && target.Intersection != to)
            {
                node.Error("approach", $"\"{text}\" is not an approach of \"{to}\", where the link ends");
            }
        }

        var link = new RoadLink(id, from, to, node.Number("length", 0, 1_000_000), approach);
        node.Finish();
        return link;
    }

    private void CheckReferences(List<Intersection> intersections)
    {
        ILookup<string, Intersection> byId = intersections.ToLookup(i => i.Id, StringComparer.Ordinal);
        foreach ((string path, string id) in _intersectionReferences)
        {
            if (NetworkId.IsValid(id) && !byId.Contains(id))
            {
                errors.Add(new NetworkError(path, $"there is no intersection \"{id}\""));
            }
        }

        foreach ((string path, string text) in _references)
        {
            if (!TryReference(text, out ApproachReference reference))
            {
                errors.Add(new NetworkError(path, $"\"{text}\" does not read intersection/approach"));
            }
            else if (!byId[reference.Intersection].Any(i => i.FindApproach(reference.Approach) is not null))
            {
                errors.Add(new NetworkError(path, $"there is no approach \"{text}\""));
            }
        }
    }

    private static bool TryReference(string text, out ApproachReference reference)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        reference = slash < 0 ? default : new ApproachReference(text[..slash], text[(slash + 1)..]);
        return slash >= 0 && NetworkId.IsValid(reference.Intersection) && NetworkId.IsValid(reference.Approach);
    }

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_+\-]{0,31}(/[A-Za-z0-9_+\-]{1,31}){0,2}$")]
    private static partial Regex ZoneForm();
}
