using TrafficCore.Host.Live;
using TrafficCore.Pipeline.Output;
using TrafficCore.TestKit.Storage;

namespace TrafficCore.Tests.Live;

public sealed class LiveQueueTests : IDisposable
{
    private readonly FreshMeters _meters = new();
    private readonly LiveMetrics _metrics;
    private readonly LiveQueue _queue;

    public LiveQueueTests()
    {
        _metrics = new LiveMetrics(_meters, () => 0);
        _queue = new LiveQueue(_metrics);
    }

    public void Dispose()
    {
        _metrics.Dispose();
        _meters.Dispose();
    }

    [Fact]
    public void Add_WhatWaitsAlready_WaitsOnceInItsFirstPlace()
    {
        _queue.Add(Window("a"));
        _queue.Add(Window("b"));
        _queue.Add(Window("a"));

        Assert.Equal(["a", "b"], Taken());
        _queue.Add(Window("a"));
        Assert.Equal(["a"], Taken());
    }

    [Fact]
    public void Add_CorrectionsBeyondTheBound_AreLeftOutUntilSomeAreTaken()
    {
        for (var i = 0; i < LiveQueue.MaxCorrections + 3; i++)
        {
            _queue.Add(Correction(i));
        }

        _queue.Add(Window("a"));
        Assert.True(_queue.TryTake(out _));
        _queue.Add(Correction(-1));

        var taken = Taken();
        Assert.Equal(LiveQueue.MaxCorrections + 1, taken.Count);
        Assert.Equal(["a", "-1"], taken[^2..]);
    }

    [Fact]
    public async Task Wait_AfterWhatWasAdded_ReturnsOnceAndThenWaits()
    {
        _queue.Add(Window("a"));
        _queue.Add(Window("b"));
        Assert.True(await _queue.WaitAsync(TestContext.Current.CancellationToken));

        var next = _queue.WaitAsync(TestContext.Current.CancellationToken);
        Assert.False(next.IsCompleted);
        _queue.Add(Window("c"));
        Assert.True(await next);
    }

    private static LiveKey Window(string intersection) => new(LiveTopic.Window, intersection, Length: 60_000);

    private static LiveKey Correction(int position) => new(
        LiveTopic.Correction, $"{position}", Length: 60_000, Position: position, Rows: new WindowRecord(new OutputHead(0, 0, "a"), 0, 60_000, []));

    private List<string> Taken()
    {
        List<string> taken = [];
        while (_queue.TryTake(out var key))
        {
            taken.Add(key.Intersection);
        }

        return taken;
    }
}
