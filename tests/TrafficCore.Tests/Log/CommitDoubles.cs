using TrafficCore.Log;

namespace TrafficCore.Tests.Log;

/// <summary>Looks at each batch and releases it.</summary>
internal sealed class ReleasingSink(Action<LogBatch> look) : ICommitSink
{
    public void OnCommitted(LogBatch batch)
    {
        look(batch);
        batch.Release();
    }
}

/// <summary>Counts its calls.</summary>
internal sealed class CountingWaiter(Action? onCommitted = null) : ICommitWaiter
{
    private int _calls;
    private long _durableEnd;

    public int Calls => Volatile.Read(ref _calls);

    public long DurableEnd => Volatile.Read(ref _durableEnd);

    public void OnCommitted(long durableEnd)
    {
        Volatile.Write(ref _durableEnd, durableEnd);
        Interlocked.Increment(ref _calls);
        onCommitted?.Invoke();
    }
}
