using System.Threading.Channels;

namespace TrafficCore.Pipeline.Dispatch;

/// <summary>A bounded channel whose one reader is a dedicated thread that blocks while there is nothing to do.</summary>
/// <remarks>
/// Ownership: any thread writes; exactly one thread calls <see cref="TryRead"/> and <see cref="WaitToRead()"/>.
/// The channel resumes its waiter inside the writer's call, and that waiter is only an event: one wake-up per item that
/// finds the reader asleep, none through the thread pool. A spinning or pooled reader cost several times the CPU at
/// device rates.
/// </remarks>
internal sealed class LoopQueue<T>
{
    private readonly Channel<T> _channel;
    private readonly object _wake = new();
    private readonly Action _setWake;
    private bool _woken;
    private long _fullWaits;
    private Task<bool>? _pending;

    public LoopQueue(int capacity)
    {
        Capacity = capacity;
        _channel = Channel.CreateBounded<T>(new BoundedChannelOptions(capacity)
        {
            FullMode = BoundedChannelFullMode.Wait,
            SingleReader = true,
            SingleWriter = false,
            AllowSynchronousContinuations = true,
        });
        _setWake = Wake;
    }

    public int Capacity { get; }

    public int Count => _channel.Reader.Count;

    /// <summary>How often a writer found the queue full and waited.</summary>
    public long FullWaits => Volatile.Read(ref _fullWaits);

    public bool TryWrite(T item) => _channel.Writer.TryWrite(item);

    /// <summary>Blocks while the queue is full. False: the queue was completed.</summary>
    public bool Write(T item)
    {
        if (_channel.Writer.TryWrite(item))
        {
            return true;
        }

        Interlocked.Increment(ref _fullWaits);
        while (WaitForRoom())
        {
            if (_channel.Writer.TryWrite(item))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Waits while the queue is full, without a thread.</summary>
    /// <exception cref="ChannelClosedException">The queue was completed.</exception>
    public ValueTask WriteAsync(T item, CancellationToken cancellationToken) => _channel.Writer.WriteAsync(item, cancellationToken);

    public bool TryRead(out T item) => _channel.Reader.TryRead(out item!);

    /// <summary>Blocks until there may be something to read. False: completed and empty.</summary>
    public bool WaitToRead()
    {
        if (_pending is { } pending)
        {
            _pending = null;
            return pending.GetAwaiter().GetResult();
        }

        return Block(_channel.Reader.WaitToReadAsync());
    }

    /// <summary>As <see cref="WaitToRead()"/>, but not longer than a time.</summary>
    public bool WaitToRead(TimeSpan timeout, out bool timedOut)
    {
        // A wait that timed out stays registered with the channel, so it is kept and asked again next time.
        _pending ??= _channel.Reader.WaitToReadAsync().AsTask();
        timedOut = !_pending.Wait(timeout);
        if (timedOut)
        {
            return true;
        }

        var more = _pending.GetAwaiter().GetResult();
        _pending = null;
        return more;
    }

    /// <summary>Refuses further items; what is queued can still be read.</summary>
    public void Complete() => _channel.Writer.TryComplete();

    private bool WaitForRoom() => _channel.Writer.WaitToWriteAsync().AsTask().GetAwaiter().GetResult();

    private bool Block(ValueTask<bool> wait)
    {
        var awaiter = wait.GetAwaiter();
        if (!awaiter.IsCompleted)
        {
            _woken = false;
            awaiter.UnsafeOnCompleted(_setWake);
            lock (_wake)
            {
                while (!_woken)
                {
                    Monitor.Wait(_wake);
                }
            }
        }

        return awaiter.GetResult();
    }

    private void Wake()
    {
        lock (_wake)
        {
            _woken = true;
            Monitor.Pulse(_wake);
        }
    }
}
