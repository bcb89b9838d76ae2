using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace TrafficCore.Host.Telemetry;

/// <summary>
/// Collects every meter of the service and the runtime's own, and writes them as Prometheus text.
/// </summary>
/// <remarks>
/// Ownership: measurements arrive on any thread (see <see cref="MetricState"/>); scrapes take turns. Only meters of the given
/// factory are taken, so two services in one process do not mix, and those of the runtime, which belong to nobody.
/// </remarks>
internal sealed class PrometheusExporter : IDisposable
{
    /// <summary>Media type of the text format.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private static readonly string[] Shared = ["System.Runtime"];
    private static readonly string[] Prefixes = ["TrafficCore.", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel"];

    // Observable callbacks run on the scraping thread: it tells them which scrape they belong to.
    [ThreadStatic]
    private static int current;

    private readonly IMeterFactory factory;
    private readonly MeterListener listener = new();
    private readonly ConcurrentDictionary<string, MetricState> metrics = new(StringComparer.Ordinal);
    private readonly Lock scraping = new();
    private int scrape;

    public PrometheusExporter(IMeterFactory factory)
    {
        this.factory = factory;
        listener.InstrumentPublished = OnPublished;
        listener.SetMeasurementEventCallback<long>(static (i, value, tags, state) => Measure((MetricState)state!, i, value, tags));
        listener.SetMeasurementEventCallback<int>(static (i, value, tags, state) => Measure((MetricState)state!, i, value, tags));
        listener.SetMeasurementEventCallback<short>(static (i, value, tags, state) => Measure((MetricState)state!, i, value, tags));
        listener.SetMeasurementEventCallback<byte>(static (i, value, tags, state) => Measure((MetricState)state!, i, value, tags));
        listener.SetMeasurementEventCallback<double>(static (i, value, tags, state) => Measure((MetricState)state!, i, value, tags));
        listener.SetMeasurementEventCallback<float>(static (i, value, tags, state) => Measure((MetricState)state!, i, (double)value, tags));
        listener.SetMeasurementEventCallback<decimal>(static (i, value, tags, state) => Measure((MetricState)state!, i, (double)value, tags));
        listener.Start();
    }

    /// <summary>All metrics as they are now.</summary>
    public string Write()
    {
        lock (scraping)
        {
            scrape++;
            current = scrape;
            listener.RecordObservableInstruments();
            var text = new StringBuilder(16_384);
            foreach (var metric in metrics.Values.OrderBy(m => m.Name, StringComparer.Ordinal))
            {
                Write(text, metric);
            }

            return text.ToString();
        }
    }

    public void Dispose() => listener.Dispose();

    private void OnPublished(Instrument instrument, MeterListener source)
    {
        var meter = instrument.Meter;
        var own = ReferenceEquals(meter.Scope, factory) && Prefixes.Any(p => meter.Name.StartsWith(p, StringComparison.Ordinal));
        if (!own && !Shared.Contains(meter.Name, StringComparer.Ordinal))
        {
            return;
        }

        var type = TypeOf(instrument);
        var name = PrometheusName.Of(instrument.Name, instrument.Unit, type == MetricType.Counter);

        // Four logs and many connections create an instrument of the same name each: they are one metric.
        source.EnableMeasurementEvents(instrument, metrics.GetOrAdd(name, n => new MetricState(n, instrument, type)));
    }

    private static MetricType TypeOf(Instrument instrument)
    {
        var name = instrument.GetType().Name;
        return name.StartsWith("Histogram", StringComparison.Ordinal) ? MetricType.Histogram
            : name.StartsWith("Counter", StringComparison.Ordinal) || name.StartsWith("ObservableCounter", StringComparison.Ordinal) ? MetricType.Counter
            : MetricType.Gauge;
    }

    private static void Measure(MetricState metric, Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var series = metric.Find(tags);
        if (series is null)
        {
            return;
        }

        if (metric.Type == MetricType.Histogram)
        {
            series.Record(value);
        }
        else if (metric.IsObservable)
        {
            Observe(series, value);
        }
        else if (IsLastValue(instrument))
        {
            series.Set(value);
        }
        else
        {
            series.Add(value);
        }
    }

    private static void Measure(MetricState metric, Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var series = metric.Find(tags);
        if (series is null)
        {
            return;
        }

        if (metric.Type == MetricType.Histogram)
        {
            series.Record(value);
        }
        else if (metric.IsObservable)
        {
            Observe(series, value);
        }
        else if (IsLastValue(instrument))
        {
            series.Set(value);
        }
        else
        {
            series.Add(value);
        }
    }

    // Two instruments of one name that report the same tags in one scrape are parts of a sum.
    private static void Observe(MetricSeries series, double value)
    {
        series.Set(series.Scrape == current ? series.Value + value : value);
        series.Scrape = current;
    }

    private static bool IsLastValue(Instrument instrument) => instrument is Gauge<long> or Gauge<int> or Gauge<double>;

    private void Write(StringBuilder text, MetricState metric)
    {
        var series = metric.Series.Where(s => !metric.IsObservable || s.Scrape == scrape).ToList();
        if (series.Count == 0)
        {
            return;
        }

        text.Append("# HELP ").Append(metric.Name).Append(' ').Append(PrometheusName.Escape(metric.Help, quoted: false)).Append('\n');
        text.Append("# TYPE ").Append(metric.Name).Append(' ').Append(metric.Type.ToString().ToLowerInvariant()).Append('\n');
        foreach (var one in series)
        {
            if (metric.Type == MetricType.Histogram)
            {
                WriteHistogram(text, metric, one);
            }
            else
            {
                WriteSample(text, metric.Name, one.Labels, one.Value);
            }
        }
    }

    private static void WriteHistogram(StringBuilder text, MetricState metric, MetricSeries series)
    {
        var prefix = series.Labels.Length == 0 ? "" : series.Labels + ",";
        long count = 0;
        for (var i = 0; i < series.Buckets.Count; i++)
        {
            count += series.Buckets[i];
            var bound = i < metric.BucketBounds.Count ? metric.BucketBounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf";
            WriteSample(text, metric.Name + "_bucket", $"{prefix}le=\"{bound}\"", count);
        }

        WriteSample(text, metric.Name + "_sum", series.Labels, series.Value);
        WriteSample(text, metric.Name + "_count", series.Labels, count);
    }

    private static void WriteSample(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }
}
