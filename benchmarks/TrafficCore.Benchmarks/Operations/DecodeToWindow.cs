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
/// The way of the readings of one socket read from their bytes into the open window: decode, door, record, shard. What lies
/// between, the disk and the threads, is replaced by memory.
/// </summary>
/// <remarks>
/// With windows of an hour, nothing closes while it is measured: what is left is the cost of a reading itself. With the
/// default windows of 60 s and 15 min, closing, rows and outputs of ten detectors come in.
/// </remarks>
internal sealed class DecodeToWindow : HotOperation, ICommitWaiter
{
    private const int Devices = 10;
    private const long TurnMs = SamplePackets.PerRead * SamplePackets.StepMs;

    private readonly StandingClock _time = new();
    private readonly MemoryInputLog _log;
    private readonly PublishSession[] _sessions;
    private readonly byte[][] _reads;
    private readonly int[] _payloads = new int[SamplePackets.PerRead];
    private int _next;

    /// <param name="name">Name of this variant.</param>
    /// <param name="lengths">Windows to count into.</param>
    public DecodeToWindow(string name, WindowLengths lengths)
    {
        Name = name;
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();

        // Each device sends what it has once in a turn, which must not pass for silence: nothing ticks here, so a window that was told too early would wait for its correction for ever.
        var options = new ShardOptions { Lengths = lengths, IdleTimeoutMs = 2 * TurnMs };
        var shard = new ShardState(options, shard: 0, shardCount: 1, new NoPages(), new NoOutput());
        _log = new MemoryInputLog(shard);
        var ingress = new MqttIngress(
            new DeviceRegistry(), _log, new ServiceClock(_time, 0), new IngressOptions(), new IngressMetrics(meters), NullLogger<MqttIngress>.Instance);
        _sessions = [.. Enumerable.Range(0, Devices).Select(d => ingress.OpenSession(new ClientIdentity($"device-{d}", null, MqttVersion.V311, null)))];
        _reads = [.. Enumerable.Range(0, Devices).Select(SamplePackets.Read)];
        for (var i = 0; i < _payloads.Length; i++)
        {
            _payloads[i] = IndexOfTimestamp(_reads[0], i);
        }
    }

    public override string Name { get; }

    /// <summary>Readings fall into a window that stays open.</summary>
    public static DecodeToWindow Open() => new("decode-to-window", WindowLengths.Create([3_600_000]));

    /// <summary>Windows close, and are written, as often as in the product.</summary>
    public static DecodeToWindow Closing() => new("decode-to-closed-window", WindowLengths.Default);

    public override int Items => SamplePackets.PerRead;

    public override void Run()
    {
        var (turn, device) = Math.DivRem(_next++, Devices);
        Stamp(_reads[device], SamplePackets.Start + (turn * TurnMs));
        _time.MoveTo(SamplePackets.Start + ((turn + 1) * TurnMs));
        var session = _sessions[device];
        var rest = _reads[device].AsSpan();
        while (MqttFrame.TryRead(rest, 1 << 20, out var header) == FrameStatus.Whole)
        {
            var publish = PublishView.Decode(header.First, rest.Slice(header.HeaderLength, header.BodyLength), MqttVersion.V311);
            if (session.Accept(publish) != PublishOutcome.Collected)
            {
                throw new InvalidOperationException("The sample reading is good.");
            }

            rest = rest[header.TotalLength..];
        }

        if (!session.TryCommit(SamplePackets.PerRead, this, out _))
        {
            throw new InvalidOperationException("This log is never full.");
        }
    }

    void ICommitWaiter.OnCommitted(long durableEnd)
    {
    }

    /// <summary>Every reading needs a time of its own: else it is a duplicate and takes another way.</summary>
    private void Stamp(byte[] read, long first)
    {
        for (var i = 0; i < _payloads.Length; i++)
        {
            (first + (i * SamplePackets.StepMs)).TryFormat(read.AsSpan(_payloads[i], 13), out _, default, CultureInfo.InvariantCulture);
        }
    }

    private static int IndexOfTimestamp(ReadOnlySpan<byte> read, int packet)
    {
        var index = 0;
        for (var i = 0; i <= packet; i++)
        {
            index += read[index..].IndexOf("\"ts\":"u8) + 5;
        }

        return index;
    }

    private sealed class StandingClock : TimeProvider
    {
        private DateTimeOffset _now = DateTimeOffset.FromUnixTimeMilliseconds(SamplePackets.Start);

        public void MoveTo(long unixMs) => _now = DateTimeOffset.FromUnixTimeMilliseconds(unixMs);

        public override DateTimeOffset GetUtcNow() => _now;

        public override long GetTimestamp() => _now.Ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    }

    /// <summary>An input log that is durable at once and hands its records straight to the shard.</summary>
    private sealed class MemoryInputLog(ShardState shard) : IInputLog
    {
        private long _end;

        public uint Salt => 7;

        public bool TryAppend(ReadOnlySpan<byte> sealedRecords, int acks, ICommitWaiter? waiter, out long end)
        {
            while (RecordCodec.TryRead(sealedRecords, Salt, out var header, out var size) == RecordStatus.Whole)
            {
                shard.Apply(_end, in header, sealedRecords.Slice(RecordHeader.Size, header.Length));
                _end += size;
                sealedRecords = sealedRecords[size..];
            }

            end = _end;
            return sealedRecords.IsEmpty ? true : throw new InvalidOperationException("The door wrote a record that can't be read.");
        }

        public ValueTask WaitForRoomAsync(CancellationToken cancel) => ValueTask.CompletedTask;
    }

    private sealed class NoPages : IPageStore
    {
        public long Append(long position, long receivedMs, long elapsedMs, ReadOnlySpan<byte> page) => 0;

        public ReadOnlyMemory<byte> Read(long pagePosition) => throw new InvalidOperationException("No page left memory.");
    }

    private sealed class NoOutput : IShardOutput
    {
        public void Emit(RecordType type, string intersection, long cause, int ordinal, long receivedMs, long elapsedMs, ReadOnlySpan<byte> body)
        {
        }
    }
}
