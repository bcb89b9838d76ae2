using System.Text.Json;
using TrafficCore.Simulators.City;
using TrafficCore.Simulators.City.Sending;
using TrafficCore.Simulators.City.Signals;

namespace TrafficCore.Tests.Simulators;

/// <summary>Each kind of fault does what it says, to the device that it names and to no other.</summary>
public sealed class FaultsTests
{
    private const int Minutes = 30;
    private const string Faulty = "int-0001/d-05";

    private static readonly CityOptions Options = new();
    private static readonly Lazy<SentMessages> Healthy = new(() => Run(null, new ReportOptions()));

    /// <summary>From the tenth to the twentieth minute.</summary>
    private static readonly Range During = 10..20;

    [Fact]
    public void AnyFault_OtherDetectors_AreNotTouched()
    {
        var sent = Run(Plan("stuck-on"), new ReportOptions());

        foreach (var detector in Healthy.Value.Readings.Where(static d => d.Key != Faulty))
        {
            Assert.Equal(detector.Select(static r => r.ToString()), sent.Readings[detector.Key].Select(static r => r.ToString()));
        }
    }

    [Fact]
    public void StuckOn_Readings_AreFullAndEmpty()
    {
        var (readings, healthy) = Readings(Plan("stuck-on"));

        Assert.All(readings[During], static r => Assert.Equal((0, 100m, false), (Volume(r), Occupancy(r), r.TryGetProperty("speed", out _))));
        Assert.Equal(healthy[..10].Concat(healthy[20..]).Select(Volume), readings[..10].Concat(readings[20..]).Select(Volume));
    }

    [Fact]
    public void StuckOff_Readings_AreEmpty()
    {
        var (readings, healthy) = Readings(Plan("stuck-off"));

        Assert.All(readings[During], static r => Assert.Equal((0, 0m), (Volume(r), Occupancy(r))));
        Assert.True(healthy[During].Sum(Volume) > 20);
    }

    [Fact]
    public void Chatter_Readings_CountPulses()
    {
        var (readings, healthy) = Readings(Plan("chatter", """{ "perSecond": 2 }"""));

        Assert.Equal(healthy[During].Select(static r => Volume(r) + 120), readings[During].Select(Volume));
        Assert.Equal(healthy[20..].Select(Volume), readings[20..].Select(Volume));
    }

    [Fact]
    public void CountDrift_Readings_MissMoreAndMore()
    {
        var (readings, healthy) = Readings("""{ "seed": 3, "faults": [ { "device": "int-0001/detector/*", "kind": "count-drift", "start": "0s", "duration": "30m", "parameters": { "percent": -60 } } ] }""", all: true);

        double Missing(Range part) => 1 - ((double)readings[part].Sum(Volume) / healthy[part].Sum(Volume));
        Assert.InRange(Missing(..240), 0.05, 0.16);
        Assert.InRange(Missing(480..), 0.44, 0.56);
    }

    [Fact]
    public void CountDrift_Positive_CountsSomeTwice()
    {
        var (readings, healthy) = Readings("""{ "seed": 3, "faults": [ { "device": "int-0001/detector/*", "kind": "count-drift", "start": "0s", "duration": "30m", "parameters": { "percent": 60 } } ] }""", all: true);

        Assert.InRange((double)readings[480..].Sum(Volume) / healthy[480..].Sum(Volume), 1.44, 1.56);
    }

    [Fact]
    public void SpeedAndOccupancyDrift_Readings_ScaleWithTime()
    {
        var (speeds, healthy) = Readings(Plan("speed-drift", """{ "percent": -50 }"""));
        var (occupancies, _) = Readings(Plan("occupancy-drift", """{ "percent": 50 }"""));
        for (var i = 10; i < 20; i++)
        {
            var progress = (i - 9) / 10m;
            if (Volume(healthy[i]) > 0)
            {
                Assert.Equal((double)(Speed(healthy[i]) * (1 - (0.5m * progress))), (double)Speed(speeds[i]), 0.11);
            }

            Assert.Equal((double)Math.Min(100, Occupancy(healthy[i]) * (1 + (0.5m * progress))), (double)Occupancy(occupancies[i]), 0.011);
            Assert.Equal(Volume(healthy[i]), Volume(speeds[i]));
        }
    }

    [Fact]
    public void ClockOffset_Timestamps_AreShifted()
    {
        var (readings, healthy) = Readings(Plan("clock-offset", """{ "milliseconds": -4000 }"""));

        Assert.Equal(healthy.Select(static (r, i) => Timestamp(r) - (i is >= 10 and < 20 ? 4000 : 0)), readings.Select(Timestamp));
        Assert.Equal(healthy.Select(Volume), readings.Select(Volume));
    }

    [Fact]
    public void ClockDrift_Timestamps_RunAway()
    {
        var (readings, healthy) = Readings(Plan("clock-drift", """{ "millisecondsPerHour": 6000 }"""));

        Assert.Equal(healthy.Select(static (r, i) => Timestamp(r) + (i is >= 10 and < 20 ? (i - 10) * 100 : 0)), readings.Select(Timestamp));
    }

    [Fact]
    public void Silence_Readings_AreMissingAndLeaveAGapInTheNumbers()
    {
        var (readings, healthy) = Readings(Plan("silence"));
        var sequences = readings.Select(static r => (int)r.GetProperty("seq").GetInt64()).ToList();

        Assert.Equal(20, readings.Length);
        Assert.Equal(10, sequences.Zip(sequences.Skip(1), static (a, b) => b - a - 1).Sum());
        Assert.Equal(sequences.Select(s => Volume(healthy[s])), readings.Select(Volume));
    }

    [Fact]
    public void Reboot_Numbers_BeginAgain()
    {
        var (readings, _) = Readings(Plan("reboot"));
        var sequences = readings.Select(static r => r.GetProperty("seq").GetInt64()).ToList();
        var restart = sequences.LastIndexOf(0);

        Assert.Equal(20, readings.Length);
        Assert.InRange(restart, 9, 10);
        Assert.Equal(Enumerable.Range(0, 20 - restart).Select(static i => (long)i), sequences[restart..]);
        Assert.Equal(11 * 60_000, Timestamp(readings[restart]) - Timestamp(readings[restart - 1]));
    }

    [Fact]
    public void Duplicate_Readings_ComeTwice()
    {
        var (readings, healthy) = Readings(Plan("duplicate", """{ "percent": 100, "delay": "2s" }"""));

        Assert.Equal(40, readings.Length);
        Assert.Equal(healthy.Select(Timestamp), readings.Select(Timestamp).Distinct());
        Assert.All(readings.GroupBy(Timestamp), static r => Assert.Single(r.Select(static copy => copy.ToString()).Distinct()));
    }

    [Fact]
    public void Reorder_Readings_OvertakeEachOther()
    {
        var (readings, healthy) = Readings(Plan("reorder", """{ "percent": 50, "delay": "90s" }"""));

        Assert.NotEqual(healthy.Select(Timestamp), readings.Select(Timestamp));
        Assert.Equal(healthy.Select(Timestamp), readings.Select(Timestamp).Order());
    }

    [Theory]
    [InlineData("in-order")]
    [InlineData("live-first")]
    public void Backlog_Readings_ComeAfterwards(string order)
    {
        // A reading each second, away for a minute, and five a second afterwards: while the old ones go, twelve new ones come.
        var plan = $$"""{ "faults": [ { "device": "int-0001/detector/d-05", "kind": "backlog", "start": "1m", "duration": "1m", "parameters": { "perSecond": 5, "order": "{{order}}" } } ] }""";
        var sent = CityRig.Run(CityRig.Engine(CityRig.Grid(1, Options, intervalSeconds: 1), Options, faults: plan), 180);
        var messages = sent.All.Where(static m => m.Message.Topic.EndsWith("int-0001/detector/d-05", StringComparison.Ordinal))
            .Select(static m => (Due: m.Message.DueMs - CityRig.BeginUnix, Start: Timestamp(JsonDocument.Parse(m.Payload).RootElement) - CityRig.BeginUnix)).ToList();

        Assert.Equal(Enumerable.Range(0, 180).Select(static s => s * 1000L), messages.Select(static m => m.Start).Order());
        Assert.DoesNotContain(messages, static m => m.Due is >= 60_000 and < 120_000);
        Assert.Equal(60, messages.Count(static m => m.Due >= 120_000 && m.Start < 119_000 && m.Due <= 132_000));
        var live = messages.Where(static m => m.Start is >= 119_000 and < 130_000).ToList();
        Assert.All(live, m => Assert.True(order == "in-order" ? m.Due >= 132_000 : m.Due - m.Start is >= 1000 and < 2000, $"{m}"));
        Assert.Equal(order == "in-order", messages.Select(static m => m.Start).SequenceEqual(messages.Select(static m => m.Start).Order()));
    }

    [Fact]
    public void Backlog_EndOfRun_SendsWhatIsKept()
    {
        var (readings, healthy) = Readings("""{ "faults": [ { "device": "int-0001/detector/d-05", "kind": "backlog", "start": "10m", "duration": "10h" } ] }""");

        Assert.Equal(healthy.Select(Timestamp), readings.Select(Timestamp));
    }

    [Fact]
    public void Malformed_Messages_AreNoJson()
    {
        var sent = Run(Plan("malformed", """{ "percent": 50 }"""), new ReportOptions());
        var broken = sent.All.Where(static m => m.Message.IsBroken).ToList();

        Assert.InRange(broken.Count, 2, 8);
        Assert.All(broken, static m => Assert.ThrowsAny<JsonException>(() => JsonDocument.Parse(m.Payload)));
        Assert.Equal(30 - broken.Count, sent.Readings[Faulty].Count());
    }

    [Fact]
    public void Half_Readings_OfTheUpperChannelsAreMissing()
    {
        var sent = Run("""{ "faults": [ { "device": "int-0001/controller/c-1", "kind": "half", "start": "10m", "duration": "10m" } ] }""", new ReportOptions());

        for (var channel = 1; channel <= 24; channel++)
        {
            Assert.Equal(channel <= 12 ? 30 : 20, sent.Readings[$"int-0001/d-{channel:00}"].Count());
            Assert.Equal(30, sent.Readings[$"int-0002/d-{channel:00}"].Count());
        }
    }

    [Fact]
    public void Half_Events_OfTheUpperChannelsAreMissing()
    {
        var sent = Run(
            """{ "faults": [ { "device": "int-0001/controller/c-1", "kind": "half", "start": "10m", "duration": "10m", "parameters": { "channels": "1,7-9" } } ] }""",
            new ReportOptions { Kind = ReportKind.Events });
        var (from, until) = (CityRig.BeginUnix + 600_000, CityRig.BeginUnix + 1_200_000);
        int[] muted = [1, 7, 8, 9];

        var during = sent.Events["int-0001"].Where(e => e.At >= from && e.At < until).ToList();
        Assert.DoesNotContain(during, e => e.Code is EventCode.DetectorOn or EventCode.DetectorOff && muted.Contains(e.Parameter));
        Assert.Contains(during, static e => e is { Code: EventCode.DetectorOn, Parameter: 2 });
        Assert.Contains(during, static e => e.Code == EventCode.BeginGreen);
        Assert.Contains(sent.Events["int-0001"], e => e.At >= until && e.Code == EventCode.DetectorOn && e.Parameter == 7);
    }

    [Theory]
    [InlineData("silence", false)]
    [InlineData("backlog", true)]
    public void Controller_Away_EventsAreLostOrCome(string kind, bool come)
    {
        var reports = new ReportOptions { Kind = ReportKind.Events };
        var healthy = Run(null, reports).Events["int-0001"].ToList();
        var plan = $$"""{ "faults": [ { "device": "int-0001/controller/c-1", "kind": "{{kind}}", "start": "10m", "duration": "10m" } ] }""";

        var events = Run(plan, reports).Events["int-0001"].ToList();

        Assert.True(come ? events.Order().SequenceEqual(healthy.Order()) : events.Count < 0.8 * healthy.Count, $"{events.Count} of {healthy.Count}");
    }

    private static string Plan(string kind, string parameters = "{}") =>
        $$"""{ "seed": 3, "faults": [ { "device": "int-0001/detector/d-05", "kind": "{{kind}}", "start": "10m", "duration": "10m", "parameters": {{parameters}} } ] }""";

    /// <summary>What the faulty detector, or all of its intersection, sent, and what it would have.</summary>
    private static (JsonElement[] Readings, JsonElement[] Healthy) Readings(string plan, bool all = false)
    {
        JsonElement[] Of(SentMessages sent) => all
            ? [.. sent.Readings.Where(static d => d.Key.StartsWith("int-0001/", StringComparison.Ordinal)).SelectMany(static d => d).OrderBy(Timestamp)]
            : [.. sent.Readings[Faulty]];
        return (Of(Run(plan, new ReportOptions())), Of(Healthy.Value));
    }

    private static SentMessages Run(string? plan, ReportOptions reports) =>
        CityRig.Run(CityRig.Engine(CityRig.Grid(2, Options), Options, reports, plan), Minutes * 60);

    private static int Volume(JsonElement reading) => reading.GetProperty("volume").GetInt32();

    private static long Timestamp(JsonElement reading) => reading.GetProperty("ts").GetInt64();

    private static decimal Occupancy(JsonElement reading) => reading.GetProperty("occupancy").GetDecimal();

    private static decimal Speed(JsonElement reading) => reading.GetProperty("speed").GetDecimal();
}
