using System.Threading.Channels;

namespace TrafficCore.Pipeline.Output;

/// <summary>One reader of the feed of published windows: bounded, the oldest is dropped for the newest (KeepLatest).</summary>
/// <remarks>Ownership: the output writer offers; one reader reads; disposing ends the feed and may be done by anyone.</remarks>
public sealed class WindowSubscription : IDisposable
{
    private readonly Channel<WindowRecord> _channel;
    private readonly Action<WindowSubscription> _onDispose;
    private long _dropped;

    internal WindowSubscription(int capacity, Action<WindowSubscription> onDispose, Action onDropped)
    {
        _onDispose = onDispose;
        _channel = Channel.CreateBounded<WindowRecord>(
            new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true, SingleWriter = true },
            _ =>
            {
                Interlocked.Increment(ref _dropped);
                onDropped();
            });
    }

    /// <summary>Windows lost because the reader was too slow.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>The windows, in the order in which they were published; ends when the subscription or the pipeline does.</summary>
    public IAsyncEnumerable<WindowRecord> ReadAllAsync(CancellationToken cancellationToken)
        => _channel.Reader.ReadAllAsync(cancellationToken);

    /// <summary>Takes the next window if there is one.</summary>
    public bool TryRead(out WindowRecord window) => _channel.Reader.TryRead(out window!);

    /// <inheritdoc/>
    public void Dispose()
    {
        _onDispose(this);
        _channel.Writer.TryComplete();
    }

    internal void Offer(WindowRecord record)
    {
        // Only a completed channel refuses: the subscription has just ended.
        _ = _channel.Writer.TryWrite(record);
    }
}
