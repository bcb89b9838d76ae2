using TrafficCore.Simulators.Cli;
using TrafficCore.Simulators.Load;

namespace TrafficCore.Tests.Simulators.Load;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void Quantile_AnyValues_IsAtMostOnePointSixPercentAboveTheTrueOne()
    {
        var random = new Random(7);
        var values = Enumerable.Range(0, 20_000).Select(_ => (long)Math.Exp(random.NextDouble() * 40)).Order().ToArray();
        var histogram = new LatencyHistogram();
        foreach (var value in values)
        {
            histogram.Add(value);
        }

        foreach (var share in (double[])[0.001, 0.25, 0.5, 0.9, 0.99, 0.999, 1])
        {
            var exact = values[(int)Math.Ceiling(share * values.Length) - 1];
            Assert.InRange(histogram.Quantile(share), exact, (long)(exact * 1.016) + 1);
        }

        Assert.Equal(values[^1], histogram.Maximum);
        Assert.Equal(values.Length, histogram.Count);
    }

    [Fact]
    public void Quantile_SmallValues_AreExact()
    {
        var histogram = new LatencyHistogram();
        for (var i = 0; i < 128; i++)
        {
            histogram.Add(i);
        }

        Assert.Equal(63, histogram.Quantile(0.5));
        Assert.Equal(127, histogram.Quantile(1));
    }

    [Fact]
    public void Add_Extremes_StayInside()
    {
        var histogram = new LatencyHistogram();
        histogram.Add(-5);
        histogram.Add(long.MaxValue);

        Assert.Equal(0, histogram.Quantile(0.5));
        Assert.Equal(long.MaxValue, histogram.Quantile(1));
        Assert.Equal(0, new LatencyHistogram().Quantile(0.99));
    }

    [Fact]
    public void Counts_ThroughJson_AddUpToTheWhole()
    {
        var (whole, left, right) = (new LatencyHistogram(), new LatencyHistogram(), new LatencyHistogram());
        for (var i = 1; i <= 1000; i++)
        {
            whole.Add(i * 977);
            (i % 3 == 0 ? left : right).Add(i * 977);
        }

        var sum = new LatencyHistogram();
        foreach (var part in (LatencyHistogram[])[left, right])
        {
            Assert.True(sum.TryMerge(JsonLine.Read<HistogramCounts>(JsonLine.Of(part.ToCounts()!))));
        }

        Assert.Equal(
            (whole.Count, whole.Maximum, whole.Quantile(0.5), whole.Quantile(0.99)),
            (sum.Count, sum.Maximum, sum.Quantile(0.5), sum.Quantile(0.99)));
        Assert.Equal(whole.ToCounts()!.Buckets, sum.ToCounts()!.Buckets);
        Assert.Null(new LatencyHistogram().ToCounts());
    }

    [Theory]
    [InlineData("{\"subBits\":7,\"max\":1,\"buckets\":[[1,1]]}")]
    [InlineData("{\"subBits\":6,\"max\":1,\"buckets\":[[1]]}")]
    [InlineData("{\"subBits\":6,\"max\":1,\"buckets\":[[-1,1]]}")]
    [InlineData("{\"subBits\":6,\"max\":1,\"buckets\":[[1,-1]]}")]
    [InlineData("{\"subBits\":6,\"max\":1,\"buckets\":[[999999,1]]}")]
    public void TryMerge_OtherBuckets_AddsNothing(string json)
    {
        var histogram = new LatencyHistogram();

        Assert.False(histogram.TryMerge(JsonLine.Read<HistogramCounts>(json)));
        Assert.Equal(0, histogram.Count);
    }
}
