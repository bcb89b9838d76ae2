using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using TrafficCore.Host.Telemetry;

namespace TrafficCore.Tests.Host;

public sealed class PrometheusExporterTests : IDisposable
{
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    [Fact]
    public void Write_Counter_HasHelpTypeUnitAndTotal()
    {
        using var exporter = new PrometheusExporter(Factory);
        var counter = Meter("TrafficCore.Test").CreateCounter<long>("trafficcore.test.bytes", "By", "Bytes \"seen\".\nReally.");
        counter.Add(3);
        counter.Add(4);
        Assert.Equal(
            """
            # HELP trafficcore_test_bytes_total Bytes "seen".\nReally.
            # TYPE trafficcore_test_bytes_total counter
            trafficcore_test_bytes_total 7

            """.ReplaceLineEndings("\n"),
            Lines(exporter, "trafficcore_test_bytes"));
    }

    [Fact]
    public void Write_Tags_BecomeSortedEscapedLabels()
    {
        using var exporter = new PrometheusExporter(Factory);
        var counter = Meter("TrafficCore.Test").CreateCounter<long>("trafficcore.test.rejected", "{reading}");
        counter.Add(1, new KeyValuePair<string, object?>("reason", "a\"b\\c"), new KeyValuePair<string, object?>("kind", 5));
        Assert.Contains("trafficcore_test_rejected_total{kind=\"5\",reason=\"a\\\"b\\\\c\"} 1\n", exporter.Write(), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_Histogram_IsCumulative()
    {
        using var exporter = new PrometheusExporter(Factory);
        var histogram = Meter("TrafficCore.Test").CreateHistogram(
            "trafficcore.test.time", "s", null, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
        histogram.Record(0.05);
        histogram.Record(0.1);
        histogram.Record(0.5);
        histogram.Record(7);
        var text = exporter.Write();
        Assert.Contains("trafficcore_test_time_seconds_bucket{le=\"0.1\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains("trafficcore_test_time_seconds_bucket{le=\"1\"} 3\n", text, StringComparison.Ordinal);
        Assert.Contains("trafficcore_test_time_seconds_bucket{le=\"+Inf\"} 4\n", text, StringComparison.Ordinal);
        Assert.Contains("trafficcore_test_time_seconds_count 4\n", text, StringComparison.Ordinal);
        Assert.Contains("trafficcore_test_time_seconds_sum 7.65\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_ObservedValueNoLongerReported_Disappears()
    {
        using var exporter = new PrometheusExporter(Factory);
        var shown = true;
        Meter("TrafficCore.Test").CreateObservableGauge<long>("trafficcore.test.lag", () => shown ? [new Measurement<long>(5)] : []);
        Assert.Contains("trafficcore_test_lag 5\n", exporter.Write(), StringComparison.Ordinal);
        shown = false;
        Assert.DoesNotContain("trafficcore_test_lag", exporter.Write(), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_TwoInstrumentsOfOneName_AreSummed()
    {
        using var exporter = new PrometheusExporter(Factory);
        Meter("TrafficCore.Test").CreateObservableUpDownCounter("trafficcore.test.open", () => 2);
        Meter("TrafficCore.Test").CreateObservableUpDownCounter("trafficcore.test.open", () => 3);
        Assert.Contains("trafficcore_test_open 5\n", exporter.Write(), StringComparison.Ordinal);
        Assert.Contains("trafficcore_test_open 5\n", exporter.Write(), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_MetersOfAnotherService_AreLeftOut()
    {
        using var exporter = new PrometheusExporter(Factory);
        using var other = new Meter("TrafficCore.Test");
        other.CreateCounter<long>("trafficcore.test.foreign").Add(1);
        Meter("Somebody.Else").CreateCounter<long>("else").Add(1);
        var text = exporter.Write();
        Assert.DoesNotContain("foreign", text, StringComparison.Ordinal);
        Assert.DoesNotContain("else", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_Runtime_IsThere()
    {
        using var exporter = new PrometheusExporter(Factory);
        var text = exporter.Write();
        Assert.Contains("# TYPE dotnet_process_cpu_time_seconds_total counter\n", text, StringComparison.Ordinal);
        Assert.Contains("dotnet_gc_", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Add_FromManyThreads_LosesNothing()
    {
        using var exporter = new PrometheusExporter(Factory);
        var counter = Meter("TrafficCore.Test").CreateCounter<double>("trafficcore.test.parallel");
        Parallel.For(0, 8, i =>
        {
            for (var n = 0; n < 10_000; n++)
            {
                counter.Add(0.5, new KeyValuePair<string, object?>("part", n % 4));
            }
        });
        var text = exporter.Write();
        for (var part = 0; part < 4; part++)
        {
            Assert.Contains($"trafficcore_test_parallel_total{{part=\"{part}\"}} 10000\n", text, StringComparison.Ordinal);
        }
    }

    public void Dispose() => services.Dispose();

    private IMeterFactory Factory => services.GetRequiredService<IMeterFactory>();

    private Meter Meter(string name) => Factory.Create(name);

    private static string Lines(PrometheusExporter exporter, string prefix) =>
        string.Concat(exporter.Write().Split('\n').Where(l => l.Contains(prefix, StringComparison.Ordinal)).Select(l => l + "\n"));
}
