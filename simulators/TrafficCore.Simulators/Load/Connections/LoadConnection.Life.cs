using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Simulators.Load;

internal sealed partial class LoadConnection
{
    /// <summary>Below the 60 s after which many mobile networks drop an idle mapping, with half of it as the usual reserve.</summary>
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(60);

    /// <summary>A service that thousands come back to at once takes its time.</summary>
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <summary>How long the broker may take to close after DISCONNECT.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stop = new();
    private readonly Random _jitter;
    private Task _life = Task.CompletedTask;

    /// <summary>Connects for the first time.</summary>
    /// <exception cref="MqttConnectionException">Nobody answers, or the broker refuses.</exception>
    public async Task ConnectAsync(CancellationToken cancellation)
    {
        await OpenAsync(cancellation);
        _life = LiveAsync();
    }

    /// <summary>Breaks the connection without a word, as a storm does; it comes back by itself.</summary>
    public void Drop()
    {
        lock (_gate)
        {
            _isDropped = _sending is not null;
            _transport?.Dispose();
        }
    }

    /// <summary>Says good-bye and waits until the broker has closed, so that QoS 0 bytes arrive.</summary>
    public async Task CloseAsync()
    {
        ClientTransport? transport;
        lock (_gate)
        {
            _isClosing = true;
            transport = _sending is null ? null : _transport;
            if (_sending is not null)
            {
                MqttEncoder.Disconnect(_sending.Filling, _client.Version, ReasonCode.Success);
                FlushUnderLock();
            }
        }

        try
        {
            if (transport is not null)
            {
                await transport.FinishWritingAsync();
                await _life.WaitAsync(Farewell, _run.Time);
            }
        }
        catch (Exception e) when (e is TimeoutException || IsLoss(e))
        {
            // It is over either way.
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isClosing = true;
            _transport?.Dispose();
        }

        await _stop.CancelAsync();
        await _life;
        _stop.Dispose();
    }

    private async Task OpenAsync(CancellationToken cancellation)
    {
        var (transport, incoming, limits) = await Handshake.OpenAsync(_client, cancellation);
        if (limits.MaximumQoS < _qos)
        {
            transport.Dispose();
            throw new MqttConnectionException($"The broker takes at most QoS {(int)limits.MaximumQoS}.", ReasonCode.QoSNotSupported);
        }

        lock (_gate)
        {
            (_transport, _incoming) = (transport, incoming);
            _window = limits.ReceiveMaximum;
            _pingAfter = (long)((limits.KeepAlive ?? KeepAlive).TotalSeconds * 1e9 / 2);
            SendingBytes? sending = null;
            sending = new SendingBytes(transport.Stream, () => OnWritten(sending!));
            _sending = sending;
            if (_isClosing)
            {
                transport.Dispose();
            }

            PumpUnderLock(_run.Clock.Nanoseconds);
        }
    }

    private async Task LiveAsync()
    {
        try
        {
            while (true)
            {
                await ReadAsync(_incoming!);
                if (!Lose(out var lostAt))
                {
                    return;
                }

                await ReconnectAsync(lostAt, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over before it came back.
        }
    }

    /// <summary>Until the connection ends.</summary>
    private async Task ReadAsync(FrameBuffer incoming)
    {
        try
        {
            do
            {
                TakeAnswers(incoming);
            }
            while (await incoming.FillAsync(CancellationToken.None));
        }
        catch (Exception e) when (IsLoss(e))
        {
            // Lose counts it.
        }
        catch (MqttProtocolException e)
        {
            _run.Reasons.Add(e.Reason);
        }
    }

    /// <summary>Puts back what was not answered; false when the connection was to end.</summary>
    private bool Lose(out long lostAt)
    {
        lock (_gate)
        {
            lostAt = _run.Time.GetTimestamp();
            _transport!.Dispose();
            _sending = null;
            if (_isClosing)
            {
                return false;
            }

            _counts.Lost += _isDropped ? 0 : 1;
            _isDropped = false;
            var waiting = _resend;
            _resend = new Queue<LoadMessage>();
            foreach (var (message, isReleased) in _inFlight.TakeAll())
            {
                if (isReleased)
                {
                    CountAcknowledgedUnderLock(message);
                }
                else
                {
                    _resend.Enqueue(message);
                }
            }

            foreach (var message in waiting)
            {
                _resend.Enqueue(message);
            }

            return true;
        }
    }

    private async Task ReconnectAsync(long lostAt, CancellationToken cancellation)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                await OpenAsync(cancellation);
                _run.Reconnecting.Add((long)_run.Time.GetElapsedTime(lostAt).TotalNanoseconds);
                lock (_gate)
                {
                    _counts.Reconnects++;
                }

                return;
            }
            catch (MqttConnectionException e)
            {
                if (e.Reason is { } reason)
                {
                    _run.Reasons.Add(reason);
                }

                lock (_gate)
                {
                    _counts.ConnectFailures++;
                }

                // Half of the pause is chance, so that thousands do not knock together again.
                await Task.Delay(pause * (0.5 + (_jitter.NextDouble() / 2)), _run.Time, cancellation);
            }
        }
    }

    private void OnWritten(SendingBytes sending)
    {
        lock (_gate)
        {
            if (!ReferenceEquals(sending, _sending))
            {
                return; // the end of a write of a connection that is lost
            }

            try
            {
                sending.OnWritten();
                PumpUnderLock(_run.Clock.Nanoseconds);
            }
            catch (Exception e) when (IsLoss(e))
            {
                _transport!.Dispose();
            }
        }
    }
}
