using System.Diagnostics.Metrics;
using TrafficCore.Pipeline.Ledger;

namespace TrafficCore.Pipeline;

/// <summary>Instruments of the pipeline, meter <c>TrafficCore.Pipeline</c>. Everything is observed: the hot path counts in plain fields.</summary>
internal sealed class PipelineMetrics : IDisposable
{
    public const string MeterName = "TrafficCore.Pipeline";

    private readonly Meter _meter;
    private readonly Histogram<double> _snapshotSeconds;
    private readonly Counter<long> _snapshotFailures;

    public PipelineMetrics(IMeterFactory factory)
    {
        _meter = factory.Create(MeterName);
        _snapshotSeconds = _meter.CreateHistogram<double>("trafficcore.pipeline.snapshot.duration", "s", "Time a snapshot took.");
        _snapshotFailures = _meter.CreateCounter<long>("trafficcore.pipeline.snapshot.failures", "{snapshot}", "Snapshots that failed.");
    }

    /// <summary>Observes a pipeline's queues and positions; called once, when all of it exists.</summary>
    public void Observe(PipelineParts parts)
    {
        _meter.CreateObservableGauge("trafficcore.pipeline.shard.queue", () => parts.Shards.Sum(static s => (long)s.Queued), "{batch}", "Batches that wait for the shards.");
        _meter.CreateObservableCounter("trafficcore.pipeline.shard.queue.full", () => parts.Dispatcher.FullWaits, "{wait}", "Waits for room in a shard's queue.");
        _meter.CreateObservableGauge("trafficcore.pipeline.shard.lag", () => parts.Input.DurableEnd - parts.Shards.Min(static s => s.Position), "By", "Durable input that the slowest shard has not applied.");
        _meter.CreateObservableGauge("trafficcore.pipeline.shard.dirty", () => parts.Shards.Sum(static s => s.DirtyPageBytes), "By", "State that the next snapshot writes.");
        _meter.CreateObservableCounter("trafficcore.pipeline.shard.walked", () => parts.Shards.Min(static s => s.CountOut), "{item}", "Readings, observations, events and rejections that the shards have walked through.");
        ObserveOutcome(parts, "readings.stored", static t => t.Stored, "Readings, observations and events that entered the shards' state.");
        ObserveOutcome(parts, "readings.duplicate", static t => t.Duplicate, "Repeats.");
        ObserveOutcome(parts, "readings.conflict", static t => t.Conflict, "Repeats with other values; the first counted.");
        ObserveOutcome(parts, "readings.late", static t => t.Late, "Readings, observations and events too far behind their own device.");
        ObserveOutcome(parts, "sequence.gaps", static t => t.Gaps, "Numbers that the devices' own counters jumped over: lost on the way in, unless filled.");
        ObserveOutcome(parts, "sequence.filled", static t => t.Filled, "Numbers of gaps that came after all.");
        ObserveOutcome(parts, "sequence.restarts", static t => t.Restarts, "Times a device's counter was begun anew.");
        _meter.CreateObservableGauge("trafficcore.pipeline.output.queue", () => (long)parts.Output.Queue.Count, "{chunk}", "Chunks of outputs that wait for the output writer.");
        _meter.CreateObservableCounter("trafficcore.pipeline.output.queue.full", () => parts.Output.Queue.FullWaits, "{wait}", "Waits of a shard for the output writer.");
        _meter.CreateObservableCounter("trafficcore.pipeline.output.records", () => parts.Output.Writer.Records, "{record}", "Records written to the output log.");
        _meter.CreateObservableGauge("trafficcore.pipeline.output.lag", () => Lag(parts), "By", "Output that the slowest sink has not delivered.");
        _meter.CreateObservableGauge("trafficcore.pipeline.faulted", () => parts.Environment.Health.IsFaulted ? 1 : 0, "{fault}", "1 when a loop has failed.");
    }

    public void SnapshotTaken(TimeSpan duration) => _snapshotSeconds.Record(duration.TotalSeconds);

    public void SnapshotFailed() => _snapshotFailures.Add(1);

    public void Dispose() => _meter.Dispose();

    private void ObserveOutcome(PipelineParts parts, string name, Func<LedgerTotals, long> count, string description)
        => _meter.CreateObservableCounter($"trafficcore.pipeline.{name}", () => parts.Shards.Sum(shard => count(shard.Outcomes)), "{item}", description + " As of the last tick.");

    private static long Lag(PipelineParts parts)
    {
        var end = parts.Output.Log.DurableEnd;
        return end - Math.Min(end, parts.Output.Log.LowestHold);
    }
}
