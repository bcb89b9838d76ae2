using TrafficCore.Log;

namespace TrafficCore.Mqtt.Broker;

/// <summary>What is left to do when a session ends without a connection of its own.</summary>
internal static class SessionCleanup
{
    /// <summary>Takes its subscriptions out, deals what a group gave it to the group's other members, and lets the journal forget it.</summary>
    public static void Forget(BrokerRuntime runtime, Session session)
    {
        foreach (var subscription in session.Subscriptions?.Values ?? Enumerable.Empty<Subscription>())
        {
            runtime.Router.Unsubscribe(subscription);
        }

        session.ReceivedIds?.End();
        var pass = runtime.NewPass();
        foreach (var delivery in session.Outbox?.End() ?? [])
        {
            if (!delivery.Message!.IsExpired(runtime.NowMs))
            {
                runtime.Metrics.Delivered(delivery.Shared!.Deal(delivery.Message, pass));
            }
        }

        if (session.IsDurable)
        {
            pass.Records?.SessionEnded(session.Number);
        }

        runtime.Finish(pass);
    }

    /// <summary>Ends an expired session: subscriptions, and the QoS 2 ids that the log still holds for it.</summary>
    public static async Task EndExpiredAsync(BrokerRuntime runtime, Session session)
    {
        Forget(runtime, session);
        if (!session.HasRecordedIds)
        {
            return;
        }

        var publishSession = runtime.Ingress.OpenSession(new ClientIdentity(session.ClientId, null, Wire.MqttVersion.V5, null));
        publishSession.Discard();
        while (!publishSession.TryCommit(0, NoWaiter.Instance, out _))
        {
            await publishSession.WaitForRoomAsync(runtime.Stopping.Token);
        }
    }
}

/// <summary>For records that nobody waits for.</summary>
internal sealed class NoWaiter : ICommitWaiter
{
    public static NoWaiter Instance { get; } = new();

    public void OnCommitted(long durableEnd)
    {
    }
}
