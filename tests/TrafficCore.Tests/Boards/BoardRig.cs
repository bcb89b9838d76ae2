using System.Text;
using TrafficCore.Boards;
using TrafficCore.Boards.Arbitration;
using TrafficCore.Boards.Delivery;
using TrafficCore.Boards.Rules;
using TrafficCore.Boards.Windows;
using TrafficCore.Traffic.Network;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Tests.Boards;

/// <summary>What an approach was like in a minute, as tests write it.</summary>
internal readonly record struct Minute(double? Ratio = null, double? Occupancy = null, double? Coverage = 1, RowHealth Health = RowHealth.Ok, int Revision = 1, long? Volume = null)
{
    /// <summary>One letter for each: S severe, B bad, - between the thresholds, G good, ? unknown, x a broken detector, c little coverage;
    /// by occupancy alone: D dense and moving, q standing on the detector all the time, f free.</summary>
    public static Minute Of(char letter) => letter switch
    {
        'S' => new Minute(0.2),
        'B' => new Minute(0.45),
        '-' => new Minute(0.6),
        'G' => new Minute(0.9),
        'x' => new Minute(0.2, Health: RowHealth.StuckOn),
        'c' => new Minute(0.2, Coverage: 0.4),
        'D' => new Minute(Occupancy: 60, Volume: 5),
        'q' => new Minute(Occupancy: 100, Volume: 0),
        'f' => new Minute(Occupancy: 10, Volume: 5),
        _ => new Minute(),
    };
}

/// <summary>A director over two intersections and three boards, and a small door to it. Minutes are counted from a fixed instant.</summary>
internal sealed class BoardRig
{
    public const long Length = 60_000;
    public const long T0 = 1_700_000_040_000;

    public static readonly BoardKey Board = new("int-1", "b-1");
    public static readonly BoardKey Both = new("int-1", "b-2");
    public static readonly BoardKey Other = new("int-2", "b-3");

    public const string NetworkJson = """
        { "city": "test", "intersections": [
          { "id": "int-1", "approaches": [
              { "id": "n", "freeFlowSpeed": 50, "detectors": [ { "id": "d-n", "functions": ["count"] }, { "id": "d-x", "functions": ["queue"] } ] },
              { "id": "s", "freeFlowSpeed": 50, "detectors": [ { "id": "d-s", "functions": ["count"] } ] } ],
            "boards": [ { "id": "b-1", "lines": 3, "characters": 16, "pages": 2, "colors": ["amber"], "watches": ["int-1/n", "int-1/s"] },
                        { "id": "b-2", "lines": 2, "characters": 16, "pages": 1, "watches": ["int-1/n", "int-2/n"] } ] },
          { "id": "int-2", "approaches": [ { "id": "n", "freeFlowSpeed": 50, "detectors": [ { "id": "d-n", "functions": ["count"] } ] } ],
            "boards": [ { "id": "b-3", "lines": 2, "characters": 16, "pages": 1 } ] } ] }
        """;

    private long position;

    public BoardRig(BoardsOptions? options = null, bool configure = true)
    {
        Director = new BoardDirector(options ?? Options());
        if (configure)
        {
            Director.Configure(Network(), At(0));
        }
    }

    public BoardDirector Director { get; }

    public List<BoardDecision> Decisions { get; } = [];

    /// <summary>Some rules, without any <see cref="Rule"/>, with old data allowed, so that a test says itself what the clock is.</summary>
    public static BoardsOptions Options(params BoardRule[] rules) => new() { Rules = rules.Length == 0 ? [Rule()] : rules, MaxInputAge = null };

    public static BoardNetwork Network(string json = NetworkJson) => BoardNetwork.From(RoadNetworkParser.Parse(Encoding.UTF8.GetBytes(json)).Network!);

    /// <summary>A rule of two steps, and two windows in and out.</summary>
    public static BoardRule Rule(Action<BoardRule>? change = null)
    {
        var rule = new BoardRule { Name = "congestion", Steps = [Step("slow", 8, 0.5, 0.67, 50, 35), Step("severe", 9, 0.3, 0.4, 70, 50)] };
        change?.Invoke(rule);
        return rule;
    }

    public static long At(double minutes) => T0 + (long)(minutes * Length);

    /// <summary>One publication: the minute that ends at the given minute, for some approaches.</summary>
    public BoardWindow Window(string intersection, long end, params (string Approach, Minute State)[] states) =>
        new(position, position += 100, intersection, At(end - 1), Length, [.. states.SelectMany(s => Rows(intersection, end, s.Approach, s.State))]);

    public void Publish(string intersection, long end, params (string Approach, Minute State)[] states) => Director.Observe(Window(intersection, end, states));

    /// <summary>Judges at the given minute of the clock and collects the decisions.</summary>
    public IReadOnlyList<BoardDecision> Judge(double minute)
    {
        Director.Judge(At(minute));
        return Collect();
    }

    public IReadOnlyList<BoardDecision> Expire(double minute)
    {
        Director.Expire(At(minute));
        return Collect();
    }

    public BoardSnapshot Snapshot(BoardKey key, double minute = 0) => Director.Snapshot(At(minute)).Single(b => b.Definition.Key == key);

    public IReadOnlyList<BoardDecision> Collect()
    {
        var made = Director.TakeDecisions();
        Decisions.AddRange(made);
        return made;
    }

    /// <summary>The board log as text: what must be the same for the same windows.</summary>
    public string Log() => string.Join('\n', Decisions.OrderBy(d => d.Time).ThenBy(d => d.Message.Board.ToString(), StringComparer.Ordinal)
        .Select(d => FormattableString.Invariant($"{d.Time} {d.State} {Encoding.UTF8.GetString(BoardMessageJson.Write(d.Message))} {d.Message.Board}")));

    public static IEnumerable<FlowRow> Rows(string intersection, long end, string approach, Minute state)
    {
        yield return Row(intersection, end, $"d-{approach}", FlowLevel.Detector, state) with { Health = state.Health };
        yield return Row(intersection, end, approach, FlowLevel.Approach, state);
    }

    private static RuleStep Step(string name, int priority, double enterRatio, double exitRatio, double enterOccupancy, double exitOccupancy) => new()
    {
        Name = name,
        Priority = priority,
        Text = name == "slow" ? ["SLOW TRAFFIC|SLOW", "AHEAD"] : ["CONGESTION|JAM", "AHEAD"],
        When = new RuleCondition
        {
            SpeedRatio = new RuleThresholds { Enter = enterRatio, Exit = exitRatio },
            Occupancy = new RuleThresholds { Enter = enterOccupancy, Exit = exitOccupancy },
        },
    };

    private static FlowRow Row(string intersection, long end, string id, FlowLevel level, Minute state) => new()
    {
        Intersection = intersection,
        Id = id,
        Level = level,
        Start = At(end - 1),
        Length = Length,
        Revision = state.Revision,
        Volume = state.Volume,
        OccupancyWeighted = (long)((state.Occupancy ?? 0) * 1000 * Length),
        OccupancyMs = state.Occupancy is null ? 0 : Length,
        ObservedMs = (long)((state.Coverage ?? 1) * Length),
        ExpectedMs = state.Coverage is null ? null : Length,
        SpeedRatioMilli = (int?)(state.Ratio * 1000),
    };
}
