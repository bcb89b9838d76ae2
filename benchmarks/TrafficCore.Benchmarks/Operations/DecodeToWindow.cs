using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using TrafficCore.Host.Ingress;
using TrafficCore.Log;
using TrafficCore.Mqtt.Broker;
using TrafficCore.Mqtt.Wire;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Shards;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Benchmarks.Operations;

/// <summary>
/// The way of what one socket read brings from its bytes into the open window: decode, door, record, shard. What lies
/// between, the disk and the threads, is replaced by memory.
/// </summary>
/// <remarks>
/// With windows of an hour, nothing closes while it is measured: what is left is the cost of a reading itself. With the
/// default windows of 60 s and 15 min, closing, rows and outputs of ten detectors come in.
/// </remarks>
internal sealed class DecodeToWindow : HotOperation, ICommitWaiter
{
    private const int Clients = 10;

    private readonly StandingClock _time = new();
    private readonly MemoryInputLog _log;
    private readonly PublishSession[] _sessions;
    private readonly TimedRead[] _reads;
    private readonly int _spanMs;
    private int _next;

    /// <param name="name">Name of this variant.</param>
    /// <param name="items">Readings or events in one read.</param>
    /// <param name="spanMs">Time that one read covers: the next of the same client begins so much later.</param>
    /// <param name="read">The bytes that a client sends, numbered from 0; its times begin at <see cref="SamplePackets.Start"/>.</param>
    /// <param name="lengths">Windows to count into.</param>
    private DecodeToWindow(string name, int items, int spanMs, Func<int, byte[]> read, WindowLengths lengths)
    {
        (Name, Items, _spanMs) = (name, items, spanMs);
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        // Each client sends what it has once in a turn, which must not pass for silence: nothing ticks here, so a window that was told too early would wait for its correction for ever.
        _log = new MemoryInputLog(new ShardOptions { Lengths = lengths, IdleTimeoutMs = 2L * spanMs });
        var ingress = new MqttIngress(
            new DeviceRegistry(), _log, new ServiceClock(_time, 0), new IngressOptions(), new IngressMetrics(meters), NullLogger<MqttIngress>.Instance);
        _sessions = [.. Enumerable.Range(0, Clients).Select(d => ingress.OpenSession(new ClientIdentity($"device-{d}", null, MqttVersion.V311, null)))];
        _reads = [.. Enumerable.Range(0, Clients).Select(client => new TimedRead(read(client)))];
    }

    public override string Name { get; }

    public override int Items { get; }

    /// <summary>Readings fall into a window that stays open.</summary>
    public static DecodeToWindow Open() => Readings("decode-to-window", AnHour);

    /// <summary>Windows close, and are written, as often as in the product.</summary>
    public static DecodeToWindow Closing() => Readings("decode-to-closed-window", WindowLengths.Default);

    /// <summary>A backlog: one message is an array of a minute's readings of one detector.</summary>
    public static DecodeToWindow Arrays() =>
        new("array-to-window", SamplePackets.PerArray, SamplePackets.PerArray * SamplePackets.StepMs, SamplePackets.Array, AnHour);

    /// <summary>A cabinet: one message is a reading of each of its detectors.</summary>
    public static DecodeToWindow Cabinets() => new("detectors-to-window", SamplePackets.PerCabinet, SamplePackets.StepMs, SamplePackets.Cabinet, AnHour);

    /// <summary>A controller: one message is a second's high-resolution events.</summary>
    public static DecodeToWindow Events() => new("events-to-window", SamplePackets.PerEvents, SamplePackets.StepMs, SamplePackets.Events, AnHour);

    private static WindowLengths AnHour => WindowLengths.Create([3_600_000]);

    private static DecodeToWindow Readings(string name, WindowLengths lengths) =>
        new(name, SamplePackets.PerRead, SamplePackets.PerRead * SamplePackets.StepMs, SamplePackets.Read, lengths);

    public override void Run()
    {
        var (turn, client) = Math.DivRem(_next++, Clients);
        var read = _reads[client];
        read.MoveTo((long)turn * _spanMs);
        _time.MoveTo(SamplePackets.Start + ((turn + 1L) * _spanMs));
        var session = _sessions[client];
        var rest = read.Bytes;
        var packets = 0;
        while (MqttFrame.TryRead(rest, 1 << 20, out var header) == FrameStatus.Whole)
        {
            var publish = PublishView.Decode(header.First, rest.Slice(header.HeaderLength, header.BodyLength), MqttVersion.V311);
            if (session.Accept(publish) != PublishOutcome.Collected)
            {
                throw new InvalidOperationException("The sample is good.");
            }

            rest = rest[header.TotalLength..];
            packets++;
        }

        if (!session.TryCommit(packets, this, out _))
        {
            throw new InvalidOperationException("This log is never full.");
        }
    }

    void ICommitWaiter.OnCommitted(long durableEnd)
    {
    }

    private sealed class StandingClock : TimeProvider
    {
        private DateTimeOffset _now = DateTimeOffset.FromUnixTimeMilliseconds(SamplePackets.Start);

        public void MoveTo(long unixMs) => _now = DateTimeOffset.FromUnixTimeMilliseconds(unixMs);

        public override DateTimeOffset GetUtcNow() => _now;

        public override long GetTimestamp() => _now.Ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    }
}
