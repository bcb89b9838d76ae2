using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using TrafficCore.Log;
using TrafficCore.Pipeline;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Output;
using TrafficCore.TestKit.Log;
using TrafficCore.TestKit.Pipeline;
using TrafficCore.TestKit.Storage;
using TrafficCore.Traffic.Observations;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Tests.Pipeline;

/// <summary>A reading as a test writes it.</summary>
internal readonly record struct Sample(string Intersection, string Detector, long Timestamp, uint Interval, uint Volume, ushort SpeedCenti = 5000);

/// <summary>A pipeline on a file system in memory, and a small door to it.</summary>
internal sealed class PipelineRig : IAsyncDisposable
{
    public const string Directory = "/data";
    public const long Start = 1_767_225_600_000; // 2026-01-01T00:00:00Z

    private readonly InputRecordWriter _writer = new();
    private readonly FreshMeters _meters;
    private readonly PowerCutFileSystem? _power;
    private readonly GroupCommitInputLog _log;
    private bool _closed;

    private PipelineRig(TrafficPipeline pipeline, FreshMeters meters, PowerCutFileSystem? power)
        => (Pipeline, _meters, _power, _log) = (pipeline, meters, power, new GroupCommitInputLog(pipeline.Input));

    public TrafficPipeline Pipeline { get; }

    public static ManualTime NewTime(bool timersFire = false)
        => new(DateTimeOffset.FromUnixTimeMilliseconds(Start)) { TimersFire = timersFire };

    public static PipelineOptions Options(int shards = 1) => new()
    {
        DataDirectory = Directory,
        Shards = shards,
        WindowLengths = [TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(120)],
        InMemory = TimeSpan.FromMinutes(1),
        OutputCommitInterval = TimeSpan.Zero,
        InputLog = Small("input"),
        OutputLog = Small("output"),
        StateLog = Small("state"),
    };

    public static async Task<PipelineRig> OpenAsync(ILogFileSystem files, TimeProvider time, PipelineOptions options)
    {
        var meters = new FreshMeters();
        try
        {
            var pipeline = await TrafficPipeline.OpenAsync(options, files, time, static () => 0x5A17u, meters, NullLoggerFactory.Instance).WaitAsync(Patience);
            pipeline.Start();
            return new PipelineRig(pipeline, meters, files as PowerCutFileSystem);
        }
        catch
        {
            meters.Dispose();
            throw;
        }
    }

    /// <summary>Learns the devices, appends one record with all samples, and returns when it is durable: acknowledged.</summary>
    public async Task SendAsync(params Sample[] samples)
    {
        var numbers = new uint[samples.Length];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = await LearnAsync(samples[i].Intersection, samples[i].Detector);
        }

        await AppendAsync(writer =>
        {
            for (var i = 0; i < samples.Length; i++)
            {
                writer.AddReading(new ReadingEntry
                {
                    Timestamp = samples[i].Timestamp,
                    Device = numbers[i],
                    Interval = samples[i].Interval,
                    Volume = samples[i].Volume,
                    Occupancy = (int)samples[i].Volume * 100,
                    Speed = samples[i].SpeedCenti,
                });
            }
        });
    }

    /// <summary>The same for observations.</summary>
    public async Task SendAsync(params Observation[] observations)
    {
        var numbers = new uint[observations.Length];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = await LearnAsync(observations[i].Intersection, observations[i].Device, DeviceKinds.Parse(observations[i].Kind.Name));
        }

        await AppendAsync(writer =>
        {
            for (var i = 0; i < observations.Length; i++)
            {
                writer.AddObservation(new ObservationEntry { Timestamp = observations[i].Timestamp, Device = numbers[i], Values = observations[i].Values });
            }
        });
    }

    public Task TickAsync() => AppendAsync(static writer => writer.AddTick());

    public async Task RejectAsync(string intersection, string detector, string payload)
    {
        var number = await LearnAsync(intersection, detector);
        await AppendAsync(writer => writer.AddRejection(
            number, DeviceKind.Detector, intersection, detector, RejectionReason.TooOld, Encoding.UTF8.GetBytes(payload), default));
    }

    /// <summary>Appends what the action writes, as one, and returns when it is durable.</summary>
    public async Task AppendAsync(Action<InputRecordWriter> write)
    {
        _writer.Begin(Pipeline.Input.Salt, Pipeline.Clock.NowMs, Pipeline.Clock.ElapsedMs);
        write(_writer);
        await WhileThereIsPowerAsync(Pipeline.Input.AppendAsync(_writer.Complete().ToArray(), CancellationToken.None).AsTask());
    }

    public async Task SnapshotAsync()
    {
        var taken = Pipeline.SnapshotAsync();
        await WhileThereIsPowerAsync(taken);
        if (!await taken)
        {
            throw new IOException("The snapshot was refused.");
        }
    }

    public async Task<uint> LearnAsync(string intersection, string device, DeviceKind kind = DeviceKind.Detector)
    {
        while (true)
        {
            var id = new DeviceIdView(kind, Encoding.ASCII.GetBytes(intersection), Encoding.ASCII.GetBytes(device));
            if (Pipeline.Devices.Learn(_log, Pipeline.Clock, id, DeviceFlags.Learnt, new LearningBounds(1000, 1000), out var entry) == LearnResult.Learnt)
            {
                return entry!.Number;
            }

            await WhileThereIsPowerAsync(Pipeline.Input.WaitForRoomAsync(CancellationToken.None).AsTask());
        }
    }

    public Task SettleAsync() => WhileThereIsPowerAsync(Pipeline.SettleAsync());

    public List<OutputRecord> Outputs() => Read(Pipeline.Output);

    public async Task StopAsync()
    {
        _closed = true;
        await Pipeline.StopAsync().WaitAsync(Patience);
        _meters.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_closed)
        {
            _closed = true;
            await Pipeline.DisposeAsync().AsTask().WaitAsync(Patience);
            _meters.Dispose();
        }
    }

    public static List<OutputRecord> Read(OutputLog log)
    {
        using var reader = log.OpenReader(log.Start);
        var records = new List<OutputRecord>();
        OutputReadStatus status;
        while ((status = reader.Read(out var record)) != OutputReadStatus.End)
        {
            Assert.Equal(OutputReadStatus.Record, status);
            records.Add(record);
        }

        return records;
    }

    /// <summary>The last revision of every row, without its revision: what must not depend on crashes.</summary>
    public static SortedDictionary<string, string> FinalRows(IEnumerable<OutputRecord> outputs)
    {
        var rows = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var row in outputs.Where(static o => o.Window is not null).SelectMany(static o => o.Window!.Rows))
        {
            rows[$"{row.Intersection}/{row.Level}/{row.Id}/{row.Length}/{row.Start}"] = Describe(row);
        }

        return rows;
    }

    /// <summary>Every observation that went out, in an order of their own.</summary>
    public static List<Observation> Observations(IEnumerable<OutputRecord> outputs) =>
        [.. outputs.Select(static o => o.Observation?.Observation).OfType<Observation>().OrderBy(static o => (o.Kind.Name, o.Intersection, o.Device, o.Timestamp))];

    /// <summary>Volume of the detectors' last rows of one window length.</summary>
    public static long FinalVolume(IEnumerable<OutputRecord> outputs, long length)
    {
        var volumes = new Dictionary<(string, string, long), long>();
        foreach (var row in outputs.Where(static o => o.Window is not null).SelectMany(static o => o.Window!.Rows))
        {
            if (row.Level == FlowLevel.Detector && row.Length == length)
            {
                volumes[(row.Intersection, row.Id, row.Start)] = row.Volume ?? 0;
            }
        }

        return volumes.Values.Sum();
    }

    /// <summary>Every output body per intersection, in order: what replay must make again byte by byte.</summary>
    public static Dictionary<string, List<string>> Sequences(OutputLogFile file)
        => file.Records.GroupBy(static r => r.Head.Intersection).ToDictionary(static g => g.Key, static g => g.Select(static r => r.Bytes).ToList());

    /// <summary>Waits for what waits for the disk: a log without one waits until there is one, and without power nobody will answer.</summary>
    public async Task WhileThereIsPowerAsync(Task task)
    {
        var deadline = DateTime.UtcNow + Patience;
        while (await Task.WhenAny(task, Task.Delay(1)) != task)
        {
            if (_power?.HasCrashed == true)
            {
                throw new IOException("The power is gone.");
            }

            if (DateTime.UtcNow > deadline)
            {
                throw new TimeoutException("Nothing happened for too long.");
            }
        }

        await task;
    }

    private static string Describe(FlowRow row) => (row with { Revision = 0, Classes = [] }).ToString();

    private static TimeSpan Patience => TimeSpan.FromSeconds(20);

    private static LogOptions Small(string name) => new()
    {
        Name = name,
        SegmentBytes = 8 * 1024,
        BufferBytes = 4 * 1024,
        Buffers = 4,
        CommitInterval = TimeSpan.Zero,
        RetryMinimum = TimeSpan.FromMilliseconds(1),
        RetryMaximum = TimeSpan.FromMilliseconds(5),
        PrepareInline = true,
    };
}
