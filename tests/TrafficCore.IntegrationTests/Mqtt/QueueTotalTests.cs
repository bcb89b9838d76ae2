using TrafficCore.Mqtt.Broker;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.IntegrationTests.Mqtt;

/// <summary>Sessions that hoard what they never read leave the others their share, before and after a restart.</summary>
public sealed class QueueTotalTests
{
    private const int Payload = 10_000;
    private const int Share = 32 * 1024;
    private static readonly SubscribeOptions AtLeastOnce = new(QualityOfService.AtLeastOnce);
    private static readonly byte[] AnHour = [0x11, 0, 0, 0x0E, 0x10];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Queues_HoardedFullTogether_StillTakeTheOthersMessagesAlsoAfterARestart(bool isRestarted)
    {
        await using var broker = await JournaledBroker.StartAsync(o => (o.MaxSessions, o.QueueBytesTotal) = (16, 2 * 16 * Share));
        foreach (var name in (string[])["hoarder-1", "hoarder-2"])
        {
            await KeepAsync(broker, name, "hoard/#");
        }

        await KeepAsync(broker, "small", "small/#");
        for (var i = 0; i < 100; i++)
        {
            await broker.Host.Broker.PublishAsync("hoard/x", new byte[Payload], QualityOfService.AtLeastOnce);
        }

        var dropped = Dropped(broker);
        Assert.InRange(200 - dropped, 40, 2 * 16 * Share / Payload);
        if (isRestarted)
        {
            await broker.RestartAsync();
            await broker.Host.Broker.PublishAsync("hoard/x", new byte[Payload], QualityOfService.AtLeastOnce);
            Assert.Equal(2, Dropped(broker)); // what was recovered counts
        }

        dropped = Dropped(broker);
        for (var i = 0; i < 20; i++)
        {
            await broker.Host.Broker.PublishAsync("small/x", new[] { (byte)('a' + i) }, QualityOfService.AtLeastOnce);
        }

        Assert.Equal(dropped, Dropped(broker));
        using var small = await ReturnAsync(broker, "small");
        for (var i = 0; i < 20; i++)
        {
            Assert.StartsWith("PUBLISH small/x", await small.ReadAsync(), StringComparison.Ordinal);
        }

        // A hoarder whose session ends gives all it kept back.
        using var gone = await RawClient.ConnectAsync(broker.Port, "hoarder-1", MqttVersion.V5);
        await broker.Host.Broker.PublishAsync("hoard/x", new byte[Payload], QualityOfService.AtLeastOnce);
        Assert.Equal(dropped, Dropped(broker));
    }

    [Fact]
    public async Task Retained_MoreThanThereIsRoomFor_AreRefusedWholeAndCounted()
    {
        await using var host = await BrokerHost.StartAsync(configure: o => (o.MaxSessions, o.QueueBytesTotal) = (1, 100_000));
        for (var i = 0; i < 20; i++)
        {
            await host.Broker.PublishAsync($"r/{i}", new byte[Payload], retain: true);
        }

        using var client = await RawClient.ConnectAsync(host.Port, "c", MqttVersion.V5);
        await client.SubscribeAsync("r/+");
        Assert.Empty(await client.ReadUntilPongAsync());
        Assert.Equal(20, host.Broker.Metrics.DroppedCount(DropReason.AllQueuesFull));
        await client.SubscribeAsync("r/1");
        Assert.Single(await client.ReadUntilPongAsync());
    }

    private static long Dropped(JournaledBroker broker) => broker.Host.Broker.Metrics.DroppedCount(DropReason.AllQueuesFull);

    private static async Task KeepAsync(JournaledBroker broker, string name, string filter)
    {
        using (var client = await RawClient.ConnectAsync(broker.Port, name, MqttVersion.V5, clean: false, properties: AnHour))
        {
            await client.SubscribeAsync(filter, AtLeastOnce);
        }

        await AcknowledgementTests.UntilAsync(() => broker.Host.Broker.Statistics.Connections == 0, "away");
    }

    private static Task<RawClient> ReturnAsync(JournaledBroker broker, string name) =>
        RawClient.ConnectAsync(broker.Port, name, MqttVersion.V5, clean: false, properties: AnHour, expectPresent: true);
}
