using TrafficCore.Mqtt.Broker;
using TrafficCore.Mqtt.Wire;
using TrafficCore.TestKit.Mqtt;

namespace TrafficCore.Tests.Mqtt.Broker;

public sealed class RetainedFloodTests
{
    [Fact]
    public async Task Subscribe_AgainWhileTheQueueIsFull_SearchesAndQueuesNothing()
    {
        const int Retained = 50;
        const int Subscribes = 200;
        await using var piped = new PipedBroker(new ManualTime(), new BrokerOptions { QueueMessages = 10 });
        await piped.ConnectAsync(MqttVersion.V311);
        for (var i = 0; i < Retained; i++)
        {
            await piped.Broker.PublishAsync($"r/{i}", "x"u8.ToArray(), retain: true);
        }

        for (ushort id = 1; id <= Subscribes; id++)
        {
            MqttEncoder.Subscribe(piped.Input, MqttVersion.V311, id, ["#"u8.ToArray()], [default]);
        }

        await piped.Input.FlushAsync();

        // The first one gets all, past the bound; what the others would have got is not even looked for.
        Assert.Equal(Retained, piped.Broker.Statistics.MessagesSent);
        Assert.Equal(Subscribes - 1, piped.Broker.Metrics.DroppedCount(DropReason.QueueFull));
        Assert.False(piped.Running.IsCompleted);
    }
}
