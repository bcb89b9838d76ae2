using System.Globalization;

namespace TrafficCore.Host.Telemetry;

/// <summary>The value of one set of tags.</summary>
/// <remarks>Ownership: any thread adds, without a lock; the scrape reads what is there.</remarks>
internal sealed class MetricSeries
{
    private readonly double[] bounds;
    private readonly long[] buckets;
    private long whole;
    private double fraction;

    public MetricSeries(KeyValuePair<string, object?>[] tags, double[] bounds)
    {
        Tags = tags;
        Labels = string.Join(',', tags.Where(t => t.Value is not null).OrderBy(t => t.Key, StringComparer.Ordinal)
            .Select(t => $"{PrometheusName.Sanitize(t.Key)}=\"{PrometheusName.Escape(Convert.ToString(t.Value, CultureInfo.InvariantCulture) ?? "", quoted: true)}\""));
        this.bounds = bounds;
        buckets = bounds.Length == 0 ? [] : new long[bounds.Length + 1];
    }

    public KeyValuePair<string, object?>[] Tags { get; }

    /// <summary>The tags as Prometheus labels, without braces.</summary>
    public string Labels { get; }

    /// <summary>Scrape that last saw a value; observed values that are no longer reported disappear.</summary>
    public int Scrape { get; set; }

    /// <summary>Sum of a counter or histogram, or the value of a gauge.</summary>
    public double Value => Volatile.Read(ref whole) + Volatile.Read(ref fraction);

    /// <summary>Measurements in each bucket, the last one unbounded.</summary>
    public IReadOnlyList<long> Buckets => buckets;

    public void Add(long value) => Interlocked.Add(ref whole, value);

    public void Add(double value)
    {
        var seen = Volatile.Read(ref fraction);
        while (true)
        {
            var before = Interlocked.CompareExchange(ref fraction, seen + value, seen);
            if (before.Equals(seen))
            {
                return;
            }

            seen = before;
        }
    }

    public void Set(double value)
    {
        Volatile.Write(ref whole, 0);
        Volatile.Write(ref fraction, value);
    }

    public void Record(double value)
    {
        var bucket = 0;
        while (bucket < bounds.Length && value > bounds[bucket])
        {
            bucket++;
        }

        Interlocked.Increment(ref buckets[bucket]);
        Add(value);
    }

    public bool HasTags(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.Length != Tags.Length)
        {
            return false;
        }

        for (var i = 0; i < tags.Length; i++)
        {
            if (!ReferenceEquals(tags[i].Key, Tags[i].Key) && tags[i].Key != Tags[i].Key)
            {
                return false;
            }

            if (!ReferenceEquals(tags[i].Value, Tags[i].Value) && !Equals(tags[i].Value, Tags[i].Value))
            {
                return false;
            }
        }

        return true;
    }
}
