namespace TrafficCore.Mqtt.Broker;

/// <summary>Publishes wills: a will is a message of its client, so the service takes it in like any other.</summary>
internal static class WillPublisher
{
    /// <summary>Publishes a will; the journal forgets the one of this number afterwards, so that a crash between the two publishes it again.</summary>
    public static async Task PublishAsync(BrokerRuntime runtime, Will will, ClientIdentity client, long number)
    {
        if (runtime.Access.MayPublish(client, will.Topic))
        {
            await PublishAsync(runtime, will, client);
        }
        else
        {
            runtime.Metrics.Dropped(DropReason.Denied); // allowed at its CONNECT, and not any more
        }

        if (number != 0)
        {
            var pass = runtime.NewPass();
            pass.Records?.WillOver(number);
            runtime.Finish(pass);
        }
    }

    private static async Task PublishAsync(BrokerRuntime runtime, Will will, ClientIdentity client)
    {
        try
        {
            var session = runtime.Ingress.OpenSession(client);
            var outcome = session.Accept(will.AsPublish());
            if (outcome != PublishOutcome.Rejected)
            {
                // Nobody is there any more who could be told of a refusal.
                var retention = outcome == PublishOutcome.NotIngested ? Retention.IfRoom : Retention.None;
                var pass = runtime.NewPass();
                runtime.Router.Publish(will.AsMessage(runtime.NowMs), null, pass, retention);
                runtime.Finish(pass);
            }

            while (outcome != PublishOutcome.NotIngested && !session.TryCommit(0, NoWaiter.Instance, out _))
            {
                await session.WaitForRoomAsync(runtime.Stopping.Token);
            }
        }
#pragma warning disable CA1031 // One client's will must not end the monitor or the connection that takes over.
        catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
        {
            BrokerLog.WillFailed(runtime.Logger, client.ClientId, e);
        }
    }
}
