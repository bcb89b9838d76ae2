using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

public sealed partial class ReconnectingMqttClient
{
    private readonly CancellationTokenSource _stop = new();
    private volatile bool _isPolite;

    // The supervising loop.
    private readonly ReconnectPolicy _policy;
    private readonly BrokerTarget _target;
    private bool _hasBegun;

    /// <summary>One connection after the other, until stopped or given up.</summary>
    private async Task SuperviseAsync()
    {
        var time = _options.Time;
        MqttConnectionException? why = null;
        try
        {
            var lost = time.GetTimestamp();
            TimeSpan? pause;
            do
            {
                (var since, why) = await ServeAsync();
                var lasted = since is { } start ? time.GetElapsedTime(start) : TimeSpan.Zero;
                lost = since is null ? lost : time.GetTimestamp();
                var elsewhere = _reconnect.FollowReferences && _target.Follow(why, lasted >= _reconnect.StableAfter);
                pause = elsewhere ? TimeSpan.Zero : _policy.Next(why.Reason, lasted, time.GetElapsedTime(lost));
                if (pause is { } wait)
                {
                    Become(new(MqttClientState.Pausing, time.GetUtcNow(), BrokerOf(_target.Current)) { Problem = why.Message, Reason = why.Reason, Pause = wait });
                    await Task.Delay(wait, time, _stop.Token);
                    Become(_status with { State = MqttClientState.Connecting, Since = time.GetUtcNow(), Pause = default });
                }
            }
            while (pause is not null);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            why = null;
        }

        Finish(why);
    }

    /// <summary>Makes a connection and stays with it until its end.</summary>
    /// <returns>When it began, null when it did not; and why it ended or failed.</returns>
    /// <exception cref="OperationCanceledException">The client is stopped.</exception>
    private async Task<(long? Since, MqttConnectionException Why)> ServeAsync()
    {
        long? since = null;
        try
        {
            await using var connection = await OpenAsync();
            since = _options.Time.GetTimestamp();
            await SubscribeMissingAsync(connection);
            Become(new(MqttClientState.Connected, _options.Time.GetUtcNow(), BrokerOf(_target.Current)) { SessionPresent = connection.SessionPresent });
            return (since, await UntilLostAsync(connection));
        }
        catch (MqttConnectionException e)
        {
            return (since, e);
        }
        finally
        {
            lock (_session.Gate)
            {
                _connection = null;
            }
        }
    }

    private async Task<MqttClient> OpenAsync()
    {
        var options = _target.Current;
        if (!_hasBegun && options.CleanStart)
        {
            await ClearAsync(options);
        }

        // A 5.0 session that ends with its connection is never there again: to ask for it, and for it to be forgotten, would contradict itself.
        var isKept = options.Version != MqttVersion.V5 || options.SessionExpiry > TimeSpan.Zero;
        var connection = await MqttClient.ConnectAsync(options with { CleanStart = !isKept }, _session, _receiver, _stop.Token);
        _hasBegun = true;
        if (!connection.SessionPresent)
        {
            lock (_session.Gate)
            {
                _subscriptions.Forget();
            }
        }

        return connection;
    }

    /// <summary>
    /// Ends an earlier session by a connection of its own. Before 5.0 a clean session ends with its connection, and could not be resumed; and mosquitto 2.0 does
    /// not save a 5.0 session that began clean, so that its first restart would lose it.
    /// </summary>
    private async Task ClearAsync(MqttClientOptions options)
    {
        var clean = options with { SessionExpiry = default, Birth = null, Will = null, Receiver = null, OnAcknowledged = null };
        await using var clearing = await MqttClient.ConnectAsync(clean, _stop.Token);
        await clearing.DisconnectAsync(_stop.Token);
    }

    /// <summary>
    /// Subscribes what the broker does not have, until nothing is missing; only then the connection is there for others. At the first connection that is
    /// everything, also when the broker had kept a session: an earlier process may have had other subscriptions.
    /// </summary>
    private async Task SubscribeMissingAsync(MqttClient connection)
    {
        while (true)
        {
            KeptSubscription[] missing;
            lock (_session.Gate)
            {
                missing = _subscriptions.Missing();
                if (missing.Length == 0)
                {
                    _connection = connection;
                    _connections++;
                    return;
                }
            }

            await Task.WhenAll(missing.Select(entry => SubscribeAsync(connection, entry)));
        }
    }

    private async Task SubscribeAsync(MqttClient connection, KeptSubscription entry)
    {
        try
        {
            var granted = await connection.SubscribeAsync(entry.Subscription, _stop.Token);
            lock (_session.Gate)
            {
                entry.IsAtBroker = true;
            }

            entry.Granted.TrySetResult(granted);
        }
        catch (MqttConnectionException refused) when (!connection.Completion.IsCompleted && !entry.Granted.Task.IsCompleted)
        {
            // New, and refused: that is its caller's affair. One that was granted before ends the connection.
            lock (_session.Gate)
            {
                _subscriptions.Remove(entry.Subscription.Filter);
            }

            entry.Granted.TrySetException(refused);
        }
    }

    private async Task<MqttConnectionException> UntilLostAsync(MqttClient connection)
    {
        try
        {
            return await connection.Completion.WaitAsync(_stop.Token) ?? new MqttConnectionException("The connection is closed.");
        }
        catch (OperationCanceledException) when (_isPolite)
        {
            await connection.DisconnectAsync();
            throw;
        }
    }

    private async Task<MqttClient> ConnectedAsync(CancellationToken cancellation)
    {
        while (true)
        {
            Task changed;
            lock (_session.Gate)
            {
                ThrowIfEndedUnderLock();
                if (_connection is { Completion.IsCompleted: false } connection)
                {
                    return connection;
                }

                changed = _session.WhenChangedUnderLock();
            }

            await changed.WaitAsync(cancellation);
        }
    }

    private void Become(MqttClientStatus status)
    {
        _status = status;
        lock (_session.Gate)
        {
            _session.PulseUnderLock();
        }

        _reconnect.OnStatus?.Invoke(status);
    }

    private void Finish(MqttConnectionException? why)
    {
        var ended = why ?? new MqttConnectionException("The client is stopped.");
        lock (_session.Gate)
        {
            _ended = ended;
            _subscriptions.Fail(ended);
        }

        Become(new(MqttClientState.Ended, _options.Time.GetUtcNow(), BrokerOf(_target.Current)) { Problem = ended.Message, Reason = ended.Reason });
        _session.Fail(ended);
        _channel?.Complete(why);
    }
}
