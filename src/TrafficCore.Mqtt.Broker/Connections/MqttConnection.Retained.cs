using TrafficCore.Mqtt.Topics;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

internal sealed partial class MqttConnection
{
    // Read loop. Subscriptions whose retained messages are to be sent: behind the answer, and before anything else of this client is handled.
    private Queue<(Subscription Subscription, long UpTo)>? _searches;

    private bool HasSearches => _searches is { Count: > 0 };

    /// <param name="subscription">The subscription.</param>
    /// <param name="isNew">Nothing stood in its place.</param>
    /// <param name="upTo">What the store had changed by the time it was made: the rest reaches it as any message does.</param>
    private void AskForRetained(Subscription subscription, bool isNew, long upTo)
    {
        // 5.0 sections 3.8.3.1 and 4.8.2; before 5.0 the handling is always to send.
        var handling = subscription.Options.RetainHandling;
        if (!subscription.IsShared && (handling == RetainHandling.SendIfNew ? isNew : handling != RetainHandling.DoNotSend))
        {
            (_searches ??= new Queue<(Subscription, long)>()).Enqueue((subscription, upTo));
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
        while (!IsClosing && _searches!.TryDequeue(out var search))
        {
            if (!TopicFilter.HasWildcard(search.Subscription.Filter))
            {
                SendRetained(search.Subscription, search.UpTo);
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
                SendRetained(search.Subscription, search.UpTo);
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

    private void SendRetained(Subscription subscription, long upTo)
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
            _runtime.Router.Retained.Match(subscription.Filter, nowMs, messages, upTo);
        }
        else if (_runtime.Router.Retained.Find(subscription.Filter, nowMs, upTo) is { } message)
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
