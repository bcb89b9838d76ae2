using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

internal sealed partial class MqttConnection
{
    // Read loop.
    private readonly List<ConnectionOutput> _touched = [];
    private int _openExchanges;
    private long _lastExactPosition;
    private bool _hasExact;

    private void BeginBatch()
    {
        _hasExact = false;

        // Before 5.0 a client knows no receive maximum; what it may have open is bounded by packet ids and the output's room.
        _openExchanges = _version == MqttVersion.V5 ? _output.PendingPubacks + (_session!.ReceivedIds?.Count ?? 0) : 0;
    }

    /// <summary>Commits what the pass collected and queues its acknowledgements. False: the log is full, and nothing has happened.</summary>
    private bool TryFinishBatch()
    {
        var batch = ReadBatch.Current;
        batch.Report(_runtime.Metrics);
        long position = 0;
        if (batch.HasRecords && !_publishSession!.TryCommit(batch.Count, _output, out position))
        {
            return false;
        }

        QueueAcks(batch.Acks, batch.FreeLength, batch.FreePubacks, batch.Pubacks, position);
        return true;
    }

    /// <summary>The log is full: nothing more is read from this socket until it took what was collected. The acknowledgements leave this thread.</summary>
    private async ValueTask FinishBatchSlowAsync()
    {
        var batch = ReadBatch.Current;
        var acks = batch.Acks.ToArray();
        var (free, freePubacks, pubacks, count) = (batch.FreeLength, batch.FreePubacks, batch.Pubacks, batch.Count);
        SignalTouched();
        _runtime.Metrics.WaitedForLog();
        _arrival.Stop();
        long position;
        do
        {
            await _publishSession!.WaitForRoomAsync(_runtime.Stopping.Token);
        }
        while (!_publishSession.TryCommit(count, _output, out position));
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
            _output.AppendAcks(acks[free..], pubacks - freePubacks, position);
        }
    }

    private void TouchSelf()
    {
        if (_touched.Count == 0 || _touched[^1] != _output)
        {
            _touched.Add(_output);
        }
    }

    /// <summary>Sends once for all messages and answers of the pass.</summary>
    private void SignalTouched()
    {
        foreach (var output in _touched)
        {
            output.Signal();
        }

        _touched.Clear();
    }
}
