using TrafficCore.Pipeline.Dispatch;

namespace TrafficCore.Tests.Pipeline;

public sealed class LoopQueueTests
{
    [Fact]
    public async Task WaitToRead_WhileEmpty_BlocksUntilSomethingIsWritten()
    {
        var queue = new LoopQueue<int>(1);
        var reading = OnThread(() => queue.WaitToRead() && queue.TryRead(out var item) && item == 5);
        Assert.True(queue.TryWrite(5));

        Assert.True(await reading);
    }

    [Fact]
    public async Task Write_WhileFull_BlocksAndIsCounted()
    {
        var queue = new LoopQueue<int>(1);
        Assert.True(queue.TryWrite(1));
        Assert.False(queue.TryWrite(2));
        var writing = OnThread(() => queue.Write(2));
        while (queue.FullWaits == 0)
        {
            await Task.Yield();
        }

        Assert.True(queue.TryRead(out _));
        Assert.True(await writing);
        Assert.True(queue.TryRead(out var second));
        Assert.Equal(2, second);
    }

    [Fact]
    public void WaitToRead_AfterATimeOut_StillSeesWhatComesLater()
    {
        var queue = new LoopQueue<int>(2);
        Assert.True(queue.WaitToRead(TimeSpan.FromMilliseconds(1), out var timedOut));
        Assert.True(timedOut);
        Assert.True(queue.TryWrite(1));

        Assert.True(queue.WaitToRead());
        Assert.True(queue.TryRead(out _));
        Assert.True(queue.WaitToRead(TimeSpan.FromMilliseconds(1), out timedOut));
        Assert.True(timedOut);
    }

    [Fact]
    public void Complete_LetsTheRestBeReadAndRefusesMore()
    {
        var queue = new LoopQueue<int>(2);
        Assert.True(queue.TryWrite(1));
        queue.Complete();

        Assert.False(queue.TryWrite(2));
        Assert.False(queue.Write(2));
        Assert.True(queue.WaitToRead());
        Assert.True(queue.TryRead(out _));
        Assert.False(queue.WaitToRead());
    }

    [Fact]
    public async Task Reader_OfAThousandItemsFromTwoWriters_SeesEachOnce()
    {
        var queue = new LoopQueue<int>(3);
        var seen = new HashSet<int>();
        var reading = OnThread(() =>
        {
            while (queue.WaitToRead())
            {
                while (queue.TryRead(out var item))
                {
                    Assert.True(seen.Add(item));
                }
            }

            return true;
        });
        await Task.WhenAll(OnThread(() => WriteAll(queue, 0)), OnThread(() => WriteAll(queue, 500)));
        queue.Complete();

        await reading;
        Assert.Equal(1000, seen.Count);
    }

    private static bool WriteAll(LoopQueue<int> queue, int from)
        => Enumerable.Range(from, 500).All(queue.Write);

    private static Task<bool> OnThread(Func<bool> work)
        => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            .WaitAsync(TimeSpan.FromSeconds(20));
}
