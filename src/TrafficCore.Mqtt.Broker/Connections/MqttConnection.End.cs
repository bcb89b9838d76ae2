using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

internal sealed partial class MqttConnection
{
    /// <summary>How long a last packet may take to a peer that is being closed. One second: longer would hold up the client that takes over.</summary>
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(1);

    private static readonly TaskCompletionSource Over = CompletedSource();

    private bool _isDiscarding;

    /// <summary>Any thread: completes when the connection has done everything, so that its session may go to another.</summary>
    public Task WhenEndedAsync()
    {
        var created = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return (Interlocked.CompareExchange(ref _ended, created, null) ?? created).Task;
    }

    /// <summary>Any thread: asks the connection to end. The first reason counts.</summary>
    public void Close(CloseReason reason, ReasonCode code)
    {
        if (SetClose(reason, code))
        {
            _input.CancelPendingRead();
            _output.Wake();
            if (reason is CloseReason.SendTimeout or CloseReason.ConnectTimeout)
            {
                _context.Abort();
            }
        }
    }

    /// <summary>Any thread, once a second: closes a connection whose time is over.</summary>
    public void CheckTime(int tick, int connectTicks, int packetTicks, int sendTicks)
    {
        var slowSince = _output.SlowSince;
        if (Volatile.Read(ref _isConnected) == 0)
        {
            if (_arrival.IsSilent(tick, connectTicks))
            {
                Close(CloseReason.ConnectTimeout, ReasonCode.MaximumConnectTime);
            }
        }
        else if (slowSince >= 0 && tick - slowSince - 1 >= sendTicks)
        {
            Close(CloseReason.SendTimeout, ReasonCode.UnspecifiedError);
        }
        else if (_arrival.IsPartial(tick, packetTicks))
        {
            Close(CloseReason.PacketTimeout, ReasonCode.UnspecifiedError);
        }
        else if (_keepAliveTicks > 0 && _arrival.IsSilent(tick, _keepAliveTicks))
        {
            Close(CloseReason.KeepAlive, ReasonCode.KeepAliveTimeout); // [MQTT-3.1.2-22]
        }
    }

    private bool SetClose(CloseReason reason, ReasonCode code, string? detail = null) =>
        Interlocked.CompareExchange(ref _close, new CloseInfo(reason, code, detail), null) is null;

    private static TaskCompletionSource CompletedSource()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }

    private void OnDisconnect(in DisconnectView disconnect)
    {
        var properties = disconnect.Properties;
        while (properties.Read())
        {
            if (properties.Id != PropertyId.SessionExpiryInterval)
            {
                continue;
            }

            if (_sessionExpirySeconds == 0 && properties.Number != 0)
            {
                throw new MqttProtocolException(ReasonCode.ProtocolError, "A session without expiry cannot get one at the end"); // [MQTT-3.14.2-2]
            }

            _session!.ExpiryMs = Math.Min(properties.Number, MaxSessionExpirySeconds) * 1000L;
        }

        SetClose(disconnect.Reason == ReasonCode.Success ? CloseReason.Disconnected : CloseReason.DisconnectedWithWill, disconnect.Reason);
    }

    private async Task EndAsync()
    {
        SetClose(CloseReason.Lost, ReasonCode.UnspecifiedError);
        var close = _close!;
        try
        {
            SignalTouched();
            await SayGoodbyeAsync(close);
            _output.Close();
            if (_session is not null)
            {
                await LeaveSessionAsync(_session, close);
            }
        }
        catch (OperationCanceledException)
        {
            // The broker stops: what could not be finished has not been acknowledged either.
        }
#pragma warning disable CA1031 // The end of a connection must be reached whatever happens on the way: others wait for it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            BrokerLog.Fault(_runtime.Logger, _client?.ClientId ?? "-", e);
        }
        finally
        {
            _output.Close();
            Interlocked.Exchange(ref _ended, Over)?.TrySetResult();
            Report(close);
        }
    }

    private void Report(CloseInfo close)
    {
        _runtime.Metrics.Closed(close.Reason);
        if (_client is null)
        {
            return;
        }

        if (close.Reason == CloseReason.ProtocolError)
        {
            _runtime.Troubles.ProtocolError(_client, close.Code, close.DetailText);
        }
        else
        {
            BrokerLog.Ended(_runtime.Logger, _client.ClientId, close.Reason, (byte)close.Code, close.DetailText);
        }
    }

    /// <summary>Tells a 5.0 client why, and gives what is still to be sent a moment.</summary>
    private async ValueTask SayGoodbyeAsync(CloseInfo close)
    {
        if (close.Reason is CloseReason.Lost or CloseReason.Disconnected or CloseReason.DisconnectedWithWill or CloseReason.SendTimeout
            or CloseReason.ConnectTimeout)
        {
            return;
        }

        if (_version == MqttVersion.V5 && Volatile.Read(ref _isConnected) == 1)
        {
            // What a defect says of itself is for the log alone.
            var words = close.Reason == CloseReason.Fault ? null : close.Detail;
            AppendReasoned(words, (output, properties) => MqttEncoder.Disconnect(output, _version, close.Code, properties));
        }

        _output.Signal();
        try
        {
            await _output.DrainAsync(withAcks: close.Reason == CloseReason.Shutdown, CancellationToken.None).AsTask().WaitAsync(DrainTime, _runtime.Time);
        }
        catch (TimeoutException)
        {
            // A peer that does not read gets no more of our time.
        }
    }

    private async ValueTask LeaveSessionAsync(Session session, CloseInfo close)
    {
        session.GoOffline();
        if (_lastExactPosition > 0)
        {
            // Whoever takes the session over answers a repeated QoS 2 id at once, so its record must be durable before.
            await _output.WaitDurableAsync(_lastExactPosition, _runtime.Stopping.Token);
        }

        if (session is { IsDurable: true, Outbox: not null, ExpiryMs: > 0 })
        {
            _pass.Records?.SessionOffline(session.Number, (uint)(session.ExpiryMs / 1000));
        }

        var will = close.Reason == CloseReason.Disconnected ? null : _will;
        if (will is null)
        {
            ForgetStoredWill(session);
        }

        _runtime.Finish(_pass);
        var nowMs = _runtime.NowMs;
        var isDelayed = will is { DelaySeconds: > 0 } && session.ExpiryMs > 0;
        var pending = isDelayed ? new PendingWill(will!, _client!, nowMs + will!.DelaySeconds * 1000L, session.StoredWill) : null;

        // The will goes out before the session is free: "offline" must not follow the "online" of the connection that takes over.
        if (will is not null && !isDelayed)
        {
            var number = session.StoredWill;
            session.StoredWill = 0;
            await WillPublisher.PublishAsync(_runtime, will, _client!, number);
        }

        if (_runtime.Sessions.Detach(session, nowMs, pending))
        {
            await EndSessionAsync(session, discardIds: true);
        }
    }

    /// <summary>Removes what a session left in others' tables. Its QoS 2 ids are forgotten in the log too.</summary>
    private async ValueTask EndSessionAsync(Session session, bool discardIds)
    {
        SessionCleanup.Forget(_runtime, session);
        if (session.PendingWill is { } pending)
        {
            await WillPublisher.PublishAsync(_runtime, pending.Will, pending.Client, pending.Number); // [MQTT-3.1.2-8]: the session ended before the delay
        }

        if (discardIds && session.HasRecordedIds)
        {
            PublishSession.Discard();
            await CommitDiscardAsync();
        }
    }

    private async ValueTask CommitDiscardAsync()
    {
        while (!PublishSession.TryCommit(0, _output, out _))
        {
            await PublishSession.WaitForRoomAsync(_runtime.Stopping.Token);
        }
    }
}
