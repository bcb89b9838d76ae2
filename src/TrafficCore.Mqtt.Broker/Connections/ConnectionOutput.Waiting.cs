using TrafficCore.Log;

namespace TrafficCore.Mqtt.Broker;

/// <summary>The part that the read loop waits with: for room, for durability, for the last packet.</summary>
internal sealed partial class ConnectionOutput
{
    /// <summary>Answers that wait before no more is read from the peer: a client that asks and does not listen. 16 KiB are 8,000 pings.</summary>
    private const int MaxAnswerBytes = 16 * 1024;

    /// <summary>The same for acknowledgements: the 65,535 packet ids that can be in use at once, 4 bytes each.</summary>
    private const int MaxAckBytes = 4 * 65535;

    private TaskCompletionSource? _changed;

    private bool IsOverfullUnderLock => !_broken && (_answersLength > MaxAnswerBytes || _acks?.Length > MaxAckBytes);

    /// <summary>Completes when the log is durable up to the position; a broken connection changes nothing about that.</summary>
    public ValueTask WaitDurableAsync(long position, CancellationToken ct) =>
        WaitUntilAsync(() => Volatile.Read(ref _durableEnd) >= position, ct);

    /// <summary>The same for the session journal.</summary>
    public ValueTask WaitJournalAsync(long position, CancellationToken ct) => WaitUntilAsync(() => _runtime.JournalEnd >= position, ct);

    /// <summary>Completes when everything was handed to the peer, or can no longer be.</summary>
    public ValueTask DrainAsync(bool withAcks, CancellationToken ct) =>
        WaitUntilAsync(() => _broken || (_answersLength == 0 && Volatile.Read(ref _work) == 0 && (!withAcks || _acks is null or { Length: 0 })), ct);

    /// <summary>True when so much waits that no more should be read from this peer.</summary>
    public bool IsOverfull
    {
        get
        {
            lock (_gate)
            {
                return IsOverfullUnderLock;
            }
        }
    }

    /// <summary>Completes when the peer has taken enough, or <paramref name="isOver"/> says that it no longer matters.</summary>
    public ValueTask WaitForRoomAsync(Func<bool> isOver, CancellationToken ct) => WaitUntilAsync(() => !IsOverfullUnderLock || isOver(), ct);

    /// <summary>Lets those who wait look again.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            NotifyUnderLock();
        }
    }

    private async ValueTask WaitUntilAsync(Func<bool> isTrueUnderLock, CancellationToken ct)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                // Announced before the question, so that whoever makes the answer true later sees that somebody waits.
                _changed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                changed = _changed.Task;
                Interlocked.MemoryBarrier();
                if (isTrueUnderLock())
                {
                    return;
                }
            }

            await changed.WaitAsync(ct);
        }
    }

    private void NotifyUnderLock()
    {
        _changed?.TrySetResult();
        _changed = null;
    }

    private sealed class JournalSignal(ConnectionOutput output) : ICommitWaiter
    {
        public void OnCommitted(long durableEnd)
        {
            output.Signal();
            if (Volatile.Read(ref output._changed) is not null)
            {
                output.Wake();
            }
        }
    }
}
