using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

public sealed partial class MqttClient
{
    private async Task WriteLoopAsync()
    {
        try
        {
            while (await WriteOnceAsync())
            {
            }
        }
        catch (Exception e) when (IsTransportFailure(e))
        {
            End(new MqttConnectionException($"The connection is lost: {e.Message}", null, e), lost: !IsDisconnecting);
        }
        catch (Exception e)
        {
            End(new MqttConnectionException($"The client failed: {e.Message}", null, e), lost: true); // the caller's acknowledgement handler
        }
    }

    /// <summary>Writes all that was filled in since the last time; false when that was the last.</summary>
    private async ValueTask<bool> WriteOnceAsync()
    {
        await _outgoing.WaitAsync();
        bool last;
        ReadOnlyMemory<byte> bytes;
        lock (_session.Gate)
        {
            if (_ended is not null)
            {
                return false;
            }

            bytes = _outgoing.TakeUnderLock();
            _writing = true;
            last = _closing;
        }

        if (bytes.Length > 0)
        {
            await _transport.Stream.WriteAsync(bytes, _stop.Token);
        }

        lock (_session.Gate)
        {
            _writing = false;
            _writes += bytes.Length > 0 ? 1 : 0;
            if (!_closing && _ended is null)
            {
                _session.PumpUnderLock();
                if (_outgoing.Count > 0)
                {
                    _outgoing.Signal();
                }
            }

            _session.PulseUnderLock();
        }

        _session.Finished.Raise();
        if (last)
        {
            await _transport.FinishWritingAsync();
        }

        return !last;
    }

    private async Task KeepAliveLoopAsync()
    {
        var keepAlive = _limits.KeepAlive ?? _options.KeepAlive;
        if (keepAlive <= TimeSpan.Zero)
        {
            return;
        }

        try
        {
            // Twice in each period, so that the broker hears something in time. A connection that is busy both ways proves itself and is not asked.
            using var timer = new PeriodicTimer(keepAlive / 2, _options.Time);
            var (received, sent) = (Interlocked.Read(ref _packetsReceived), 0L);
            var asked = false;
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                var isSilent = received == Interlocked.Read(ref _packetsReceived);
                if (asked && isSilent && !_isHeldBack)
                {
                    End(new MqttConnectionException($"The connection is lost: no answer to a ping within {keepAlive / 2}."), lost: true);
                    return;
                }

                (received, var before) = (Interlocked.Read(ref _packetsReceived), sent);
                asked = Ping(isSilent, before, out sent);
            }
        }
        catch (OperationCanceledException)
        {
            // The connection ended.
        }
    }

    /// <summary>Asks the broker for a sign of life when one of the directions was silent.</summary>
    private bool Ping(bool isSilent, long sentBefore, out long sent)
    {
        lock (_session.Gate)
        {
            sent = _writes;
            if (_ended is not null || _closing || (!isSilent && sent != sentBefore))
            {
                return false;
            }

            MqttEncoder.Pingreq(_outgoing.Filling);
            _outgoing.Signal();
            sent++; // its own write is no sign of life
            return true;
        }
    }
}
