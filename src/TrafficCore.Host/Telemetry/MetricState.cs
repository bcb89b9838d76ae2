using System.Diagnostics.Metrics;

namespace TrafficCore.Host.Telemetry;

/// <summary>How a metric behaves, in Prometheus' words.</summary>
internal enum MetricType
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>All series of one metric name.</summary>
/// <remarks>
/// Ownership: any thread records. Series are found by a scan of an array that is only ever replaced by a longer one, so recording
/// takes no lock and allocates nothing once a set of tags is known; instruments here have a handful of them.
/// </remarks>
internal sealed class MetricState
{
    // Tags come from the code, not from devices; a thousand is a defect, and memory stays bounded all the same.
    private const int MaxSeries = 1000;

    // Seconds, from a fast sync (50 us) to a hanging request; other units get powers of four.
    private static readonly double[] SecondBounds =
        [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    private static readonly double[] OtherBounds = [1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304];

    private readonly double[] bounds;
    private readonly Lock gate = new();
    private volatile MetricSeries[] series = [];

    public MetricState(string name, Instrument instrument, MetricType type)
    {
        Name = name;
        Type = type;
        IsObservable = instrument.IsObservable;
        Help = instrument.Description ?? "";
        bounds = type == MetricType.Histogram ? Bounds(instrument) : [];
    }

    public string Name { get; }

    public MetricType Type { get; }

    public bool IsObservable { get; }

    public string Help { get; }

    public IReadOnlyList<double> BucketBounds => bounds;

    public IReadOnlyList<MetricSeries> Series => series;

    public MetricSeries? Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var known in series)
        {
            if (known.HasTags(tags))
            {
                return known;
            }
        }

        return Create(tags);
    }

    private MetricSeries? Create(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (gate)
        {
            foreach (var known in series)
            {
                if (known.HasTags(tags))
                {
                    return known;
                }
            }

            if (series.Length >= MaxSeries)
            {
                return null;
            }

            var made = new MetricSeries(tags.ToArray(), bounds);
            series = [.. series, made];
            return made;
        }
    }

    private static double[] Bounds(Instrument instrument)
    {
        var advised = instrument switch
        {
            Histogram<double> histogram => histogram.Advice?.HistogramBucketBoundaries,
            Histogram<long> histogram => histogram.Advice?.HistogramBucketBoundaries?.Select(b => (double)b).ToList(),
            Histogram<int> histogram => histogram.Advice?.HistogramBucketBoundaries?.Select(b => (double)b).ToList(),
            _ => null,
        };
        return advised is { Count: > 0 } ? [.. advised] : instrument.Unit == "s" ? SecondBounds : OtherBounds;
    }
}
