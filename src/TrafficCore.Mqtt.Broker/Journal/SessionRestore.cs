using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

/// <summary>Brings back to life what the journal holds, before the first connection.</summary>
internal static class SessionRestore
{
    public static void Run(BrokerRuntime runtime, SessionJournal journal)
    {
        var image = journal.Image;
        var sessions = new List<(StoredSession Stored, Session Session)>();
        foreach (var stored in image.Sessions.Values)
        {
            var session = new Session(stored.ClientId, stored.Number, isDurable: true) { ExpiryMs = stored.ExpirySeconds * 1000L };
            RestoreSubscriptions(runtime, stored, session);
            sessions.Add((stored, session));
            runtime.Sessions.Restore(session, stored.Account, ExpiresAtMs(runtime, journal, stored));
        }

        // Groups are whole only now.
        foreach (var (stored, session) in sessions)
        {
            RestoreQueue(runtime, journal, stored, session);
        }

        runtime.Sessions.ContinueAfter(image.LastSession);
        foreach (var message in image.Retained.Values.Where(r => !r.IsExpired(journal.UtcNowMs)))
        {
            runtime.Router.Retained.TrySet(ToMessage(runtime, journal, message));
        }
    }

    /// <summary>
    /// Wills of clients whose connection the last life of the service took with it. One with a delay waits for it anew with its session; the others are given
    /// back, to be published before anybody connects: "offline" must not follow the "online" of a client that is back.
    /// </summary>
    public static IReadOnlyList<PendingWill> Wills(BrokerRuntime runtime, SessionJournal journal)
    {
        var due = new List<PendingWill>();
        foreach (var stored in journal.Image.Wills.Values.OrderBy(w => w.Number))
        {
            var client = new ClientIdentity(stored.ClientId, stored.UserName, MqttVersion.V5, null);
            var will = new PendingWill(stored.Will, client, runtime.NowMs + (stored.Will.DelaySeconds * 1000L), stored.Number);
            if (stored.Will.DelaySeconds == 0 || !runtime.Sessions.TryRestore(will))
            {
                due.Add(will);
            }
        }

        return due;
    }

    /// <summary>Downtime counts for a session that was without a connection; one that had one when the service ended begins to wait now.</summary>
    private static long ExpiresAtMs(BrokerRuntime runtime, SessionJournal journal, StoredSession stored)
    {
        var since = stored.IsOnline || stored.OfflineUtcMs == 0 ? journal.UtcNowMs : stored.OfflineUtcMs;
        return runtime.NowMs + since + (stored.ExpirySeconds * 1000L) - journal.UtcNowMs;
    }

    private static void RestoreSubscriptions(BrokerRuntime runtime, StoredSession stored, Session session)
    {
        foreach (var (filter, (options, identifier)) in stored.Subscriptions)
        {
            session.OutboxOrNew(runtime.Options, runtime.QueueRoom);
            var subscription = new Subscription { Session = session, Account = stored.Account, Filter = filter, Options = options, Identifier = identifier };
            session.TryTakeRoomFor(filter, int.MaxValue);
            session.SubscriptionsOrNew()[filter] = subscription;
            runtime.Router.Subscribe(subscription, null);
        }
    }

    private static void RestoreQueue(BrokerRuntime runtime, SessionJournal journal, StoredSession stored, Session session)
    {
        // What may have been sent comes before what was not: that is the order it was queued in, too.
        foreach (var (message, delivery) in stored.Queue.Values.OrderBy(e => e.Delivery.Number))
        {
            if (message.IsExpired(journal.UtcNowMs) && !delivery.Received)
            {
                continue;
            }

            var shared = delivery.SharedFilter is { } filter ? runtime.Router.Shared.Find(stored.Account, filter) : null;
            session.OutboxOrNew(runtime.Options, runtime.QueueRoom).Restore(
                new Delivery(
                    ToMessage(runtime, journal, message), delivery.QoS, delivery.Retain, delivery.Identifiers, delivery.PacketId, Shared: shared,
                    Number: delivery.Number),
                delivery.MaySent, delivery.Received, stored.LastDelivery);
        }
    }

    private static ApplicationMessage ToMessage(BrokerRuntime runtime, SessionJournal journal, StoredMessage message) => new(
        message.Topic, message.Payload, message.Properties, message.QoS, message.Retain,
        message.ExpiresUtcMs == long.MaxValue ? ApplicationMessage.NeverExpires : runtime.NowMs + message.ExpiresUtcMs - journal.UtcNowMs);
}
