using System.Diagnostics.Metrics;
using System.Globalization;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using TrafficCore.Benchmarks.Operations;
using TrafficCore.Storage.Delivery;
using TrafficCore.Storage.Sqlite;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Benchmarks;

/// <summary>A minute of a large city into the embedded store on a real disk: batches and transactions as the sink makes them. Wall time, so waiting for the disk is in it and processor time is at most as much.</summary>
[MemoryDiagnoser]
public class SqliteStoreBenchmarks
{
    private const long Length = 60_000;

    private readonly SqliteOptions _options = new();
    private readonly string[] _names = [.. Enumerable.Range(0, SamplePackets.PerCity).Select(static i => string.Create(CultureInfo.InvariantCulture, $"int-{i:00000}"))];
    private readonly string[] _detectors = [.. Enumerable.Range(1, SamplePackets.PerCabinet).Select(static d => string.Create(CultureInfo.InvariantCulture, $"d-{d:00}"))];
    private string _directory = "";
    private SqliteStore? _store;
    private OutputBatch? _batch;
    private long _position;
    private long _start = SamplePackets.Start;

    /// <summary>Opens a store in a temporary directory.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _directory = Directory.CreateTempSubdirectory("trafficcore-store-").FullName;
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        _batch = new OutputBatch(_options);
        _store = SqliteStore.Open(_directory, _options, TimeProvider.System, new StorageMetrics(meters), NullLogger.Instance, 0, long.MaxValue);
    }

    /// <summary>Closes and deletes it.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        _store!.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Stores the next minute: of each intersection its own row, its approach's and those of its detectors.</summary>
    [Benchmark]
    public void Minute()
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var name in _names)
        {
            _batch!.Add(new OutputEntry(_position, _position + 1, now, Rows(name)));
            _position++;
            if (_batch.Count >= _options.BatchRows)
            {
                WriteBatch();
            }
        }

        WriteBatch();
        _start += Length;
    }

    private void WriteBatch()
    {
        if (!_batch!.IsEmpty && _store!.Write(_batch) != _batch.Count)
        {
            throw new InvalidOperationException("Every row is new.");
        }

        _batch.Clear();
    }

    private FlowRow[] Rows(string intersection) =>
    [
        Row(intersection, intersection, FlowLevel.Intersection), Row(intersection, "all", FlowLevel.Approach),
        .. _detectors.Select(detector => Row(intersection, detector, FlowLevel.Detector)),
    ];

    private FlowRow Row(string intersection, string id, FlowLevel level) => new()
    {
        Intersection = intersection,
        Id = id,
        Level = level,
        Start = _start,
        Length = Length,
        Revision = 1,
        Readings = 1,
        Expected = 1,
        Volume = 7,
        ObservedMs = Length,
        ExpectedMs = Length,
        OccupancyWeighted = 13_400 * Length,
        OccupancyMs = Length,
        SpeedWeighted = 28_840,
        SpeedVehicles = 7,
        FlowRateMilli = 420_000,
    };
}
