using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

public sealed partial class ReconnectingMqttClient
{
    /// <summary>Hands a publication over without waiting. False: at QoS 1 and 2 the queue is full; at QoS 0 the connection's buffer.</summary>
    /// <exception cref="MqttConnectionException">It has ended.</exception>
    public bool TryEnqueue(in MqttPublication publication) => TryAdd(publication, null, isFirst: true, out _);

    /// <summary>
    /// Hands a publication over, waiting for room; at QoS 0 without a connection it is dropped and counted. Ends come through
    /// <see cref="MqttClientOptions.OnAcknowledged"/>.
    /// </summary>
    /// <exception cref="MqttConnectionException">It has ended.</exception>
    public ValueTask EnqueueAsync(MqttPublication publication, CancellationToken cancellation = default) =>
        TryAdd(publication, null, isFirst: true, out var changed) ? ValueTask.CompletedTask : new ValueTask(EnqueueSlowAsync(publication, null, changed, cancellation));

    /// <summary>Publishes and waits for the broker's answer, over as many connections as it takes.</summary>
    /// <exception cref="MqttConnectionException">It has ended; the broker may or may not have the message.</exception>
    public async Task<ReasonCode> PublishAsync(MqttPublication publication, CancellationToken cancellation = default)
    {
        var answer = MqttClient.NewWaiter(publication);
        if (!TryAdd(publication, answer, isFirst: true, out var changed))
        {
            await EnqueueSlowAsync(publication, answer, changed, cancellation);
        }

        return answer is null ? ReasonCode.Success : await answer.Task.WaitAsync(cancellation);
    }

    /// <summary>Waits until no publication at QoS 1 or 2 waits or is unacknowledged.</summary>
    /// <exception cref="MqttConnectionException">It has ended.</exception>
    public async Task DrainAsync(CancellationToken cancellation = default)
    {
        while (true)
        {
            Task changed;
            lock (_session.Gate)
            {
                if (_session.IsDrainedUnderLock)
                {
                    return;
                }

                ThrowIfEndedUnderLock();
                changed = _session.WhenChangedUnderLock();
            }

            await changed.WaitAsync(cancellation);
        }
    }

    private bool TryAdd(in MqttPublication publication, TaskCompletionSource<ReasonCode>? answer, bool isFirst, out Task changed)
    {
        MqttClient.CheckTopic(publication);
        bool added, hasFinished;
        lock (_session.Gate)
        {
            ThrowIfEndedUnderLock();
            if (publication.QoS == QualityOfService.AtMostOnce)
            {
                var sent = _session.TrySendUnderLock(publication);
                _dropped += sent is null ? 1 : 0;
                added = sent ?? true;
            }
            else
            {
                added = _session.TryAddUnderLock(publication, answer);
                _queueFull += isFirst && !added ? 1 : 0;
            }

            hasFinished = _session.Finished.HasAnyUnderLock;
            changed = added ? Task.CompletedTask : _session.WhenChangedUnderLock();
        }

        if (hasFinished)
        {
            _session.Finished.Raise();
        }

        return added;
    }

    private async Task EnqueueSlowAsync(
        MqttPublication publication, TaskCompletionSource<ReasonCode>? answer, Task changed, CancellationToken cancellation)
    {
        do
        {
            await changed.WaitAsync(cancellation);
        }
        while (!TryAdd(publication, answer, isFirst: false, out changed));
    }

    private void ThrowIfEndedUnderLock()
    {
        if (_ended is not null)
        {
            throw new MqttConnectionException(_ended.Message, _ended.Reason, _ended);
        }
    }
}
