using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

internal sealed partial class MqttConnection
{
    // Read loop.
    private readonly RoutingPass _pass;
    private int _openExchanges;
    private long _lastExactPosition;
    private bool _hasExact;
    private long _journalPosition;

    private void BeginBatch()
    {
        _hasExact = false;

        // Before 5.0 a client knows no receive maximum; what it may have open is bounded by packet ids and the output's room.
        _openExchanges = _version == MqttVersion.V5 ? _output.PendingPubacks + (_session!.ReceivedIds?.Count ?? 0) : 0;
    }

    /// <summary>Commits what the pass collected and queues its acknowledgements. False: that takes longer, and no acknowledgement was queued.</summary>
    private bool TryFinishBatch()
    {
        var batch = ReadBatch.Current;
        batch.Report(_runtime.Metrics);
        _journalPosition = 0;
        if (_pass.HasRecords && (MustBeJournaledFirst || !_pass.TryCommit(_output.JournalWaiter, out _journalPosition)))
        {
            return false;
        }

        long position = 0;
        if (batch.HasRecords && !_publishSession!.TryCommit(batch.Count, _output, out position))
        {
            return false;
        }

        QueueAcks(batch.Acks, batch.FreeLength, batch.FreePubacks, batch.Pubacks, position);
        return true;
    }

    /// <summary>
    /// Journal and input log are two: a QoS 2 id that is durable without its message would make the client's repeat a repeat of nothing. So the message
    /// comes first, and a power cut between the two can only double it.
    /// </summary>
    private bool MustBeJournaledFirst => _hasExact && ReadBatch.Current.HasRecords;

    /// <summary>A log is full, or one must wait for the other: nothing more is read from this socket meanwhile. The acknowledgements leave this thread.</summary>
    private async ValueTask FinishBatchSlowAsync()
    {
        var batch = ReadBatch.Current;
        var acks = batch.Acks.ToArray();
        var (free, freePubacks, pubacks, count, hasRecords) = (batch.FreeLength, batch.FreePubacks, batch.Pubacks, batch.Count, batch.HasRecords);
        SignalTouched();
        _arrival.Stop();
        if (_pass.HasRecords)
        {
            _journalPosition = await _pass.CommitAsync(_output.JournalWaiter, _runtime.Stopping.Token);
            if (_hasExact)
            {
                await _output.WaitJournalAsync(_journalPosition, _runtime.Stopping.Token);
            }
        }

        long position = 0;
        while (hasRecords && !_publishSession!.TryCommit(count, _output, out position))
        {
            _runtime.Metrics.WaitedForLog();
            await _publishSession.WaitForRoomAsync(_runtime.Stopping.Token);
        }

        QueueAcks(acks, free, freePubacks, pubacks, position);
    }

    private void QueueAcks(ReadOnlySpan<byte> acks, int free, int freePubacks, int pubacks, long position)
    {
        if (_hasExact)
        {
            // A refused QoS 2 publish has no record and no position of its own; it must not make an earlier one's forgotten.
            _lastExactPosition = Math.Max(_lastExactPosition, position);
        }

        if (free > 0)
        {
            _output.AppendAcks(acks[..free], freePubacks, 0);
        }

        if (acks.Length > free)
        {
            _output.AppendAcks(acks[free..], pubacks - freePubacks, position, _journalPosition);
        }
    }

    private void TouchSelf() => _pass.Touch(_output);

    private void SignalTouched() => _pass.SignalAll();
}
