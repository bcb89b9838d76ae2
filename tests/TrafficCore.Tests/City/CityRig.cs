using System.Text;
using TrafficCore.Pipeline;
using TrafficCore.Pipeline.City;
using TrafficCore.Pipeline.Output;
using TrafficCore.TestKit.Pipeline;
using TrafficCore.Traffic.Network;
using TrafficCore.Traffic.Service;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Tests.City;

/// <summary>An output log in a list, and the index that reads it and writes to it, step by step.</summary>
internal sealed class CityRig
{
    public const long Minute = 60_000;
    public const long Quarter = 900_000;
    public const long Start = 1_767_225_600_000; // 2026-01-01T00:00:00Z

    /// <summary>Intersections a and b, approaches n and s: 500 m and 1 km to a, the default length to b/n; b/s has no free-flow speed.</summary>
    public const string Network = """
        { "city": "Test City", "intersections": [
          { "id": "a", "approaches": [
            { "id": "n", "freeFlowSpeed": 60, "detectors": [ { "id": "d1", "functions": ["count"], "interval": 60000 } ] },
            { "id": "s", "freeFlowSpeed": 60, "detectors": [ { "id": "d2", "functions": ["count"], "interval": 60000 } ] } ] },
          { "id": "b", "approaches": [
            { "id": "n", "freeFlowSpeed": 60, "detectors": [ { "id": "d1", "functions": ["count"], "interval": 60000 } ] },
            { "id": "s", "detectors": [ { "id": "d2", "functions": ["count"], "interval": 60000 } ] } ] } ],
          "links": [
            { "id": "l1", "from": "b", "to": "a", "length": 500, "approach": "a/n" },
            { "id": "l2", "from": "b", "to": "a", "length": 900, "approach": "a/n" },
            { "id": "l3", "from": "b", "to": "a", "length": 1000, "approach": "a/s" } ] }
        """;

    private readonly CityIndexOptions _options;
    private int _read;

    public CityRig(CityIndexOptions? options = null, ManualTime? time = null, string? network = Network)
    {
        _options = options ?? new CityIndexOptions();
        Time = time ?? new ManualTime(DateTimeOffset.FromUnixTimeMilliseconds(Start));
        State = new CityIndexState(_options, Networks, Time);
        if (network is not null)
        {
            AddNetwork(network, Start - Minute);
        }
    }

    public NetworkHistory Networks { get; } = new();

    public ManualTime Time { get; }

    public CityIndexState State { get; private set; }

    /// <summary>Everything in the output, in order: records of windows with their receive time, and rows of the city.</summary>
    public List<object> Output { get; } = [];

    public IEnumerable<CityIndexRow> Rows => Output.OfType<CityIndexRow>();

    public void AddNetwork(string json, long receivedMs)
    {
        var (network, errors, _) = RoadNetworkParser.Parse(Encoding.UTF8.GetBytes(json));
        Assert.Empty(errors);
        Networks.Add(new NetworkVersion((uint)Networks.Versions.Count + 1, receivedMs, network!));
    }

    /// <summary>The rows of a window of an intersection, received when it was over: approach, volume, speed in km/h.</summary>
    public static (WindowRecord Record, long ReceivedMs) Window(string intersection, long start, long length, params (string Approach, long Volume, double Speed)[] approaches) => (
        new WindowRecord(new OutputHead(start, 0, intersection), start, length, [.. approaches.Select(a => Row(intersection, start, length, a.Approach, a.Volume, a.Speed))]),
        start + length + 5_000);

    public void Publish(string intersection, long start, params (string Approach, long Volume, double Speed)[] approaches) =>
        Output.Add(Window(intersection, start, Minute, approaches));

    /// <summary>Both intersections publish a minute in which everybody drives at a speed.</summary>
    public void PublishAll(long start, double speed)
    {
        Publish("a", start, ("n", 10, speed), ("s", 10, speed));
        Publish("b", start, ("n", 10, speed));
    }

    /// <summary>Reads the output to its end.</summary>
    public CityRig Read()
    {
        for (; _read < Output.Count; _read++)
        {
            if (Output[_read] is CityIndexRow row)
            {
                State.Take(row);
            }
            else
            {
                var (record, receivedMs) = ((WindowRecord, long))Output[_read];
                State.Take(record, receivedMs);
            }
        }

        return this;
    }

    /// <summary>One turn of the worker: reads, publishes what is due, finds it in the output. Returns what was published.</summary>
    public IReadOnlyList<CityIndexRow> Step()
    {
        Read();
        var due = State.Due();
        Output.AddRange(due);
        Read();
        return due;
    }

    /// <summary>What a save at this moment holds.</summary>
    public (byte[] Bytes, int Read) Save()
    {
        Assert.False(State.HasLeaving);
        var writer = new BodyWriter();
        CityStateCodec.Write(writer, State);
        return (writer.Written.ToArray(), _read);
    }

    /// <summary>Crashes: goes on from a save, or from nothing, and reads the output again from there.</summary>
    public void Restore((byte[] Bytes, int Read)? saved)
    {
        State = saved is { } known ? CityStateCodec.Read(known.Bytes, _options, Networks, Time)! : new CityIndexState(_options, Networks, Time);
        _read = saved?.Read ?? 0;
    }

    /// <summary>The last revision of each window, without its number: what must not depend on when it was published.</summary>
    public SortedDictionary<(long, long), CityIndexRow> Final()
    {
        var final = new SortedDictionary<(long, long), CityIndexRow>();
        foreach (var row in Rows)
        {
            final[(row.Length, row.Start)] = row with { Revision = 0 };
        }

        return final;
    }

    /// <summary>Fails unless each window was published with revisions 1, 2, ... each of which changed something.</summary>
    public void AssertRevisions()
    {
        foreach (var window in Rows.GroupBy(row => (row.Length, row.Start)))
        {
            Assert.Equal(Enumerable.Range(1, window.Count()), window.Select(row => row.Revision));
            Assert.All(window.Zip(window.Skip(1)), pair => Assert.NotEqual(pair.First with { Revision = 0 }, pair.Second with { Revision = 0 }));
        }
    }

    private static FlowRow Row(string intersection, long start, long length, string approach, long volume, double speed) => new()
    {
        Intersection = intersection, Id = approach, Level = FlowLevel.Approach, Start = start, Length = length, Revision = 1, Volume = volume, SpeedVehicles = volume,
        SpeedWeighted = (long)(speed * 100) * volume, FreeFlowSpeedCenti = (intersection, approach) == ("b", "s") ? null : 60_00,
    };
}
