using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

public sealed partial class MqttClient
{
    /// <summary>The caller asked for the end, so that it is no loss.</summary>
    private bool IsDisconnecting
    {
        get
        {
            lock (_session.Gate)
            {
                return _disconnecting;
            }
        }
    }

    /// <summary>A name that no broker could take is the caller's mistake, and is said here.</summary>
    internal static void CheckTopic(in MqttPublication publication)
    {
        if (string.IsNullOrEmpty(publication.Topic) || publication.Topic.AsSpan().ContainsAny('+', '#', '\0'))
        {
            throw new ArgumentException($"'{publication.Topic}' is not a topic name.", nameof(publication));
        }
    }

    private bool TryAdd(in MqttPublication publication, TaskCompletionSource<ReasonCode>? answer, out Task changed)
    {
        CheckTopic(publication);
        if (_limits.Judge(_options.Version, publication) is var refused && refused.IsError())
        {
            throw new ArgumentException($"The broker does not take this publication: {refused}.", nameof(publication));
        }

        lock (_session.Gate)
        {
            ThrowIfEndedUnderLock();
            var added = publication.QoS == QualityOfService.AtMostOnce
                ? _session.TrySendUnderLock(publication) == true
                : _session.TryAddUnderLock(publication, answer);
            changed = added ? Task.CompletedTask : _session.WhenChangedUnderLock();
            return added;
        }
    }

    private async Task EnqueueSlowAsync(
        MqttPublication publication, TaskCompletionSource<ReasonCode>? answer, Task changed, CancellationToken cancellation)
    {
        do
        {
            await changed.WaitAsync(cancellation);
        }
        while (!TryAdd(publication, answer, out changed));
    }

    private async Task<RequestAnswer> RequestAsync(Action<ushort> encode, CancellationToken cancellation)
    {
        Task<RequestAnswer> answer;
        lock (_session.Gate)
        {
            ThrowIfEndedUnderLock();
            answer = _requests.Add(out var id);
            encode(id);
            _outgoing.Signal();
        }

        return await answer.WaitAsync(cancellation);
    }

    private void ThrowIfEndedUnderLock()
    {
        if (_ended is not null)
        {
            throw new MqttConnectionException(_ended.Message, _ended.Reason, _ended, _ended.Unacknowledged);
        }

        if (_closing)
        {
            throw new MqttConnectionException("The client is disconnecting.");
        }
    }

    /// <summary>Sends DISCONNECT as the last packet; false when the connection has ended.</summary>
    private bool TryClose(ReasonCode reason, bool isAsked)
    {
        lock (_session.Gate)
        {
            if (_ended is not null)
            {
                return false;
            }

            _disconnecting |= isAsked;
            if (!_closing)
            {
                _closing = true;
                _session.Detach(_outgoing);
                MqttEncoder.Disconnect(_outgoing.Filling, _options.Version, reason);
                _outgoing.Signal();
            }

            return true;
        }
    }

    /// <summary>The one place where a connection ends; the first reason counts.</summary>
    private void End(MqttConnectionException why, bool lost)
    {
        IReadOnlyList<TaskCompletionSource<RequestAnswer>> waiters;
        lock (_session.Gate)
        {
            if (_ended is not null)
            {
                return;
            }

            IReadOnlyList<MqttPublication>? rest = _ownsSession ? [.. _session.Outgoing.Unacknowledged().Select(static p => p.Publication)] : null;
            _ended = new MqttConnectionException(why.Message, why.Reason, why.InnerException, rest) { ServerReference = why.ServerReference };
            waiters = _requests.Waiters();
            _session.Detach(_outgoing);
        }

        _stop.Cancel();
        _outgoing.Signal();
        _transport.Dispose();
        _session.Finished.Raise(); // what was answered before the end, also in the read that brought it
        _channel?.Complete(lost ? _ended : null);
        foreach (var waiter in waiters)
        {
            waiter.TrySetException(_ended);
        }

        if (_ownsSession)
        {
            _session.Fail(_ended);
        }

        _completion.TrySetResult(lost ? _ended : null);
    }
}
