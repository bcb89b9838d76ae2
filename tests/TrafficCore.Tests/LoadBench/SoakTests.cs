using TrafficCore.LoadBench.Soak;

namespace TrafficCore.Tests.LoadBench;

public sealed class SoakTests
{
    [Fact]
    public void Slope_LineWithOutliers_IsThatOfTheLine()
    {
        (double X, double Y)[] points = [.. Enumerable.Range(0, 20).Select(static x => ((double)x, x % 5 == 2 ? 1e6 : 3.0 + (0.5 * x)))];

        Assert.Equal(0.5, TheilSen.Slope(points), 3);
        Assert.Equal(0, TheilSen.Slope([(1, 2)]));
    }

    [Fact]
    public void Judge_FlatWithACollectionsSawtooth_Holds()
    {
        var verdicts = Judge(static i => 200 + (i % 7), static i => i / 10, static _ => 20, static _ => 600);

        Assert.Equal(5, verdicts.Length);
        Assert.All(verdicts, static v => Assert.True(v.Holds, v.Text));
    }

    [Fact]
    public void Judge_GrowthInTheFirstHalfOnly_Holds() => Assert.All(Judge(static i => Math.Min(i, 50) * 4, static i => i / 10, static _ => 20, static _ => 600), static v => Assert.True(v.Holds, v.Text));

    [Fact]
    public void Judge_EachKindOfGrowth_IsFoundAndNothingElse()
    {
        Assert.Equal(["resident memory", "heap"], Failing(Judge(static i => 200 + i, static i => i / 10, static _ => 20, static _ => 600)));
        Assert.Equal(["49 collections of generation 2 in the second half, 4 in the first, wanted are at most 6"], Failing(Judge(static _ => 200, static i => i < 50 ? i / 10 : i - 45, static _ => 20, static _ => 600)));
        Assert.Equal(["threads"], Failing(Judge(static _ => 200, static i => i / 10, static i => 20 + (i / 5), static _ => 600)));
        Assert.Equal(["handles"], Failing(Judge(static _ => 200, static i => i / 10, static _ => 20, static i => 600 + i)));
    }

    [Fact]
    public void Judge_IdentitiesOfFastDevices_AreNoLeak()
    {
        // A thousand devices with 500 readings a second: a bit for each of their milliseconds, 0.12 MiB a second.
        SoakSample[] samples = [.. Enumerable.Range(0, 100).Select(static i => new SoakSample(i * 10, 200 + (i * 1.15), 100, 0, 20, 600))];

        Assert.True(new SoakJudgement(samples, 1_000, 500_000).Judge().First().Holds);
        Assert.False(new SoakJudgement(samples, 10, 100).Judge().First().Holds);
    }

    private static TrafficCore.LoadBench.Verdict[] Judge(Func<int, double> memory, Func<int, double> collections, Func<int, int> threads, Func<int, int> handles) =>
    [
        .. new SoakJudgement([.. Enumerable.Range(0, 100).Select(i => new SoakSample(i * 10, memory(i), memory(i), Math.Floor(collections(i)), threads(i), handles(i)))], 10, 100).Judge(),
    ];

    private static string[] Failing(TrafficCore.LoadBench.Verdict[] verdicts) => [.. verdicts.Where(static v => !v.Holds).Select(static v => v.Text.Split(':')[0])];
}
