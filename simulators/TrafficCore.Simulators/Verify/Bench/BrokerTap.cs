using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;
using TrafficCore.Simulators.Cli;

namespace TrafficCore.Simulators.Verify;

/// <summary>Listens to what devices publish through a broker. Connections can't be seen from there, nor what was acknowledged.</summary>
internal static class BrokerTap
{
    /// <summary>Listens for a time.</summary>
    /// <param name="broker">The broker.</param>
    /// <param name="filter">Whose messages.</param>
    /// <param name="duration">How long.</param>
    /// <param name="record">Takes what is seen.</param>
    /// <param name="cancellation">Ends it before.</param>
    /// <exception cref="MqttConnectionException">The broker does not let it in, or the connection is lost.</exception>
    public static async Task ListenAsync(BrokerAddress broker, string filter, TimeSpan duration, BenchRecord record, CancellationToken cancellation)
    {
        await using var client = await MqttClient.ConnectAsync(broker.Options($"verify-device-{Environment.ProcessId}"), cancellation);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);

        // Flags as the device set them, and nothing that the broker had kept from before.
        await client.SubscribeAsync(
            new MqttSubscription(filter, QualityOfService.ExactlyOnce, RetainAsPublished: true, RetainHandling: RetainHandling.DoNotSend), cancellation);
        record.Add(static at => new StageBegun(at, BenchStage.Observing));
        over.CancelAfter(duration);
        try
        {
            await foreach (var message in client.Messages.ReadAllAsync(over.Token))
            {
                record.Add(at => new DevicePublished(at, 0, message.Topic, message.Payload, message.QoS, message.Retain, message.Duplicate, 0, true));
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            await client.DisconnectAsync(cancellation);
        }
    }
}
