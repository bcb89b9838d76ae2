using System.Collections.Concurrent;
using System.Text;
using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;
using TrafficCore.TestKit.Mqtt;

namespace TrafficCore.IntegrationTests.Client;

/// <summary>The client against mosquitto, which shares no code with it.</summary>
public sealed class MqttClientTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private MosquittoServer? server;

    public static TheoryData<MqttVersion> Versions => new(MqttVersion.V311, MqttVersion.V5);

    public async ValueTask InitializeAsync() => server = await MosquittoServer.TryStartAsync();

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Publish_BothQualities_ReachTheSubscriberInOrder(MqttVersion version)
    {
        await using var subscriber = await ConnectAsync(version, "sub");
        await using var publisher = await ConnectAsync(version, "pub");
        Assert.Equal(QualityOfService.AtLeastOnce, await subscriber.SubscribeAsync("a/+/c"));

        Assert.Equal(ReasonCode.Success, await publisher.PublishAsync(Publication("a/b/c", "one")));
        await publisher.PublishAsync(Publication("a/b/c", "two", QualityOfService.AtMostOnce));
        Assert.False((await publisher.PublishAsync(Publication("a/b/c", ""))).IsError());

        Assert.Equal("one", Text(await NextAsync(subscriber)));
        Assert.Equal("two", Text(await NextAsync(subscriber)));
        var last = await NextAsync(subscriber);
        Assert.Equal(("a/b/c", 0, QualityOfService.AtLeastOnce), (last.Topic, last.Payload.Length, last.QoS));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Enqueue_ManyMoreThanTheWindow_AllAcknowledgedOnce(MqttVersion version)
    {
        const int Count = 5000;
        var acknowledged = new ConcurrentBag<long>();
        await using var publisher = await ConnectAsync(version, "pub", o => o with { Window = 20, OnAcknowledged = a => acknowledged.Add(a.Tag) });

        for (var i = 0; i < Count; i++)
        {
            await publisher.EnqueueAsync(Publication("t", "x") with { Tag = i });
            Assert.InRange(publisher.InFlight, 0, 20);
        }

        await publisher.DrainAsync().WaitAsync(Limit);
        Assert.Equal(Enumerable.Range(0, Count).Select(static i => (long)i), acknowledged.Order());
        await publisher.DisconnectAsync();
        Assert.Null(await publisher.Completion);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Retained_LaterSubscriber_GetsItMarked(MqttVersion version)
    {
        await using var publisher = await ConnectAsync(version, "pub");
        await publisher.PublishAsync(Publication("kept", "value") with { Retain = true });
        await using var subscriber = await ConnectAsync(version, "sub");
        await subscriber.SubscribeAsync("kept");

        var message = await NextAsync(subscriber);
        Assert.True(message.Retain);
        Assert.Equal("value", Text(message));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Will_DroppedConnection_IsPublished(MqttVersion version)
    {
        await using var subscriber = await ConnectAsync(version, "sub");
        await subscriber.SubscribeAsync("state/#");
        var polite = await ConnectAsync(version, "polite", o => o with { Will = Publication("state/polite", "offline") });
        var rude = await ConnectAsync(version, "rude", o => o with { Will = Publication("state/rude", "offline") });

        await polite.DisconnectAsync();
        await polite.DisposeAsync();
        await rude.DisposeAsync();

        Assert.Equal("state/rude", (await NextAsync(subscriber)).Topic);
    }

    [Fact]
    public async Task Unsubscribe_Filter_DeliversNoMore()
    {
        await using var client = await ConnectAsync(MqttVersion.V5, "c");
        await client.SubscribeAsync("a");
        await client.SubscribeAsync("b");
        await client.UnsubscribeAsync("a");

        await client.PublishAsync(Publication("a", "1"));
        await client.PublishAsync(Publication("b", "2"));

        Assert.Equal("b", (await NextAsync(client)).Topic);
    }

    [Fact]
    public async Task Connection_BrokerKilled_NamesWhatWasNotAcknowledged()
    {
        await using var client = await ConnectAsync(MqttVersion.V5, "c", o => o with { Window = 1000 });
        await client.PublishAsync(Publication("t", "first"));
        await server!.KillAsync();

        var lost = await Assert.ThrowsAsync<MqttConnectionException>(async () =>
        {
            // The kernel takes some before it tells that nobody is there.
            for (var i = 0; ; i++)
            {
                await client.EnqueueAsync(Publication("t", "x") with { Tag = i }).AsTask().WaitAsync(Limit);
            }
        });

        Assert.Equal(lost.Unacknowledged.Select(static (_, i) => (long)i), lost.Unacknowledged.Select(static p => p.Tag));
        Assert.NotNull(await client.Completion.WaitAsync(Limit));
        await Assert.ThrowsAsync<MqttConnectionException>(() => client.PublishAsync(Publication("t", "y")));
        await Assert.ThrowsAsync<MqttConnectionException>(() => client.SubscribeAsync("t"));
        await client.DisconnectAsync();
    }

    [Fact]
    public async Task Connect_NobodyListens_SaysWhere()
    {
        var port = (server ?? throw SkipException()).Port;
        await server.KillAsync();

        var failed = await Assert.ThrowsAsync<MqttConnectionException>(() => ConnectAsync(MqttVersion.V5, "c"));
        Assert.Contains($"127.0.0.1:{port}", failed.Message, StringComparison.Ordinal);
        Assert.Empty(failed.Unacknowledged);
    }

    [Fact]
    public async Task KeepAlive_IdleConnection_StaysAlive()
    {
        await using var client = await ConnectAsync(MqttVersion.V5, "c", static o => o with { KeepAlive = TimeSpan.FromSeconds(3) });

        // mosquitto drops a client after 1.5 times its keep-alive. The client gives a ping half of it: on a machine that is busy a second is not enough.
        await Assert.ThrowsAsync<TimeoutException>(() => client.Completion.WaitAsync(TimeSpan.FromSeconds(6)));
        Assert.Equal(ReasonCode.NoMatchingSubscribers, await client.PublishAsync(Publication("t", "still here")));
    }

    [Theory]
    [InlineData("a/+")]
    [InlineData("a/#")]
    [InlineData("")]
    public async Task Publish_BadTopic_IsTheCallersMistake(string topic)
    {
        await using var client = await ConnectAsync(MqttVersion.V5, "c");
        await Assert.ThrowsAsync<ArgumentException>(() => client.PublishAsync(Publication(topic, "x")));
    }

    private static MqttPublication Publication(string topic, string text, QualityOfService qos = QualityOfService.AtLeastOnce) =>
        new(topic, Encoding.UTF8.GetBytes(text), qos);

    private static string Text(MqttMessage message) => Encoding.UTF8.GetString(message.Payload.Span);

    private static async Task<MqttMessage> NextAsync(MqttClient client) => await client.Messages.ReadAsync().AsTask().WaitAsync(Limit);

    private static Exception SkipException()
    {
        Assert.Skip("mosquitto is not installed");
        return new InvalidOperationException();
    }

    private async Task<MqttClient> ConnectAsync(MqttVersion version, string id, Func<MqttClientOptions, MqttClientOptions>? change = null)
    {
        var port = (server ?? throw SkipException()).Port;
        var options = new MqttClientOptions { Host = "127.0.0.1", Port = port, ClientId = id, Version = version };
        return await MqttClient.ConnectAsync(change?.Invoke(options) ?? options).WaitAsync(Limit);
    }
}
