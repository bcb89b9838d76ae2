using BenchmarkDotNet.Attributes;
using TrafficCore.Benchmarks.Operations;
using TrafficCore.Log;
using TrafficCore.Pipeline.Ingest;

namespace TrafficCore.Benchmarks;

/// <summary>The input log on a real disk: what appending costs the connection, and how fast all of it becomes durable.</summary>
[MemoryDiagnoser]
public class LogAppendBenchmarks
{
    private readonly Sink _sink = new();
    private string _directory = "";
    private GroupCommitLog? _log;
    private byte[] _record = [];

    /// <summary>Opens a log in a temporary directory.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _directory = Directory.CreateTempSubdirectory("trafficcore-log-").FullName;
        _log = GroupCommitLog.Open(Path.Combine(_directory, "input"), new LogOptions { Name = "input" }, PhysicalFileSystem.Instance, TimeProvider.System, static () => 7);
        _log.StartCommitting(_sink);
        var writer = new InputRecordWriter();
        writer.Begin(_log.Salt, SamplePackets.Start, elapsedMs: 1);
        for (var i = 0; i < SamplePackets.PerRead; i++)
        {
            writer.AddReading(new ReadingEntry { Timestamp = SamplePackets.Start + i, Device = 1 });
        }

        _record = writer.Complete().ToArray();
    }

    /// <summary>Closes and deletes it.</summary>
    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        await _log!.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Appends one socket read's record; waits when the log is full, so at its pace the disk is part of the figure.</summary>
    [Benchmark]
    public async ValueTask Append()
    {
        while (!_log!.TryAppend(_record, SamplePackets.PerRead, null, out _))
        {
            await _log.WaitForRoomAsync(CancellationToken.None);
        }
    }

    private sealed class Sink : ICommitSink
    {
        public void OnCommitted(LogBatch batch) => batch.Release();
    }
}
