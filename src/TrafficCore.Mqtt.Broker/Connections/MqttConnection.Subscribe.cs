using System.Buffers;
using TrafficCore.Mqtt.Topics;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

internal sealed partial class MqttConnection
{
    private void OnSubscribe(ReadBatch batch, SubscribeView subscribe)
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

        RequireRoomForReasons(subscribe.Count);
        if (_session!.Outbox is null && _session.IsDurable)
        {
            _pass.Records?.SessionOnline(_session.Number, _sessionExpirySeconds);
        }

        _session.OutboxOrNew(_runtime.Options, _runtime.QueueRoom).EnsureOnline(_output, _window);
        var reasons = new List<ReasonCode>(subscribe.Count);
        var added = new List<(Subscription Subscription, bool IsNew, long UpTo)>();
        while (subscribe.Read())
        {
            // More than it may have of them in one packet are not even looked at: each costs others more than its few bytes.
            reasons.Add(reasons.Count < _runtime.Options.MaxSubscriptions
                ? Subscribe(subscribe.Filter, subscribe.Options, identifier, added) : ReasonCode.QuotaExceeded);
        }

        var answer = new ArrayBufferWriter<byte>();
        MqttEncoder.Suback(answer, _version, subscribe.PacketId, [.. reasons]);
        Answer(batch, answer.WrittenSpan);
        foreach (var (subscription, isNew, upTo) in added)
        {
            AskForRetained(subscription, isNew, upTo);
        }

        TouchSelf();
    }

    private ReasonCode Subscribe(
        ReadOnlySpan<byte> filter, SubscribeOptions options, uint identifier, List<(Subscription Subscription, bool IsNew, long UpTo)> added)
    {
        if (!TopicFilter.IsValid(filter) || TopicFilter.Levels(filter) > TopicFilter.MaxLevels)
        {
            return ReasonCode.TopicFilterInvalid;
        }

        var matched = TopicFilter.IsShared(filter) ? TopicFilter.SharedPart(filter) : filter;
        if (matched.IsEmpty)
        {
            return ReasonCode.TopicFilterInvalid;
        }

        if (!_runtime.Access.MaySubscribe(_client!, matched))
        {
            _runtime.Metrics.SubscribeDenied();
            _runtime.Troubles.SubscribeDenied(_client!, filter);
            return ReasonCode.NotAuthorized;
        }

        var subscriptions = _session!.SubscriptionsOrNew();
        var key = filter.ToArray();
        var isKnown = subscriptions.TryGetValue(key, out var old);
        if (!isKnown && !_session.TryTakeRoomFor(key, _runtime.Options.MaxSubscriptions))
        {
            return ReasonCode.QuotaExceeded;
        }

        var subscription = new Subscription { Session = _session, Account = _client!.UserName, Filter = key, Options = options, Identifier = identifier };
        subscriptions[key] = subscription;
        _runtime.Router.Subscribe(subscription, isKnown ? old : null);
        var upTo = _runtime.Router.Retained.Changes;
        if (_session.IsDurable)
        {
            _pass.Records?.Subscribed(_session.Number, key, options, identifier);
        }

        added.Add((subscription, !isKnown, upTo));
        return (ReasonCode)(byte)options.QoS;
    }

    private void OnUnsubscribe(ReadBatch batch, UnsubscribeView unsubscribe)
    {
        RequireRoomForReasons(unsubscribe.Count);
        var reasons = new List<ReasonCode>();
        while (unsubscribe.Read())
        {
            var key = unsubscribe.Filter.ToArray();
            if (_session!.Subscriptions?.Remove(key, out var old) == true)
            {
                _session.GiveRoomBack(key);
                _runtime.Router.Unsubscribe(old);
                if (_session.IsDurable)
                {
                    _pass.Records?.Unsubscribed(_session.Number, key);
                }

                reasons.Add(ReasonCode.Success);
            }
            else
            {
                reasons.Add(TopicFilter.IsValid(key) ? ReasonCode.NoSubscriptionExisted : ReasonCode.TopicFilterInvalid);
            }
        }

        var answer = new ArrayBufferWriter<byte>();
        MqttEncoder.Unsuback(answer, _version, unsubscribe.PacketId, [.. reasons]);
        Answer(batch, answer.WrittenSpan);
        TouchSelf();
    }
}
