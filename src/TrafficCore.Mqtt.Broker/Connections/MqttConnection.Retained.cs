using TrafficCore.Mqtt.Topics;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

internal sealed partial class MqttConnection
{
    // Read loop. Subscriptions whose retained messages are to be sent: behind the answer, and before anything else of this client is handled.
    private Queue<Subscription>? _searches;

    private bool HasSearches => _searches is { Count: > 0 };

    private void AskForRetained(Subscription subscription, bool isNew)
    {
        // 5.0 sections 3.8.3.1 and 4.8.2; before 5.0 the handling is always to send.
        var handling = subscription.Options.RetainHandling;
        if (!subscription.IsShared && (handling == RetainHandling.SendIfNew ? isNew : handling != RetainHandling.DoNotSend))
        {
            (_searches ??= new Queue<Subscription>()).Enqueue(subscription);
        }
    }

    /// <summary>
    /// A filter with wildcards may walk over all that is retained, and a packet may hold a thousand of them: on a thread of the pool, and one search at a time for all
    /// connections, each of which waits behind the others after every search of its own.
    /// </summary>
    private async ValueTask SearchRetainedAsync()
    {
        _arrival.Stop();
        var hasLeft = false;
        while (!IsClosing && _searches!.TryDequeue(out var subscription))
        {
            if (!TopicFilter.HasWildcard(subscription.Filter))
            {
                SendRetained(subscription);
                continue;
            }

            if (!hasLeft)
            {
                await Task.Yield();
                hasLeft = true;
            }

            await _runtime.RetainedSearch.WaitAsync(_context.ConnectionClosed);
            try
            {
                SendRetained(subscription);
            }
            finally
            {
                _runtime.RetainedSearch.Release();
            }
        }

        _searches!.Clear();
        if (_pass.HasRecords)
        {
            await _pass.CommitAsync(_output.JournalWaiter, _runtime.Stopping.Token);
        }

        TouchSelf();
        SignalTouched();
    }

    private void SendRetained(Subscription subscription)
    {
        if (_session!.Outbox!.IsFull)
        {
            // Not searched for what cannot be queued.
            _runtime.Metrics.Dropped(DropReason.QueueFull);
            return;
        }

        var messages = new List<ApplicationMessage>();
        var nowMs = _runtime.NowMs;
        if (TopicFilter.HasWildcard(subscription.Filter))
        {
            _runtime.Router.Retained.Match(subscription.Filter, nowMs, messages);
        }
        else if (_runtime.Router.Retained.Find(subscription.Filter, nowMs) is { } message)
        {
            messages.Add(message);
        }

        if (messages.Count == 0)
        {
            return;
        }

        var result = _session.DeliverRetained(messages, subscription, _pass, out var sent);
        for (; sent < messages.Count; sent++)
        {
            _runtime.Metrics.Dropped(result == DeliveryResult.NoRoom ? DropReason.AllQueuesFull : DropReason.QueueFull);
        }
    }
}
