using TrafficCore.Mqtt.Broker;
using TrafficCore.Mqtt.Wire;
using TrafficCore.TestKit.Mqtt;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.Tests.Mqtt.Broker;

public sealed class RetainedFloodTests
{
    [Fact]
    public async Task Subscribe_AgainWhileTheQueueIsFull_SearchesAndQueuesNothing()
    {
        const int Retained = 50;
        const int Filters = 200;
        await using var piped = new PipedBroker(new ManualTime(), new BrokerOptions { QueueMessages = 10 });
        await piped.ConnectAsync(MqttVersion.V311);
        for (var i = 0; i < Retained; i++)
        {
            await piped.Broker.PublishAsync($"r/{i}", "x"u8.ToArray(), retain: true);
        }

        ReadOnlyMemory<byte>[] filters = [.. Enumerable.Repeat((ReadOnlyMemory<byte>)"#"u8.ToArray(), Filters)];
        MqttEncoder.Subscribe(piped.Input, MqttVersion.V311, 1, filters, new SubscribeOptions[Filters]);
        await piped.Input.FlushAsync();

        // The first one gets all, past the bound; what the others would have got is not even looked for. It is searched on a thread of the pool.
        await Eventually.ReachesAsync(
            () => Task.FromResult(piped.Broker.Statistics.MessagesSent is var sent and < Retained ? $"{sent} sent" : null), TimeSpan.FromSeconds(20));
        Assert.Equal(Retained, piped.Broker.Statistics.MessagesSent);
        Assert.Equal(Filters - 1, piped.Broker.Metrics.DroppedCount(DropReason.QueueFull));
        Assert.False(piped.Running.IsCompleted);
    }
}
