using System.Text;
using System.Text.Json;
using TrafficCore.Simulators.City;
using TrafficCore.Simulators.City.Demand;
using TrafficCore.Simulators.City.Faults;
using TrafficCore.Simulators.City.Layout;
using TrafficCore.Simulators.City.Sending;
using TrafficCore.Simulators.City.Truth;
using TrafficCore.Traffic.Network;

namespace TrafficCore.Tests.Simulators;

/// <summary>Small cities for tests, without clock, sockets and disk.</summary>
internal static class CityRig
{
    /// <summary>A Monday, 07:00 UTC.</summary>
    public const long BeginUnix = 1_767_596_400_000;

    /// <summary>Demand that does not change.</summary>
    public static readonly DayProfile Steady = new(DayShape.Day, 0, new DayShape([.. Enumerable.Repeat(1000, 24)], new int[24]));

    /// <summary>A grid with eight phases and 24 detectors at each intersection.</summary>
    public static CityMap Grid(int intersections, CityOptions options, int seed = 1, int intervalSeconds = 60) => MapBuilder.Build(
        Parse(GridNetwork.Write(new GridOptions { Seed = seed, Intersections = intersections, Interval = TimeSpan.FromSeconds(intervalSeconds) })), options);

    /// <summary>
    /// One intersection of two one-lane streets at 50 km/h and 1,800 veh/h, with loops at 60 m and at the stop bar, and phases of 3.5 s
    /// yellow and 2.5 s red clearance: with a cycle of 60 s each street has 24 s of green.
    /// </summary>
    public static CityMap Crossing(CityOptions options, double saturation = 1800) => MapBuilder.Build(Parse(Encoding.UTF8.GetBytes(
        $$"""
        { "intersections": [ { "id": "x", "lon": 114.3, "lat": 29.8, "approaches": [ {{Street("s", 0, 2, 1, saturation)}}, {{Street("e", 270, 4, 3, saturation)}} ],
          "controller": { "id": "c", "phases": [ { "number": 2, "minGreen": 5, "yellow": 3.5, "redClearance": 2.5 }, { "number": 4, "minGreen": 5, "yellow": 3.5, "redClearance": 2.5 } ] } } ] }
        """)), options);

    public static RoadNetwork Parse(byte[] file)
    {
        var result = RoadNetworkParser.Parse(file);
        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        return result.Network!;
    }

    /// <summary>An engine that begins after five minutes of filling.</summary>
    public static CityEngine Engine(
        CityMap map, CityOptions options, ReportOptions? reports = null, string? faults = null, TruthFiles? truth = null, int parts = 1, long begin = 300_000)
    {
        var schedule = faults is null ? FaultSchedule.Empty : Schedule(map, faults, begin);
        return new CityEngine(map, options, reports ?? new ReportOptions(), schedule, new CityStart(begin, static () => BeginUnix), truth, parts);
    }

    public static FaultSchedule Schedule(CityMap map, string plan, long begin = 300_000)
    {
        var (parsed, errors) = FaultPlanParser.Parse(Encoding.UTF8.GetBytes(plan));
        Assert.Empty(errors);
        var (schedule, contradictions) = FaultScheduler.Resolve(map, parsed!, begin, TimeSpan.FromHours(1));
        Assert.Empty(contradictions);
        return schedule!;
    }

    /// <summary>Everything that an engine sends in so many seconds, and what is left at the end.</summary>
    public static SentMessages Run(CityEngine engine, int seconds)
    {
        var sent = new SentMessages();
        for (var i = 0; i < seconds; i++)
        {
            engine.Step(sent);
        }

        engine.Finish(sent);
        return sent;
    }

    private static string Street(string id, int bearing, int phase, int channel, double saturation) => $$"""
        { "id": "{{id}}", "bearing": {{bearing}}, "freeFlowSpeed": 50, "saturationFlow": {{saturation}}, "phase": {{phase}}, "detectors": [
          { "id": "{{id}}-advance", "lane": 1, "functions": ["count", "advance"], "channel": {{channel}}, "interval": 60000, "distance": 60 },
          { "id": "{{id}}-stop", "lane": 1, "functions": ["presence"], "channel": {{channel + 1}}, "interval": 60000, "distance": 0 } ] }
        """;
}

/// <summary>Messages as they were sent.</summary>
internal sealed class SentMessages : ICityOutput
{
    public List<(CityMessage Message, string Payload)> All { get; } = [];

    /// <summary>Readings by detector, in the order of sending; broken ones are left out.</summary>
    public ILookup<string, JsonElement> Readings => All
        .Where(static m => m.Message.Topic.Contains("/detector/", StringComparison.Ordinal) && !m.Message.IsBroken)
        .ToLookup(static m => DeviceOf(m.Message.Topic), static m => JsonDocument.Parse(m.Payload).RootElement);

    /// <summary>Events by intersection, in the order of sending.</summary>
    public ILookup<string, (long At, int Code, int Parameter)> Events => All
        .Where(static m => m.Message.Topic.EndsWith("/events", StringComparison.Ordinal) && !m.Message.IsBroken)
        .SelectMany(static m => JsonDocument.Parse(m.Payload).RootElement.GetProperty("events").EnumerateArray()
            .Select(e => (Intersection: m.Message.Topic.Split('/')[2], Event: (e[0].GetInt64(), e[1].GetInt32(), e[2].GetInt32()))))
        .ToLookup(static e => e.Intersection, static e => e.Event);

    public void Send(in CityMessage message, ReadOnlySpan<byte> payload) => All.Add((message, Encoding.UTF8.GetString(payload)));

    /// <summary>All of it as one text.</summary>
    public override string ToString() => string.Join('\n', All.Select(static m => $"{m.Message.DueMs} {m.Message.Topic} {m.Payload}"));

    private static string DeviceOf(string topic)
    {
        var parts = topic.Split('/');
        return $"{parts[2]}/{parts[4]}";
    }
}
