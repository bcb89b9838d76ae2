using Microsoft.Extensions.Logging.Abstractions;
using TrafficCore.Log;
using TrafficCore.Storage.Delivery;
using TrafficCore.Storage.Influx;
using TrafficCore.TestKit.Processes;
using TrafficCore.TestKit.Storage;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.IntegrationTests.Storage;

/// <summary>An Influx sink with a cursor of its own, fed from an output in memory.</summary>
internal sealed class InfluxFixture : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly IRefillSource? _store;
    private InfluxSink? _sink;

    public InfluxFixture(InfluxOptions options, MemoryOutput? output = null, IRefillSource? store = null)
    {
        Options = options;
        Output = output ?? new MemoryOutput();
        _store = store;
        options.BatchDelay = TimeSpan.FromMilliseconds(1);
        options.RetryDelay = TimeSpan.FromMilliseconds(10);
        options.MaxRetryDelay = TimeSpan.FromMilliseconds(50);
    }

    public InfluxOptions Options { get; }

    public MemoryOutput Output { get; }

    public FreshMeters Meters { get; } = new();

    public InfluxSink Sink => _sink ??= NewSink();

    public string DeadLetters => File.Exists(_directory["influx-dead-letters.lp"]) ? File.ReadAllText(_directory["influx-dead-letters.lp"]) : "";

    public static InfluxOptions For(InfluxDouble server) =>
        new() { Url = server.Url, Org = server.Org, Bucket = server.Bucket, Token = server.Token, Api = InfluxApi.V2 };

    public InfluxFixture Start()
    {
        Sink.Start();
        return this;
    }

    public async Task RestartAsync()
    {
        await Sink.DisposeAsync();
        _sink = null;
        Start();
    }

    public Task DeliveredAsync() => Eventually.ReachesAsync(
        () => Task.FromResult(Sink.Cursor == Output.DurableEnd ? null : $"cursor {Sink.Cursor} of {Output.DurableEnd}: {Sink.Trouble}"),
        TimeSpan.FromSeconds(20));

    public async Task DeliverAsync(params FlowRow[] rows)
    {
        Output.Append(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), rows);
        await DeliveredAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_sink is not null)
        {
            await _sink.DisposeAsync();
        }

        _directory.Dispose();
        Meters.Dispose();
    }

    private InfluxSink NewSink() => new(
        Options, _directory.FullName, Output, new CursorFile(_directory.FullName, "influx", PhysicalFileSystem.Instance), TimeProvider.System,
        new Random(1), new StorageMetrics(Meters), NullLogger<InfluxSink>.Instance,
        _store is null ? null : new SinkRefill(_store, new CursorFile(_directory.FullName, "influx-received", PhysicalFileSystem.Instance)));
}
