using TrafficCore.Host.Ingress;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Shards;
using TrafficCore.Traffic.Readings;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Benchmarks.Operations;

/// <summary>Parses the JSON of one usual reading.</summary>
internal sealed class ReadingParse : HotOperation
{
    private readonly ReadingParser _parser = new();
    private readonly byte[] _payload = SamplePackets.Payload();

    public override string Name => "reading-parse";

    public override void Run()
    {
        if (_parser.Parse(_payload, namesDetectors: false) != PayloadStatus.Ok || _parser.Readings[0].Fault != ReadingFault.None)
        {
            throw new InvalidOperationException("The sample reading is good.");
        }
    }
}

/// <summary>Builds and seals the log record of one socket read.</summary>
internal sealed class RecordSeal : HotOperation
{
    private readonly InputRecordWriter _writer = new();

    public override string Name => "record-seal";

    public override int Items => SamplePackets.PerRead;

    public override void Run()
    {
        _writer.Begin(salt: 7, SamplePackets.Start, elapsedMs: 1);
        for (var i = 0; i < SamplePackets.PerRead; i++)
        {
            _writer.AddReading(new ReadingEntry { Timestamp = SamplePackets.Start + i, Device = 1, Interval = 1, Volume = 3, Occupancy = 13_400, Speed = 4120 });
        }

        _writer.Complete();
    }
}

/// <summary>Finds the device of a topic that its connection used before.</summary>
internal sealed class TopicResolve : HotOperation
{
    private readonly TopicCache _topics = new();
    private readonly byte[][] _names = [.. Enumerable.Range(0, 4).Select(SamplePackets.Topic)];
    private readonly byte[] _root = "traffic/v1/"u8.ToArray();

    public override string Name => "topic-resolve";

    public override int Items => _names.Length;

    /// <summary>Keeps the work from being optimised away.</summary>
    public int Sum { get; private set; }

    public override void Run()
    {
        foreach (var name in _names)
        {
            Sum += _topics.Find(name, _root).DeviceId.Length;
        }
    }
}

/// <summary>Counts the readings of one log record into their open window, with what <see cref="RecordSeal"/> does before it.</summary>
internal sealed class WindowAdd : HotOperation
{
    private const uint Device = 1;

    private readonly MemoryInputLog _log = new(new ShardOptions { Lengths = WindowLengths.Create([3_600_000]) });
    private readonly InputRecordWriter _writer = new();
    private long _time = SamplePackets.Start;

    public WindowAdd()
    {
        _writer.Begin(_log.Salt, _time, elapsedMs: 0);
        _writer.AddDevice(Device, DeviceKind.Detector, DeviceFlags.Learnt, "int-0001", "d-01");
        _log.TryAppend(_writer.Complete(), acks: 0, null, out _);
    }

    public override string Name => "window-add";

    public override int Items => SamplePackets.PerRead;

    public override void Run()
    {
        _writer.Begin(_log.Salt, _time + (SamplePackets.PerRead * SamplePackets.StepMs), _time - SamplePackets.Start);
        for (var i = 0; i < SamplePackets.PerRead; i++)
        {
            _writer.AddReading(new ReadingEntry { Timestamp = _time, Device = Device, Interval = SamplePackets.StepMs, Volume = 3, Occupancy = 13_400, Speed = 4120 });
            _time += SamplePackets.StepMs;
        }

        _log.TryAppend(_writer.Complete(), acks: 0, null, out _);
    }
}
