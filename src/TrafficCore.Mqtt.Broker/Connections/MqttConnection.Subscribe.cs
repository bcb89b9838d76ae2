using System.Buffers;
using TrafficCore.Mqtt.Topics;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

internal sealed partial class MqttConnection
{
    private void OnSubscribe(SubscribeView subscribe)
    {
        uint identifier = 0;
        var properties = subscribe.Properties;
        while (properties.Read())
        {
            if (properties.Id == PropertyId.SubscriptionIdentifier)
            {
                identifier = properties.Number;
            }
        }

        var outbox = _session!.OutboxOrNew(_runtime.Options);
        outbox.EnsureOnline(_output, _window);
        var reasons = new List<ReasonCode>();
        var added = new List<(Subscription Subscription, bool IsNew)>();
        while (subscribe.Read())
        {
            reasons.Add(Subscribe(subscribe.Filter, subscribe.Options, identifier, added));
        }

        var answer = new ArrayBufferWriter<byte>();
        MqttEncoder.Suback(answer, _version, subscribe.PacketId, [.. reasons]);
        _output.AppendAnswer(answer.WrittenSpan);
        foreach (var (subscription, isNew) in added)
        {
            SendRetained(outbox, subscription, isNew);
        }

        TouchSelf();
    }

    private ReasonCode Subscribe(
        ReadOnlySpan<byte> filter, SubscribeOptions options, uint identifier, List<(Subscription Subscription, bool IsNew)> added)
    {
        if (!TopicFilter.IsValid(filter) || TopicFilter.Levels(filter) > TopicFilter.MaxLevels)
        {
            return ReasonCode.TopicFilterInvalid;
        }

        if (TopicFilter.IsShared(filter))
        {
            return ReasonCode.SharedSubscriptionsNotSupported;
        }

        if (!_runtime.Access.MaySubscribe(_client!, filter))
        {
            return ReasonCode.NotAuthorized;
        }

        var subscriptions = _session!.SubscriptionsOrNew();
        var key = filter.ToArray();
        var isKnown = subscriptions.TryGetValue(key, out var old);
        if (!isKnown && subscriptions.Count >= _runtime.Options.MaxSubscriptions)
        {
            return ReasonCode.QuotaExceeded;
        }

        var subscription = new Subscription { Session = _session, Filter = key, Options = options, Identifier = identifier };
        subscriptions[key] = subscription;
        if (isKnown)
        {
            _runtime.Router.Subscriptions.Replace(filter, old!, subscription);
        }
        else
        {
            _runtime.Router.Subscriptions.Add(filter, subscription);
        }

        added.Add((subscription, !isKnown));
        return (ReasonCode)(byte)options.QoS;
    }

    private void SendRetained(Outbox outbox, Subscription subscription, bool isNew)
    {
        // 5.0 section 3.8.3.1; before 5.0 the handling is always to send.
        var handling = subscription.Options.RetainHandling;
        if (handling == RetainHandling.DoNotSend || (handling == RetainHandling.SendIfNew && !isNew))
        {
            return;
        }

        if (outbox.IsFull)
        {
            // Not searched for what cannot be queued: a packet of a dozen bytes would cost a walk over all that is retained, on a thread that others need.
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

        var sent = outbox.EnqueueRetained(messages, subscription.Options, subscription.Identifier == 0 ? null : [subscription.Identifier]);
        for (; sent < messages.Count; sent++)
        {
            _runtime.Metrics.Dropped(DropReason.QueueFull);
        }
    }

    private void OnUnsubscribe(UnsubscribeView unsubscribe)
    {
        var reasons = new List<ReasonCode>();
        while (unsubscribe.Read())
        {
            var key = unsubscribe.Filter.ToArray();
            if (_session!.Subscriptions?.Remove(key, out var old) == true)
            {
                _runtime.Router.Subscriptions.Remove(key, old);
                reasons.Add(ReasonCode.Success);
            }
            else
            {
                reasons.Add(TopicFilter.IsValid(key) ? ReasonCode.NoSubscriptionExisted : ReasonCode.TopicFilterInvalid);
            }
        }

        var answer = new ArrayBufferWriter<byte>();
        MqttEncoder.Unsuback(answer, _version, unsubscribe.PacketId, [.. reasons]);
        _output.AppendAnswer(answer.WrittenSpan);
        TouchSelf();
    }
}
