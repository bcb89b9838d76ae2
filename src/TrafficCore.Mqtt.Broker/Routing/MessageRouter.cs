using TrafficCore.Mqtt.Topics;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

/// <summary>Brings messages to subscribers and to the retained store.</summary>
/// <remarks>Ownership: any thread; all state is in the trie, the store and the outboxes, each with its own rule.</remarks>
internal sealed class MessageRouter
{
    [ThreadStatic]
    private static List<Subscription>? _matches;

    private readonly BrokerMetrics _metrics;
    private readonly Action<ApplicationMessage, Exception> _onHandlerFailed;

    public MessageRouter(BrokerOptions options, BrokerMetrics metrics, Action<ApplicationMessage, Exception> onHandlerFailed)
    {
        _metrics = metrics;
        _onHandlerFailed = onHandlerFailed;
        Shared = new SharedSubscriptions(Subscriptions);
        Retained = new RetainedStore(options.MaxRetainedMessages, options.MaxRetainedBytes);
    }

    public SubscriptionTrie<Subscription> Subscriptions { get; } = new();

    public RetainedStore Retained { get; }

    public SharedSubscriptions Shared { get; }

    public bool HasSubscribers(ReadOnlySpan<byte> topic)
    {
        if (Subscriptions.Count == 0)
        {
            return false;
        }

        var matches = TakeMatches();
        Subscriptions.Match(topic, matches);
        var any = matches.Count > 0;
        GiveBack(matches);
        return any;
    }

    /// <summary>Adds a client's subscription, or puts it in the place of its older one of the same filter.</summary>
    public void Subscribe(Subscription subscription, Subscription? old)
    {
        switch (subscription.IsShared, old)
        {
            case (true, null):
                Shared.Add(subscription);
                break;
            case (true, _):
                Shared.Replace(old, subscription);
                break;
            case (false, null):
                Subscriptions.Add(subscription.Filter, subscription);
                break;
            default:
                Subscriptions.Replace(subscription.Filter, old, subscription);
                break;
        }
    }

    public void Unsubscribe(Subscription subscription)
    {
        if (subscription.IsShared)
        {
            Shared.Remove(subscription);
        }
        else
        {
            Subscriptions.Remove(subscription.Filter, subscription);
        }
    }

    /// <summary>Retains, as <paramref name="retention"/> says, and delivers. The caller finishes the pass, once for many messages.</summary>
    /// <returns>False: it should have been retained, and there was no room. With <see cref="Retention.OrRefuse"/> nobody got it either.</returns>
    public bool Publish(ApplicationMessage message, Session? from, RoutingPass pass, Retention retention)
    {
        var isRetained = !message.Retain || retention == Retention.None || Retained.TrySet(message, isLimited: retention != Retention.Always);
        if (!isRetained)
        {
            _metrics.Dropped(DropReason.RetainedFull);
            if (retention == Retention.OrRefuse)
            {
                return false;
            }
        }
        else if (message.Retain && retention is not (Retention.None or Retention.Always))
        {
            pass.Records?.Retained(message);
        }

        var matches = TakeMatches();
        Subscriptions.Match(message.TopicUtf8, matches);
        if (matches.Count > 1)
        {
            matches.Sort(static (a, b) => (a.Session?.Number ?? 0).CompareTo(b.Session?.Number ?? 0));
        }

        for (var i = 0; i < matches.Count;)
        {
            if (matches[i].Session is { } session)
            {
                i = DeliverTo(session, matches, i, message, from, pass);
            }
            else if (matches[i].Group is { } group)
            {
                _metrics.Delivered(group.Deal(message, pass));
                i++;
            }
            else
            {
                Handle(matches[i++].Handler!, message);
            }
        }

        GiveBack(matches);
        return isRetained;
    }

    private static List<Subscription> TakeMatches()
    {
        // Taken, not borrowed: a handler may publish, and must not find the list in use.
        var matches = _matches ?? new List<Subscription>(16);
        _matches = null;
        return matches;
    }

    private static void GiveBack(List<Subscription> matches)
    {
        matches.Clear();
        _matches = matches.Capacity <= 16 * 1024 ? matches : null;
    }

    /// <summary>One copy at the highest QoS with all identifiers, whatever number of the client's filters match (5.0 section 3.3.4).</summary>
    private int DeliverTo(
        Session session, List<Subscription> matches, int first, ApplicationMessage message, Session? from, RoutingPass pass)
    {
        var qos = -1;
        var retain = false;
        uint[]? identifiers = null;
        var i = first;
        for (; i < matches.Count && matches[i].Session == session; i++)
        {
            var subscription = matches[i];
            if (subscription.Options.NoLocal && session == from)
            {
                continue; // [MQTT-3.8.3-3]
            }

            qos = Math.Max(qos, (int)subscription.Options.QoS);
            retain |= message.Retain && subscription.Options.RetainAsPublished;
            if (subscription.Identifier != 0)
            {
                identifiers = identifiers is null ? [subscription.Identifier] : [.. identifiers, subscription.Identifier];
            }
        }

        if (qos >= 0)
        {
            var delivery = new Delivery(message, (QualityOfService)Math.Min(qos, (int)message.QoS), retain, identifiers);
            _metrics.Delivered(session.Deliver(delivery, pass));
        }

        return i;
    }

    /// <summary>Hands a message to a handler of the service, whose failure is its own.</summary>
    public void Handle(Action<ApplicationMessage> handler, ApplicationMessage message)
    {
        try
        {
            handler(message);
        }
#pragma warning disable CA1031 // A handler of the service must not close the connection of the client that happened to publish.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _onHandlerFailed(message, e);
        }
    }
}
