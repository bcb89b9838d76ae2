using TrafficCore.Simulators.Cli;
using TrafficCore.Simulators.Load;

namespace TrafficCore.Tests.Simulators.Load;

public sealed class LoadMergeTests
{
    [Fact]
    public void Reports_OfTwoGenerators_AddUp()
    {
        var (left, right) = (Report(0, 100, ["0x97 QuotaExceeded"]), Report(100, 200, []));

        var sum = LoadMerge.Of([("a.json", left), ("b.json", right)]);

        Assert.Equal((2, 300, 300, 2000), (sum.Generators, sum.Sent, sum.Acknowledged, sum.Rate));
        Assert.Equal(5, sum.Seconds);
        Assert.Equal(150, sum.Latency!.P50, 150 * 0.016);
        Assert.Equal(300, sum.Latency.Max);
        Assert.Equal(1, sum.Errors["0x97 QuotaExceeded"]);
        Assert.Equal(["a.json: something"], sum.Problems);
        Assert.Equal(new WindowVolume(20, 18), sum.Windows);
    }

    [Fact]
    public void Merge_OfMerged_IsTheMergeOfAll()
    {
        var parts = Enumerable.Range(0, 3).Select(i => ($"{i}", Report(i * 100, 100 + i, []))).ToList();

        var stepwise = LoadMerge.Of([("x", LoadMerge.Of(parts[..2])), parts[2]]);

        Assert.Equal(JsonLine.Of(LoadMerge.Of(parts)), JsonLine.Of(stepwise));
    }

    [Fact]
    public void Reports_OfDifferentQos_AreRefused() =>
        Assert.Throws<UsageException>(() => LoadMerge.Of([("a", Report(0, 1, [])), ("b", Report(0, 1, []) with { Qos = 0 })]));

    private static LoadReport Report(int first, int count, string[] errors)
    {
        var histogram = new LatencyHistogram();
        for (var i = 1; i <= count; i++)
        {
            histogram.Add((first + i) * 1_000_000L);
        }

        return new LoadReport
        {
            Rate = 1000,
            Connections = 10,
            Qos = 1,
            Seconds = first == 0 ? 5 : 4,
            Planned = count,
            Sent = count,
            Items = count,
            Repeats = 0,
            Resent = 0,
            Acknowledged = count,
            Refused = errors.Length,
            ConnectionsLost = 0,
            Reconnects = 0,
            ConnectFailures = 0,
            Errors = errors.ToDictionary(static e => e, static _ => 1L),
            AchievedRate = 100,
            ItemRate = 100,
            Windows = new WindowVolume(10, first == 0 ? 8 : 10),
            Problems = errors.Length > 0 ? ["something"] : [],
            LatencyHistogram = histogram.ToCounts(),
        };
    }
}
