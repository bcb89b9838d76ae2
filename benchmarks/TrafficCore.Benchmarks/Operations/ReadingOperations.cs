using TrafficCore.Pipeline.Ingest;
using TrafficCore.Traffic.Readings;

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
