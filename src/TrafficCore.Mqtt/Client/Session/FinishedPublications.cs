using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

/// <summary>
/// Publications that have ended, on their way to whoever waits for them. They end under the session's lock and are told without it, since the callback is the
/// caller's code.
/// </summary>
/// <remarks>Ownership: members named UnderLock under the session's lock; <see cref="Raise"/> without it, from any thread, one at a time; counts from anywhere.</remarks>
internal sealed class FinishedPublications(Lock gate, Action<MqttAcknowledgement>? callback)
{
    private readonly List<FinishedPublication> _finished = [];
    private readonly List<FinishedPublication> _raising = [];
    private long _acknowledged;
    private long _refused;
    private bool _isRaising;

    /// <summary>Publications that the broker has taken.</summary>
    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    /// <summary>Publications that ended without: the broker refused, or they expired.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Publications have ended, and <see cref="Raise"/> has not told it yet.</summary>
    public bool HasAnyUnderLock => _finished.Count > 0;

    public void AddUnderLock(in FinishedPublication end) => _finished.Add(end);

    /// <summary>Counts one that nobody waits for.</summary>
    public void Refuse() => Interlocked.Increment(ref _refused);

    /// <summary>Tells those who wait, in order.</summary>
    public void Raise()
    {
        while (true)
        {
            lock (gate)
            {
                if (_isRaising || _finished.Count == 0)
                {
                    return;
                }

                _isRaising = true;
                _raising.AddRange(_finished);
                _finished.Clear();
            }

            try
            {
                foreach (var end in _raising)
                {
                    Tell(end);
                }
            }
            finally
            {
                lock (gate)
                {
                    _raising.Clear();
                    _isRaising = false;
                }
            }
        }
    }

    private void Tell(in FinishedPublication end)
    {
        Interlocked.Increment(ref end.Reason.IsError() ? ref _refused : ref _acknowledged);
        end.Pending.Waiter?.TrySetResult(end.Reason);
        callback?.Invoke(new MqttAcknowledgement(end.Pending.Publication.Tag, end.Reason, end.Words));
    }
}

/// <summary>The end of a publication.</summary>
internal readonly record struct FinishedPublication(PendingPublication Pending, ReasonCode Reason, string? Words);
