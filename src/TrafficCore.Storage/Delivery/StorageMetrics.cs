using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace TrafficCore.Storage.Delivery;

/// <summary>What the sinks did, did again and refused, each by sink name.</summary>
/// <remarks>Ownership: thread-safe; one per service.</remarks>
public sealed class StorageMetrics
{
    /// <summary>Name of the source of traces: one span for each delivered batch.</summary>
    public const string TraceSource = "TrafficCore.Storage";

    private static readonly ActivitySource Traces = new(TraceSource);

    private readonly Meter _meter;
    private readonly Counter<long> _written;
    private readonly Counter<long> _stale;
    private readonly Counter<long> _batches;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _deadLetters;
    private readonly Counter<long> _deletes;
    private readonly Counter<long> _gapBytes;
    private readonly Counter<long> _refilled;
    private readonly Counter<long> _backlogs;
    private readonly Counter<long> _quarantineDropped;
    private readonly Counter<long> _setAside;
    private readonly Counter<long> _expired;
    private readonly Histogram<double> _duration;

    /// <summary>Makes the instruments of meter <c>TrafficCore.Storage</c>.</summary>
    public StorageMetrics(IMeterFactory factory)
    {
        _meter = factory.Create(new MeterOptions("TrafficCore.Storage"));
        _written = _meter.CreateCounter<long>("trafficcore.storage.written", "{row}", "Rows and rejected payloads delivered");
        _stale = _meter.CreateCounter<long>("trafficcore.storage.repeated", "{row}", "Rows that were there already, at this revision or a higher one");
        _batches = _meter.CreateCounter<long>("trafficcore.storage.batches", "{batch}", "Batches delivered");
        _retries = _meter.CreateCounter<long>("trafficcore.storage.retries", "{attempt}", "Attempts that failed and are made again");
        _deadLetters = _meter.CreateCounter<long>("trafficcore.storage.dead_letters", "{point}", "Points the target refused for good");
        _deletes = _meter.CreateCounter<long>("trafficcore.storage.deletes", "{point}", "Points deleted before a revision that lacks one of their fields");
        _gapBytes = _meter.CreateCounter<long>("trafficcore.storage.gaps", "By", "Output that could not be read any more");
        _refilled = _meter.CreateCounter<long>("trafficcore.storage.refilled", "{row}", "Rows sent again from the embedded store for output that could not be read any more");
        _backlogs = _meter.CreateCounter<long>("trafficcore.storage.backlogs_exceeded", "{backlog}", "Backlogs beyond MaxBacklog: the log was allowed to let go of them");
        _quarantineDropped = _meter.CreateCounter<long>("trafficcore.storage.quarantine.dropped", "{payload}", "Rejected payloads that found the day's quarantine full; they are counted in the ledger all the same");
        _setAside = _meter.CreateCounter<long>("trafficcore.storage.files_set_aside", "{file}", "Damaged or lost database files");
        _expired = _meter.CreateCounter<long>("trafficcore.storage.files_deleted", "{file}", "Database files deleted by age");
        _duration = _meter.CreateHistogram<double>("trafficcore.storage.batch.duration", "s", "Time to deliver a batch");
    }

    internal void Delivered(string sink, int rows, int repeated, TimeSpan duration)
    {
        KeyValuePair<string, object?> tag = new("sink", sink);
        _written.Add(rows, tag);
        _batches.Add(1, tag);
        _duration.Record(duration.TotalSeconds, tag);
        if (repeated > 0)
        {
            _stale.Add(repeated, tag);
        }

        Trace(sink, rows, duration);
    }

    // The batch is over when its size is known, so its span is dated back. Nothing is made when nobody listens.
    private static void Trace(string sink, int rows, TimeSpan duration)
    {
        using Activity? span = Traces.StartActivity("deliver " + sink);
        if (span is not null)
        {
            span.SetTag("trafficcore.sink", sink);
            span.SetTag("trafficcore.rows", rows);
            DateTime end = span.StartTimeUtc;
            span.SetStartTime(end - duration);
            span.SetEndTime(end);
        }
    }

    internal void Retried(string sink, string why) => _retries.Add(1, new("sink", sink), new("reason", why));

    internal void DeadLettered(string sink, int points) => _deadLetters.Add(points, new KeyValuePair<string, object?>("sink", sink));

    internal void Deleted(string sink, int points) => _deletes.Add(points, new KeyValuePair<string, object?>("sink", sink));

    internal void Gap(string sink, long bytes) => _gapBytes.Add(bytes, new KeyValuePair<string, object?>("sink", sink));

    internal void SetAside(string sink) => _setAside.Add(1, new KeyValuePair<string, object?>("sink", sink));

    internal void Expired(string sink) => _expired.Add(1, new KeyValuePair<string, object?>("sink", sink));

    internal void QuarantineDropped(int payloads) => _quarantineDropped.Add(payloads);

    internal void Refilled(string sink, int rows) => _refilled.Add(rows, new KeyValuePair<string, object?>("sink", sink));

    /// <summary>Counts a backlog that grew beyond its bound: the log may let go of what is not delivered.</summary>
    public void BacklogExceeded(string sink) => _backlogs.Add(1, new KeyValuePair<string, object?>("sink", sink));

    /// <summary>Shows how far a sink is behind the durable output, in bytes, in records and in seconds since the oldest undelivered record came in.</summary>
    internal void Watch(string sink, Func<SinkLag> lag)
    {
        KeyValuePair<string, object?>[] tags = [new("sink", sink)];

        // What must not go unnoticed is there from the start: a rate or an alert sees the first step only when it begins at 0.
        _deadLetters.Add(0, tags);
        _gapBytes.Add(0, tags);
        _meter.CreateObservableGauge("trafficcore.storage.lag", () => new Measurement<long>(lag().Bytes, tags), "By", "Output not yet delivered");
        _meter.CreateObservableGauge("trafficcore.storage.lag.records", () => new Measurement<long>(lag().Records, tags), "{record}", "Records of the output not yet delivered");
        _meter.CreateObservableGauge("trafficcore.storage.lag.age", () => new Measurement<double>(lag().Seconds, tags), "s", "Age of the oldest output not yet delivered");
    }
}
