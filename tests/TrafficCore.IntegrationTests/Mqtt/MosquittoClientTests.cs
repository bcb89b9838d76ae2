using TrafficCore.TestKit;

namespace TrafficCore.IntegrationTests.Mqtt;

/// <summary>The clients of another implementation against our server: both versions, each QoS, retained messages, wills, persistent sessions.</summary>
public sealed class MosquittoClientTests
{
    private const string Topic = "traffic/v1/i1/detector/d1";

    private readonly string? _pub = RequiredTools.Find("mosquitto_pub");
    private readonly string? _sub = RequiredTools.Find("mosquitto_sub");

    [Theory]
    [InlineData("mqttv31", 1)]
    [InlineData("mqttv311", 0)]
    [InlineData("mqttv311", 1)]
    [InlineData("mqttv311", 2)]
    [InlineData("mqttv5", 0)]
    [InlineData("mqttv5", 1)]
    [InlineData("mqttv5", 2)]
    public async Task PublishAndSubscribe_EachQoS_Arrives(string version, int qos)
    {
        Assert.SkipWhen(_pub is null || _sub is null, "mosquitto-clients is not installed");
        await using var host = await BrokerHost.StartAsync(realTime: true);
        using var subscriber = ToolRun.Start(_sub!, Common(host, version, "sub", "-q", $"{qos}", "-t", "traffic/v1/#", "-C", "3", "-F", "%t|%q|%p"));
        await AcknowledgementTests.UntilAsync(() => host.Broker.Statistics.Subscriptions == 1, "subscribed");
        foreach (var payload in new[] { "one", "two", "three" })
        {
            await ToolRun.RunAsync(_pub!, Common(host, version, "pub", "-q", $"{qos}", "-t", Topic, "-m", payload));
        }

        Assert.Equal($"{Topic}|{qos}|one\n{Topic}|{qos}|two\n{Topic}|{qos}|three", await subscriber.FinishAsync());
        Assert.Equal(3, host.Log.Records.Count(r => !r.EndsWith("released", StringComparison.Ordinal) && !r.EndsWith("discarded", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("mqttv311")]
    [InlineData("mqttv5")]
    public async Task Retained_IsSeenByALaterSubscriber(string version)
    {
        Assert.SkipWhen(_pub is null || _sub is null, "mosquitto-clients is not installed");
        await using var host = await BrokerHost.StartAsync(realTime: true);
        await ToolRun.RunAsync(_pub!, Common(host, version, "pub", "-q", "1", "-r", "-t", "site/state", "-m", "online"));

        Assert.Equal("1|online", await ToolRun.RunAsync(_sub!, Common(host, version, "sub", "-q", "1", "-t", "site/+", "-C", "1", "-F", "%r|%p")));
    }

    [Theory]
    [InlineData("mqttv311")]
    [InlineData("mqttv5")]
    public async Task Will_OfAKilledClient_IsPublished(string version)
    {
        Assert.SkipWhen(_pub is null || _sub is null, "mosquitto-clients is not installed");
        await using var host = await BrokerHost.StartAsync(realTime: true);
        using var watcher = ToolRun.Start(_sub!, Common(host, version, "watch", "-t", "site/#", "-C", "1", "-F", "%t|%p"));
        await AcknowledgementTests.UntilAsync(() => host.Broker.Statistics.Subscriptions == 1, "watching");
        using var dying = ToolRun.Start(
            _sub!, Common(host, version, "dying", "-t", "x", "--will-topic", "site/state", "--will-payload", "offline", "--will-qos", "1"));
        await AcknowledgementTests.UntilAsync(() => host.Broker.Statistics.Subscriptions == 2, "alive");
        dying.Kill();

        Assert.Equal("site/state|offline", await watcher.FinishAsync());
    }

    [Theory]
    [InlineData("mqttv311", 1)]
    [InlineData("mqttv311", 2)]
    [InlineData("mqttv5", 2)]
    public async Task PersistentSession_GetsWhatWasPublishedMeanwhile(string version, int qos)
    {
        Assert.SkipWhen(_pub is null || _sub is null, "mosquitto-clients is not installed");
        await using var host = await BrokerHost.StartAsync(realTime: true);
        string[] persistent = version == "mqttv5" ? ["-c", "-x", "300"] : ["-c"];
        await ToolRun.RunAsync(_sub!, Common(host, version, "keeper", [.. persistent, "-q", $"{qos}", "-t", "news/#", "-E"]));
        Assert.Equal(1, host.Broker.Statistics.Subscriptions);
        foreach (var payload in new[] { "a", "b" })
        {
            await ToolRun.RunAsync(_pub!, Common(host, version, "pub", "-q", $"{qos}", "-t", "news/1", "-m", payload));
        }

        Assert.Equal("a\nb", await ToolRun.RunAsync(_sub!, Common(host, version, "keeper", [.. persistent, "-q", $"{qos}", "-t", "news/#", "-C", "2"])));
    }

    [Fact]
    public async Task Properties_OfAPublisher_ReachTheSubscriber()
    {
        Assert.SkipWhen(_pub is null || _sub is null, "mosquitto-clients is not installed");
        await using var host = await BrokerHost.StartAsync(realTime: true);
        using var subscriber = ToolRun.Start(_sub!, Common(host, "mqttv5", "sub", "-t", "p/#", "-C", "1", "-F", "%C|%R|%P|%p"));
        await AcknowledgementTests.UntilAsync(() => host.Broker.Statistics.Subscriptions == 1, "subscribed");
        await ToolRun.RunAsync(_pub!, Common(
            host, "mqttv5", "pub", "-t", "p/1", "-m", "x", "-D", "publish", "content-type", "text/plain", "-D", "publish", "response-topic", "back",
            "-D", "publish", "user-property", "k", "v"));

        Assert.Equal("text/plain|back|k:v|x", await subscriber.FinishAsync());
    }

    private static string[] Common(BrokerHost host, string version, string id, params string[] more) =>
        ["-h", "127.0.0.1", "-p", $"{host.Port}", "-V", version, "-i", id, .. more];
}
