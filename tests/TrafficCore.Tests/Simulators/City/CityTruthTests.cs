using System.Globalization;
using TrafficCore.Simulators.City;
using TrafficCore.Simulators.City.Faults;
using TrafficCore.Simulators.City.Sending;
using TrafficCore.Simulators.City.Truth;

namespace TrafficCore.Tests.Simulators;

/// <summary>What is written down beside a run.</summary>
public sealed class CityTruthTests
{
    private const int Minutes = 30;

    private static readonly CityOptions Options = new();

    [Theory]
    [InlineData(ReportKind.Readings, false)]
    [InlineData(ReportKind.Readings, true)]
    [InlineData(ReportKind.Events, false)]
    internal void Detectors_WithoutFaults_SentIsWhatPassed(ReportKind kind, bool isGrouped)
    {
        var (files, _) = Run(null, new ReportOptions { Kind = kind, IsGrouped = isGrouped });
        var rows = files.Rows(TruthFiles.DetectorsName);

        Assert.Equal(4 * 24 * Minutes, rows.Count);
        Assert.All(rows, static r => Assert.Equal((r["passed"], "0", ""), (r["sent_volume"], r["lost_readings"], r["faults"])));
        Assert.True(rows.Sum(static r => int.Parse(r["passed"], CultureInfo.InvariantCulture)) > 5000);
    }

    [Fact]
    public void Detectors_RunBeginsWithinAWindow_OnlyWholeWindowsAreTold()
    {
        var files = new MemoryTruth();
        var map = CityRig.Grid(2, Options, intervalSeconds: 10);
        var engine = new CityEngine(map, Options, new ReportOptions(), FaultSchedule.Empty, new CityStart(300_000, static () => CityRig.BeginUnix + 23_000), files.Files);
        CityRig.Run(engine, 600);
        var rows = files.Rows(TruthFiles.DetectorsName);

        Assert.Equal("2026-01-05T07:01:00Z", rows[0]["start"]);
        Assert.Equal(2 * 24 * 9, rows.Count);
        Assert.All(rows, static r => Assert.Equal(("6", r["passed"]), (r["sent_readings"], r["sent_volume"])));
    }

    [Fact]
    public void Detectors_Rows_AreTheReadings()
    {
        var (files, sent) = Run(null, new ReportOptions());
        var readings = sent.Readings.SelectMany(static d => d.Select(r => (Detector: d.Key, Reading: r)))
            .ToDictionary(static r => (r.Detector, DateTimeOffset.FromUnixTimeMilliseconds(r.Reading.GetProperty("ts").GetInt64())), static r => r.Reading);

        foreach (var row in files.Rows(TruthFiles.DetectorsName))
        {
            var reading = readings[($"{row["intersection"]}/{row["detector"]}", DateTimeOffset.Parse(row["start"], CultureInfo.InvariantCulture))];
            Assert.Equal(row["passed"], reading.GetProperty("volume").ToString());
            Assert.Equal(row["occupancy"], reading.GetProperty("occupancy").ToString());
            Assert.Equal(row["speed"], reading.TryGetProperty("speed", out var speed) ? speed.ToString() : "");
        }
    }

    [Fact]
    public void Detectors_WithFaults_PassedStaysTrueAndSentIsWhatWasSent()
    {
        const string Plan = """
            { "seed": 2, "faults": [
              { "device": "int-0001/detector/d-01", "kind": "silence", "start": "10m", "duration": "5m" },
              { "device": "int-0001/detector/d-02", "kind": "chatter", "start": "10m", "duration": "5m" },
              { "device": "int-0001/detector/d-03", "kind": "backlog", "start": "10m", "duration": "5m" },
              { "device": "int-0001/detector/d-04", "kind": "duplicate", "start": "10m", "duration": "5m" },
              { "device": "int-0001/detector/d-05", "kind": "malformed", "start": "10m", "duration": "5m" },
              { "device": "int-0002/controller/c-1", "kind": "half", "start": "10m", "duration": "5m" } ] }
            """;
        var (healthy, _) = Run(null, new ReportOptions());
        var (files, sent) = Run(Plan, new ReportOptions());
        var rows = files.Rows(TruthFiles.DetectorsName);

        Assert.Equal(healthy.Rows(TruthFiles.DetectorsName).Select(static r => (r["start"], r["intersection"], r["detector"], r["passed"])), rows.Select(static r => (r["start"], r["intersection"], r["detector"], r["passed"])));
        foreach (var detector in rows.GroupBy(static r => $"{r["intersection"]}/{r["detector"]}"))
        {
            var distinct = sent.Readings[detector.Key].DistinctBy(static r => r.GetProperty("ts").GetInt64()).ToList();
            Assert.Equal(distinct.Count, detector.Sum(static r => Number(r, "sent_readings")));
            Assert.Equal(distinct.Sum(static r => r.GetProperty("volume").GetInt32()), detector.Sum(static r => Number(r, "sent_volume")));
            Assert.Equal(Minutes - distinct.Count, detector.Sum(static r => Number(r, "lost_readings")));
        }


        // Five readings are lost, of windows that overlap the fault or are sent while it lasts.
        Assert.Equal((6, 5), (rows.Count(static r => r["faults"] == "silence"), rows.Count(static r => r["faults"] == "silence" && r["lost_readings"] == "1")));
        Assert.Equal(6 * 12, rows.Count(static r => r["faults"] == "half"));
        Assert.All(rows, static r => Assert.True(r["lost_readings"] == "0" || r["faults"].Length > 0));
        Assert.Equal(5, rows.Count(static r => r["faults"] == "chatter" && Number(r, "sent_volume") == Number(r, "passed") + 120));
        Assert.Equal(6, files.Rows(TruthFiles.FaultsName).Count);
        Assert.Contains(files.Rows(TruthFiles.FaultsName), static r => (r["device"], r["kind"], r["from"]) == ("int-0002/controller/c-1", "half", "2026-01-05T07:10:00Z"));
    }

    [Fact]
    public void Approaches_Sums_AreTheTraffic()
    {
        var reports = new ReportOptions { TruthWindow = TimeSpan.FromSeconds(300) };
        var files = new MemoryTruth();
        var engine = CityRig.Engine(CityRig.Grid(4, Options), Options, reports, null, files.Files);
        var before = engine.Traffic.Approaches.Select(static a => a.Tally).ToArray();
        CityRig.Run(engine, Minutes * 60);
        var rows = files.Rows(TruthFiles.ApproachesName);

        foreach (var approach in engine.Traffic.Approaches)
        {
            var own = rows.Where(r => r["intersection"] == engine.Map.Intersections[approach.Map.Intersection].Site.Id && r["approach"] == approach.Map.Site.Id).ToList();
            var tally = approach.Tally - before[approach.Map.Index];
            Assert.Equal((6, tally.Entered, tally.Left), (own.Count, own.Sum(static r => (long)Number(r, "entered")), own.Sum(static r => (long)Number(r, "left"))));
            Assert.Equal(tally.QueueSeconds / (Minutes * 60.0), own.Average(static r => double.Parse(r["queue_mean"], CultureInfo.InvariantCulture)), 0.1);
            Assert.All(own, static r => Assert.True(Number(r, "queue_max") >= double.Parse(r["queue_mean"], CultureInfo.InvariantCulture)));
        }
    }

    [Theory]
    [InlineData(60, "free mostly-free light")]
    [InlineData(250, "severe")]
    public void Approaches_States_FollowDemand(int percent, string expected)
    {
        // Late enough for queues to grow: by truth that knows nothing of detectors.
        var options = Options with { DemandMilli = percent * 10 };
        var files = new MemoryTruth();
        CityRig.Run(CityRig.Engine(CityRig.Grid(1, options), options, null, null, files.Files), Minutes * 60);

        var last = files.Rows(TruthFiles.ApproachesName).Skip(4 * 20).ToList();

        var common = last.GroupBy(static r => r["state"]).MaxBy(static g => g.Count())!.Key;
        Assert.Contains(common, expected.Split(' '));
    }

    [Theory]
    [InlineData(701, CongestionState.Free)]
    [InlineData(700, CongestionState.MostlyFree)]
    [InlineData(500, CongestionState.Light)]
    [InlineData(450, CongestionState.Light)]
    [InlineData(400, CongestionState.Moderate)]
    [InlineData(350, CongestionState.Moderate)]
    [InlineData(300, CongestionState.Severe)]
    internal void State_Ratio_IsTheStandards(int ratio, CongestionState state) => Assert.Equal(state, CongestionStates.Of(ratio));

    private static int Number(IReadOnlyDictionary<string, string> row, string name) => int.Parse(row[name], CultureInfo.InvariantCulture);

    private static (MemoryTruth Files, SentMessages Sent) Run(string? plan, ReportOptions reports)
    {
        var files = new MemoryTruth();
        return (files, CityRig.Run(CityRig.Engine(CityRig.Grid(4, Options), Options, reports, plan, files.Files), Minutes * 60));
    }
}

/// <summary>Files of truth in memory.</summary>
internal sealed class MemoryTruth
{
    private readonly Dictionary<string, StringWriter> _files = [];

    public MemoryTruth() => Files = new TruthFiles(name => _files[name] = new StringWriter());

    public TruthFiles Files { get; }

    /// <summary>The lines of a file.</summary>
    public IReadOnlyList<string> Lines(string name) => _files[name].ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The lines of a file, by column.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, string>> Rows(string name)
    {
        var lines = Lines(name);
        var columns = lines[0].Split(',');
        return [.. lines.Skip(1).Select(line => line.Split(',')).Select(cells => columns.Zip(cells).ToDictionary(static c => c.First, static c => c.Second))];
    }
}
