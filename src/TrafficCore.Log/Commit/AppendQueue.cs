using System.Diagnostics.CodeAnalysis;

namespace TrafficCore.Log;

/// <summary>Where appenders and the committer meet: the free, the filling and the full buffers.</summary>
/// <remarks>Ownership: any thread, everything under the one short lock; wake-ups happen after it is left.</remarks>
[SuppressMessage("Reliability", "CA1001", Justification = "An appender may set the event after the log has closed; its handle goes with the queue.")]
internal sealed class AppendQueue
{
    // What is due sooner than a sleep ends is due now.
    private static readonly TimeSpan ShortestSleep = TimeSpan.FromMilliseconds(1);

    private readonly Lock _gate = new();
    private readonly GroupCommitLog _log;
    private readonly LogOptions _options;
    private readonly TimeProvider _time;
    private readonly BufferSupply _supply;
    private readonly Queue<AppendBuffer> _full = new();

    private readonly AutoResetEvent _wake = new(false);
    private AppendBuffer? _current;
    private TaskCompletionSource? _room;
    private long _next;
    private long _firstAppend;
    private bool _open;
    private bool _closed;
    private bool _available = true;
    private bool _dueSignalled;
    private bool _isResting;

    public AppendQueue(GroupCommitLog log, LogOptions options, TimeProvider time, long start)
    {
        (_log, _options, _time, _next) = (log, options, time, start);
        _supply = new BufferSupply(log, options);
    }

    public bool IsClosed
    {
        get
        {
            lock (_gate)
            {
                return _closed;
            }
        }
    }

    /// <summary>Appends if there is room. The caller counted the records outside the lock.</summary>
    public bool TryAppend(ReadOnlySpan<byte> records, long count, int acks, ICommitWaiter? waiter, out long end)
    {
        bool wake;
        bool taken;
        lock (_gate)
        {
            wake = false;
            var buffer = FindBufferUnderLock(records.Length, ref wake);
            taken = buffer is not null;
            end = -1;
            if (buffer is not null)
            {
                wake |= AddUnderLock(buffer, records, count, acks, waiter);
                end = _next;
            }
        }

        if (wake)
        {
            _wake.Set();
        }

        return taken;
    }

    /// <summary>Completes when an append may succeed. Checked and registered under one lock, so no wake-up is lost.</summary>
    public ValueTask WaitForRoomAsync(CancellationToken cancel)
    {
        Task room;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, _log);
            if (HasRoomUnderLock)
            {
                return ValueTask.CompletedTask;
            }

            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            room = _room.Task;
        }

        return new ValueTask(room.WaitAsync(cancel));
    }

    public void Open() => Change(() => _open = true);

    public void SetAvailable(bool available) => Change(() => _available = available);

    /// <summary>Takes nothing more; what was appended stays for the committer.</summary>
    public void Close()
    {
        TaskCompletionSource? room;
        lock (_gate)
        {
            _closed = true;
            (room, _room) = (_room, null);
        }

        room?.TrySetException(new ObjectDisposedException(nameof(GroupCommitLog)));
        _wake.Set();
    }

    /// <summary>Takes a returned buffer back.</summary>
    public void Return(AppendBuffer buffer)
    {
        TaskCompletionSource? room;
        lock (_gate)
        {
            _supply.Return(buffer);
            room = TakeRoomUnderLock();
        }

        room?.TrySetResult();
    }

    /// <summary>The next buffer to commit, full or not; null when nothing was appended.</summary>
    public AppendBuffer? TakeNext()
    {
        lock (_gate)
        {
            if (_full.TryDequeue(out var buffer))
            {
                return buffer;
            }

            (buffer, _current) = (_current, null);
            _dueSignalled = false;
            return buffer;
        }
    }

    /// <summary>How long until a commit is due: zero now, null when nothing waits.</summary>
    public TimeSpan? UntilDue()
    {
        lock (_gate)
        {
            if (_full.Count > 0)
            {
                return TimeSpan.Zero;
            }

            if (_current is null)
            {
                return null;
            }

            var left = _options.CommitInterval - _time.GetElapsedTime(_firstAppend);
            return _closed || left < ShortestSleep || _current.IsBurst(_options) ? TimeSpan.Zero : left;
        }
    }

    /// <summary>
    /// Sleeps for as long as the next append could wait for its commit anyway, so that it need not wake the committer: under a steady load the one wake-up of
    /// a commit is this sleep's end. A burst or a full buffer ends the rest.
    /// </summary>
    public void Rest()
    {
        lock (_gate)
        {
            if (_current is not null || _full.Count > 0 || _closed)
            {
                return;
            }

            _isResting = true;
        }

        Sleep(_options.CommitInterval);
        lock (_gate)
        {
            _isResting = false;
        }
    }

    /// <summary>Sleeps until woken, or for a time rounded up to whole milliseconds.</summary>
    public void Sleep(TimeSpan? time) =>
        _wake.WaitOne(time is { } limit ? (int)Math.Ceiling(limit.TotalMilliseconds) : Timeout.Infinite);

    private bool HasRoomUnderLock => _open && _available && !_supply.LongWaits && (_current is not null || _supply.HasFree);

    private AppendBuffer? FindBufferUnderLock(int length, ref bool wake)
    {
        if (!_open || _closed || !_available)
        {
            return null;
        }

        if (_current is not null && _current.Batch.Room >= length)
        {
            return _current;
        }

        // The committer need not wait for a buffer that will not be filled further.
        if (_current is not null)
        {
            _full.Enqueue(_current);
            _current = null;
            wake = true;
        }

        _current = _supply.Take(length);
        _current?.Begin(_next);
        return _current;
    }

    /// <summary>True when the committer has to be woken: for the first append unless it rests, and once when the burst rule holds.</summary>
    private bool AddUnderLock(AppendBuffer buffer, ReadOnlySpan<byte> records, long count, int acks, ICommitWaiter? waiter)
    {
        var first = buffer.Batch.Length == 0;
        buffer.Add(records, count, acks, waiter);
        _next = buffer.Batch.End;
        if (first)
        {
            _firstAppend = _time.GetTimestamp();
            _dueSignalled = false;
        }

        if (_dueSignalled || !buffer.IsBurst(_options))
        {
            return first && !_isResting;
        }

        return _dueSignalled = true;
    }

    private TaskCompletionSource? TakeRoomUnderLock()
    {
        if (!HasRoomUnderLock)
        {
            return null;
        }

        var room = _room;
        _room = null;
        return room;
    }

    private void Change(Action change)
    {
        TaskCompletionSource? room;
        lock (_gate)
        {
            change();
            room = TakeRoomUnderLock();
        }

        room?.TrySetResult();
    }
}
