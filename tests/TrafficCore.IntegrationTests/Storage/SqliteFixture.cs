using Microsoft.Extensions.Logging.Abstractions;
using TrafficCore.Storage.Delivery;
using TrafficCore.Storage.History;
using TrafficCore.Storage.Sqlite;
using TrafficCore.TestKit.Processes;
using TrafficCore.TestKit.Storage;
using TrafficCore.Traffic.Service;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.IntegrationTests.Storage;

/// <summary>A store in a directory of its own, fed from an output in memory.</summary>
internal sealed class SqliteFixture : IAsyncDisposable
{
    public const long Minute = 60_000;
    public const long Quarter = 900_000;
    public const long Day = 86_400_000;

    private readonly TemporaryDirectory _directory = new();

    public SqliteFixture(TimeProvider? time = null)
    {
        Time = time ?? TimeProvider.System;
        Directory = _directory["sqlite"];
        Sink = NewSink();
    }

    public TimeProvider Time { get; set; }

    public string Directory { get; init; }

    public MemoryOutput Output { get; } = new();

    public SqliteOptions Options { get; } = new() { BatchDelay = TimeSpan.FromMilliseconds(1) };

    public FreshMeters Meters { get; } = new();

    public SqliteSink Sink { get; private set; }

    public IRefillSource Refill => new SqliteRefill(Directory, () => Sink.Cursor, path => Sink.Suspect(path));

    public long Now => Time.GetUtcNow().ToUnixTimeMilliseconds();

    public SqliteFixture Start()
    {
        Sink.Start();
        return this;
    }

    /// <summary>Stops in order, and makes a new sink on the same files.</summary>
    public async Task StopAsync()
    {
        await Sink.StopAsync(CancellationToken.None);
        await Sink.DisposeAsync();
        Sink = NewSink();
    }

    /// <summary>Runs the sink for a moment on a clock that is ahead.</summary>
    public async Task RunAtAsync(TimeSpan ahead)
    {
        Time = new ShiftedTime(ahead);
        await StopAsync();
        Output.Append(Now);
        await Start().DeliveredAsync();
        await StopAsync();
    }

    public Task DeliveredAsync() => Eventually.ReachesAsync(
        () => Task.FromResult(Sink.Cursor == Output.DurableEnd ? null : $"cursor {Sink.Cursor} of {Output.DurableEnd}: {Sink.Trouble}"),
        TimeSpan.FromSeconds(20));

    public SqliteHistory History(TimeProvider? time = null) => new(Directory, Options, [Minute, Quarter], ServiceRules.Default, time ?? Time, Sink.Suspect);

    public string[] Files(string pattern = "*.db") =>
        [.. System.IO.Directory.EnumerateFiles(Directory, pattern).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public async ValueTask DisposeAsync()
    {
        await Sink.DisposeAsync();
        _directory.Dispose();
        Meters.Dispose();
    }

    private SqliteSink NewSink() =>
        new(Directory, Options, Output, Time, new StorageMetrics(Meters), NullLogger<SqliteSink>.Instance);
}

internal static class HistoryExtensions
{
    public static async Task<List<FlowRow>> ReadAsync(
        this SqliteHistory history, FlowLevel level, string intersection, string id, long windowMs, long from = long.MinValue, long to = long.MaxValue)
    {
        FlowAnswer answer = history.Rows(new FlowQuery(level, intersection, id, new FlowWindow(windowMs), from, to));
        Assert.Equal(FlowProblem.None, answer.Problem);
        return await answer.Rows.ToListAsync();
    }

    /// <summary>Compares rows value by value; a record compares its class list by reference, so that goes apart.</summary>
    public static void AssertEqual(IEnumerable<FlowRow> expected, IEnumerable<FlowRow> actual)
    {
        Assert.Equal(expected.Select(row => row with { Classes = [] }), actual.Select(row => row with { Classes = [] }));
        Assert.Equal(expected.SelectMany(row => row.Classes), actual.SelectMany(row => row.Classes));
    }
}
