using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

public sealed partial class MqttClient
{
    private bool TryAdd(in MqttPublication publication, TaskCompletionSource<ReasonCode>? answer, out Task changed)
    {
        Check(publication);
        lock (_gate)
        {
            ThrowIfEndedUnderLock();
            var room = publication.QoS == QualityOfService.AtMostOnce || _window.HasRoom;
            if (!room || _outgoing.Count >= _options.MaxBufferedBytes)
            {
                changed = WhenChangedUnderLock();
                return false;
            }

            var id = publication.QoS == QualityOfService.AtMostOnce ? (ushort)0 : _window.Add(publication, answer);
            ClientPackets.Publish(_outgoing.Filling, _options.Version, publication, id);
            _outgoing.Signal();
        }

        changed = Task.CompletedTask;
        return true;
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

    /// <summary>What the broker could only answer with the end of the connection is the caller's mistake, and is said here.</summary>
    private void Check(in MqttPublication publication)
    {
        if (string.IsNullOrEmpty(publication.Topic) || publication.Topic.AsSpan().ContainsAny('+', '#', '\0'))
        {
            throw new ArgumentException($"'{publication.Topic}' is not a topic name.", nameof(publication));
        }

        if (publication.QoS > QualityOfService.AtLeastOnce || publication.QoS > _limits.MaximumQoS)
        {
            throw new ArgumentException($"Publishing at {publication.QoS} is not possible here.", nameof(publication));
        }

        if (ClientPackets.SizeOf(_options.Version, publication) > _limits.MaximumPacketSize)
        {
            throw new ArgumentException($"The broker takes at most {_limits.MaximumPacketSize} bytes a packet.", nameof(publication));
        }
    }

    private async Task<ReasonCode> RequestAsync(Action<ushort> encode, CancellationToken cancellation)
    {
        Task<ReasonCode> answer;
        lock (_gate)
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

    /// <summary>A task that ends when room appears, something is acknowledged, or the connection ends.</summary>
    private Task WhenChangedUnderLock() =>
        (_changed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    private void PulseUnderLock()
    {
        _changed?.SetResult();
        _changed = null;
    }

    /// <summary>The one place where a connection ends; the first reason counts.</summary>
    private void End(MqttConnectionException why, bool lost)
    {
        IReadOnlyList<TaskCompletionSource<ReasonCode>> waiters;
        lock (_gate)
        {
            if (_ended is not null)
            {
                return;
            }

            _ended = new MqttConnectionException(why.Message, why.Reason, why.InnerException, _window.Unacknowledged());
            waiters = [.. _window.Waiters(), .. _requests.Waiters()];
            PulseUnderLock();
        }

        _stop.Cancel();
        _transport.Dispose();
        _messages.Writer.TryComplete(lost ? _ended : null);
        foreach (var waiter in waiters)
        {
            waiter.TrySetException(_ended);
        }

        _completion.TrySetResult(lost ? _ended : null);
    }
}
