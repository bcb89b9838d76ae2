using TrafficCore.LoadBench;

namespace TrafficCore.Tests.LoadBench;

public sealed class LoadBenchTests
{
    [Fact]
    public void Volume_AllIntersections_IsTheSumOfTheMessageNumbersModuloTen()
    {
        foreach (var (connections, messages) in ((int, long)[])[(500, 1_000_000), (7, 123), (25, 24), (10, 400_003)])
        {
            var profile = new LoadProfile("x", 1, connections, 1, 1, 0, messages);
            long expected = 0;
            for (var c = 0; c < connections; c++)
            {
                for (long s = 0; s < (messages / connections) + (c < messages % connections ? 1 : 0); s++)
                {
                    expected += s % 10;
                }
            }

            Assert.Equal(expected, Enumerable.Range(0, profile.Intersections).Sum(profile.VolumeOf));
        }
    }

    [Fact]
    public void RuntimeFigures_PrometheusText_AreAddedUp()
    {
        const string Text = """
            # TYPE dotnet_gc_collections_total counter
            dotnet_gc_collections_total{gc_heap_generation="gen0"} 3
            dotnet_gc_collections_total{gc_heap_generation="gen2"} 2
            dotnet_gc_last_collection_heap_size_bytes{gc_heap_generation="gen0"} 250
            dotnet_gc_last_collection_heap_size_bytes{gc_heap_generation="loh"} 500
            dotnet_gc_heap_total_allocated_bytes_total 12345678
            other 1
            """;

        Assert.Equal(new RuntimeFigures(12345678, 5, 2, 750), RuntimeFigures.Of(new MetricsText(Text)));
        Assert.Equal(new RuntimeFigures(null, null, null, null), RuntimeFigures.Of(new MetricsText("other 1\n")));
    }

    [Fact]
    public void Spread_OddAndEvenCounts_HaveTheirMedian()
    {
        Assert.Equal(new Spread(3, 1, 9), Spread.Of([9, 1, 3]));
        Assert.Equal(new Spread(2.5, 1, 9), Spread.Of([9, 1, 2, 3]));
    }

    [Theory]
    [InlineData(400_000, 3.0, 0)]
    [InlineData(399_999, 3.0, 1)]
    [InlineData(400_000, 3.01, 1)]
    [InlineData(1, 9, 2)]
    public void Ratchet_Measured_FailsBelow(double rate, double cpu, int failures)
    {
        var ratchet = new Ratchet("p", 400_000, 3.0);

        Assert.Equal(failures, ratchet.Failures([Run("p", rate, cpu)]).Count());
        Assert.Single(ratchet.Failures([Run("other", rate, cpu)]));
    }

    [Fact]
    public void RatchetFile_NamesProfilesThatExist()
    {
        var ratchets = Ratchet.Read(Path.Combine(House.Repository.Root, "benchmarks", "ratchet.json"));

        Assert.NotEmpty(ratchets);
        Assert.All(ratchets, static r => Assert.Contains(LoadProfile.All, p => p.Name == r.Profile));
    }

    [Theory]
    [InlineData("--soak", "forever")]
    [InlineData("--soak", "0m")]
    [InlineData("--scale", "0")]
    [InlineData("--scale", "1.5")]
    [InlineData("--profiles", "none")]
    public async Task CommandLine_ThatMakesNoSense_IsWrongUsage(params string[] arguments)
    {
        var error = new StringWriter();

        Assert.Equal(2, await LoadBenchCommandLine.RunAsync(["--mqblast", "none.c", .. arguments], TextWriter.Null, error));
        Assert.NotEqual("", error.ToString());
    }

    private static Measurement Run(string profile, double rate, double cpu) => new(
        "trafficcore",
        profile,
        1,
        new MqblastResult
        {
            Sent = 1, Acknowledged = 1, Seconds = 1, MessagesPerSecond = rate, P50 = 0, P99 = 0, GeneratorCpu = 0, CpuPerMillion = cpu, ResidentKb = 0, TimedOut = 0,
        });
}
