using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace TrafficCore.Log;

/// <summary>Instruments of all logs of one meter factory; the tag <c>log</c> tells the logs apart.</summary>
internal sealed class LogMetrics
{
    public const string MeterName = "TrafficCore.Log";

    private static readonly ConditionalWeakTable<IMeterFactory, LogMetrics> PerFactory = [];

    private readonly ConcurrentDictionary<LogMeter, byte> _logs = new();

    private LogMetrics(IMeterFactory factory)
    {
        var meter = factory.Create(MeterName);
        Commits = meter.CreateCounter<long>("trafficcore.log.commits", "{commit}", "Group commits that became durable.");
        Bytes = meter.CreateCounter<long>("trafficcore.log.bytes", "By", "Bytes of records that became durable.");
        Acks = meter.CreateHistogram<int>("trafficcore.log.commit.acks", "{ack}", "Acknowledgements released by one commit.");
        Sync = meter.CreateHistogram<double>("trafficcore.log.sync.duration", "s", "Time of one sync.");
        Full = meter.CreateCounter<long>("trafficcore.log.full", "{append}", "Appends refused because all buffers were in use.");
        Abandoned = meter.CreateCounter<long>("trafficcore.log.segments.abandoned", "{segment}", "Segments left after a failed write or sync.");
        meter.CreateObservableGauge(
            "trafficcore.log.sync.longest", () => Observe(log => log.LongestSync), "s", "Longest sync of the last one to two minutes.");
        meter.CreateObservableGauge(
            "trafficcore.log.available", () => Observe(log => log.Available ? 1 : 0), "1", "1 when records are taken, 0 when the disk refuses them.");
        meter.CreateObservableGauge(
            "trafficcore.log.retained", () => Observe(log => log.Retained), "By", "Positions between the log's start and its durable end.");
        meter.CreateObservableGauge(
            "trafficcore.log.stored", () => Observe(log => log.Stored), "By", "Bytes that the log's segment files take.");
        meter.CreateObservableGauge(
            "trafficcore.log.unsealed", () => Observe(log => log.Unsealed), "By", "Positions of finished segments that are not in the chain of hashes yet.");
    }

    public Counter<long> Commits { get; }

    public Counter<long> Bytes { get; }

    public Histogram<int> Acks { get; }

    public Histogram<double> Sync { get; }

    public Counter<long> Full { get; }

    public Counter<long> Abandoned { get; }

    public static LogMetrics? For(IMeterFactory? factory) =>
        factory is null ? null : PerFactory.GetValue(factory, static made => new LogMetrics(made));

    public void Add(LogMeter log) => _logs.TryAdd(log, 0);

    public void Remove(LogMeter log) => _logs.TryRemove(log, out _);

    private IEnumerable<Measurement<double>> Observe(Func<LogMeter, double> value) =>
        _logs.Keys.Select(log => new Measurement<double>(value(log), log.Tag));
}
