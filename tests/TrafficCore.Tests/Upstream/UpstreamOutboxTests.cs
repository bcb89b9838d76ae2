using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using TrafficCore.Host.Upstream;
using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;
using TrafficCore.TestKit.Mqtt;
using TrafficCore.TestKit.Storage;

namespace TrafficCore.Tests.Upstream;

/// <summary>What the service retains at the broker, against a client that answers when the test says.</summary>
public sealed class UpstreamOutboxTests : IAsyncLifetime
{
    private readonly ManualTime time = new();
    private readonly AnsweringClient client = new();
    private readonly UpstreamOutbox outbox;
    private readonly CancellationTokenSource stop = new();
    private Task running = Task.CompletedTask;

    public UpstreamOutboxTests()
    {
        Assert.True(MqttAddress.TryParse("mqtt://b", out var address, out _));
        outbox = new UpstreamOutbox(client, new UpstreamPlan { Address = address, ClientId = "c" }, time, new UpstreamMetrics(new FreshMeters()), NullLogger.Instance);
    }

    public ValueTask InitializeAsync()
    {
        running = outbox.RunAsync(stop.Token);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running.WaitAsync(ScriptedPeer.Patience);
    }

    [Fact]
    public async Task Message_IsRetainedWithWhatIsLeftOfItsLife()
    {
        Put("a", "1", expires: 90);
        var (publication, answer) = await client.NextAsync();
        Assert.Equal(("a", "1", QualityOfService.AtLeastOnce, true, TimeSpan.FromSeconds(90)), (publication.Topic, Text(publication), publication.QoS, publication.Retain, publication.Properties!.Expiry!.Value));
        answer.SetResult(ReasonCode.Success);
        Put("b", "2");
        Assert.Null((await client.NextAsync()).Publication.Properties);
    }

    [Fact]
    public async Task Topic_ChangedWhileTheBrokerIsAway_TellsOnlyTheNewest()
    {
        Put("a", "1");
        var (_, first) = await client.NextAsync();
        Put("a", "2");
        Put("a", "3");
        first.SetResult(ReasonCode.Success);

        Assert.Equal("3", Text((await client.NextAsync()).Publication));
        Assert.True(client.IsQuiet);
    }

    [Fact]
    public async Task Session_Lost_EverythingIsSaidAgain()
    {
        Put("a", "1");
        Put("b", "2");
        await AnswerAsync(2);
        outbox.OnLink(new UpstreamLink(true, default) { SessionPresent = true });
        Put("c", "3");
        Assert.Equal(["c"], await AnswerAsync(1));
        outbox.OnLink(new UpstreamLink(false, default));
        outbox.OnLink(new UpstreamLink(true, default) { SessionPresent = false });

        Assert.Equal(["a", "b", "c"], (await AnswerAsync(3)).Order());
    }

    [Fact]
    public async Task Message_ThatHasExpired_IsNotSaidAgain()
    {
        Put("a", "1", expires: 10);
        Put("b", "2");
        await AnswerAsync(2);
        time.Advance(TimeSpan.FromSeconds(10));
        outbox.OnLink(new UpstreamLink(true, default));

        Assert.Equal(["b"], await AnswerAsync(1));
        Assert.True(client.IsQuiet);
    }

    [Fact]
    public async Task Message_ThatTheBrokerRefuses_IsNotRepeatedUntilThereIsANewOne()
    {
        Put("a", "1");
        (await client.NextAsync()).Answer.SetResult(ReasonCode.NotAuthorized);
        Put("b", "2");
        Assert.Equal(["b"], await AnswerAsync(1));
        Put("a", "3");
        Assert.Equal(["a"], await AnswerAsync(1));
    }

    private static string Text(MqttPublication publication) => Encoding.UTF8.GetString(publication.Payload.Span);

    private void Put(string topic, string payload, int? expires = null) =>
        outbox.Put(topic, Encoding.UTF8.GetBytes(payload), expires is { } seconds ? time.GetUtcNow().AddSeconds(seconds).ToUnixTimeMilliseconds() : null);

    private async Task<List<string>> AnswerAsync(int count)
    {
        var topics = new List<string>();
        while (topics.Count < count)
        {
            var (publication, answer) = await client.NextAsync();
            topics.Add(publication.Topic);
            answer.SetResult(ReasonCode.Success);
        }

        return topics;
    }

    private sealed class AnsweringClient : IUpstreamClient
    {
        private readonly Channel<(MqttPublication Publication, TaskCompletionSource<ReasonCode> Answer)> published =
            Channel.CreateUnbounded<(MqttPublication, TaskCompletionSource<ReasonCode>)>();

        public UpstreamLink Link { get; } = new(true, default);

        public int Unacknowledged => 0;

        public bool IsQuiet => published.Reader.Count == 0;

        public Task<(MqttPublication Publication, TaskCompletionSource<ReasonCode> Answer)> NextAsync() => published.Reader.ReadAsync().AsTask().WaitAsync(ScriptedPeer.Patience);

        public Task<ReasonCode> PublishAsync(MqttPublication publication, CancellationToken cancellation)
        {
            var answer = new TaskCompletionSource<ReasonCode>(TaskCreationOptions.RunContinuationsAsynchronously);
            published.Writer.TryWrite((publication, answer));
            return answer.Task.WaitAsync(cancellation);
        }

        public void Start(IUpstreamReceiver receiver)
        {
        }

        public void AcknowledgeThrough(long ticket)
        {
        }

        public Task UnsubscribeAsync(string filter, CancellationToken cancellation) => Task.CompletedTask;

        public Task StopAsync(CancellationToken limit) => Task.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
