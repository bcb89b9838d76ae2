using TrafficCore.Host.Security.Http;

namespace TrafficCore.Host.Live;

/// <summary>Why the service ended a stream.</summary>
internal enum LiveEnd
{
    /// <summary>Its login, key or account ended, or its address is denied.</summary>
    Unauthorized,

    /// <summary>It took nothing for <c>Live:SendTimeout</c>.</summary>
    TooSlow,

    /// <summary>Another version of the network is in force: who comes back gets it whole.</summary>
    NetworkChanged,

    /// <summary>The feed failed and begins anew.</summary>
    Failed,

    /// <summary>The service stops.</summary>
    Stopping,
}

/// <summary>One stream: what it asked for, what it has to be told, and whether it may go on.</summary>
/// <remarks>Ownership: the feed adds and ends; the request that serves it takes, and disposes it when it has left.</remarks>
internal sealed class LiveClient(LiveFilter filter, StandingCaller caller, LiveMetrics metrics) : IDisposable
{
    private readonly Lock gate = new();
    private readonly CancellationTokenSource ended = new();
    private bool isOver;
    private long flushingSince;

    public LiveFilter Filter => filter;

    public StandingCaller Caller => caller;

    public LiveQueue Queue { get; } = new(metrics);

    /// <summary>Timestamp since which the stream waits for the client to take something; 0 when it does not.</summary>
    public long FlushingSince
    {
        get => Volatile.Read(ref flushingSince);
        set => Volatile.Write(ref flushingSince, value);
    }

    /// <summary>Cancelled when the stream is to end.</summary>
    public CancellationToken Ended => ended.Token;

    public void Tell(in LiveKey key)
    {
        if (filter.Wants(key))
        {
            Queue.Add(key);
        }
    }

    public void End(LiveEnd why)
    {
        lock (gate)
        {
            if (!isOver)
            {
                isOver = true;
                metrics.Ended(why);
                ended.Cancel();
            }
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            isOver = true;
            ended.Dispose();
        }
    }
}
