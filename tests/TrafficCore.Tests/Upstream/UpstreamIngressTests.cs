using System.Text;
using TrafficCore.Host.Upstream;
using TrafficCore.Mqtt.Broker;
using TrafficCore.Mqtt.Wire;
using TrafficCore.TestKit;
using TrafficCore.Tests.Ingress;

namespace TrafficCore.Tests.Upstream;

/// <summary>From a delivery to its acknowledgement, over a log in memory whose commits the test makes.</summary>
public sealed class UpstreamIngressTests
{
    private const string D1 = "traffic/v1/a/detector/d1";

    private readonly IngressHarness door = new();
    private readonly List<long> acknowledged = [];
    private readonly List<string> routed = [];
    private readonly UpstreamIngress ingress;
    private readonly CommitMarks marks;
    private readonly Func<long> retainedIgnored;
    private long ticket;

    public UpstreamIngressTests()
    {
        marks = new CommitMarks(TimeProvider.System, acknowledged.Add);
        var metrics = new UpstreamMetrics(door.Meters);
        retainedIgnored = door.Meters.Observe("trafficcore.upstream.retained.ignored");
        var identity = new ClientIdentity("upstream", null, MqttVersion.V5, null);
        ingress = new UpstreamIngress(door.Ingress, identity, metrics, marks, static _ => { })
        {
            Routed = (topic, payload) => routed.Add($"{Encoding.UTF8.GetString(topic)} {Encoding.UTF8.GetString(payload)}"),
        };
        door.Take(D1, """{"volume":0}""");
    }

    [Fact]
    public async Task Message_IsAcknowledgedWhenItsRecordIsDurable()
    {
        Receive(D1, """{"volume":1}""");
        Receive(D1, """{"volume":2}""");
        await ingress.FlushAsync(default);
        var first = door.Log.End;
        Receive(D1, "nonsense");
        await ingress.FlushAsync(default);
        Assert.Empty(acknowledged);
        Assert.False(marks.WhenSettledAsync(default).IsCompleted);

        ingress.OnCommitted(first);
        Assert.Equal([2], acknowledged);
        ingress.OnCommitted(door.Log.End);
        Assert.Equal([2, 3], acknowledged);
        Assert.True(marks.WhenSettledAsync(default).IsCompleted);
        Assert.Collection(
            door.NewRecords(),
            r => Assert.Matches("^Readings .* v1 .* v2 ", r),
            r => Assert.StartsWith("Rejection", r, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Commit_FasterThanItsMark_IsNotLost()
    {
        Receive(D1, """{"volume":1}""");
        ingress.OnCommitted(long.MaxValue);
        Assert.Empty(acknowledged);
        await ingress.FlushAsync(default);

        Assert.Equal([1], acknowledged);
    }

    [Fact]
    public async Task Telemetry_KeptByTheBroker_IsCountedAndNotTakenIn()
    {
        Receive(D1, """{"volume":1}""", retain: true);
        Receive("traffic/v1/a/controller/c/events", "{}", retain: true);
        Receive("traffic/v1/a/board/b/status", "{\"state\":\"blank\"}", retain: true);
        await ingress.FlushAsync(default);
        ingress.OnCommitted(door.Log.End);

        Assert.Empty(door.NewRecords());
        Assert.Equal((2, 3), (retainedIgnored(), Assert.Single(acknowledged)));
        Assert.Equal(["traffic/v1/a/board/b/status {\"state\":\"blank\"}"], routed);
    }

    [Fact]
    public async Task Log_Full_HoldsTheBrokerBackAndLosesNothing()
    {
        door.Log.Room = 0;
        Receive(D1, """{"volume":1}""");
        var flushing = ingress.FlushAsync(default).AsTask();
        Assert.False(flushing.IsCompleted);
        Assert.Empty(door.NewRecords());

        door.Log.Room = int.MaxValue;
        await flushing.WaitAsync(TimeSpan.FromSeconds(20));
        ingress.OnCommitted(door.Log.End);
        Assert.Equal([1], acknowledged);
        Assert.Single(door.NewRecords());
    }

    [Fact]
    public async Task Log_FullWhenTheConnectionEnds_CommitsWithTheNextOne()
    {
        using var lost = new CancellationTokenSource();
        door.Log.Room = 0;
        Receive(D1, """{"volume":1}""");
        var flushing = ingress.FlushAsync(lost.Token).AsTask();
        await lost.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => flushing);

        door.Log.Room = int.MaxValue;
        Receive(D1, """{"volume":2}""");
        await ingress.FlushAsync(default);
        ingress.OnCommitted(door.Log.End);
        Assert.Equal([2], acknowledged);
        Assert.Matches(" v1 .* v2 ", string.Join(" ", door.NewRecords()));
    }

    [Fact]
    public async Task Closed_TakesNothingMoreAndAcknowledgesOnlyWhatItTook()
    {
        Receive(D1, """{"volume":1}""");
        ingress.Close();
        Receive(D1, """{"volume":2}""");
        await ingress.FlushAsync(default);
        ingress.OnCommitted(door.Log.End);

        Assert.Equal([1], acknowledged);
        Assert.Single(door.NewRecords());
    }

    [Fact]
    public async Task Message_AtMostOnce_IsTakenInAndNeedsNoAcknowledgement()
    {
        ingress.Receive(View(D1, """{"volume":1}""", QualityOfService.AtMostOnce, 0), 0);
        await ingress.FlushAsync(default);
        ingress.OnCommitted(door.Log.End);

        Assert.Empty(acknowledged);
        Assert.Single(door.NewRecords());
        Assert.Equal(TimeSpan.Zero, marks.Lag);
    }

    [Fact]
    public async Task Message_AtAQualityThatWasNotAskedFor_LeavesNoPacketIdInTheLog()
    {
        ingress.Receive(View(D1, """{"volume":1}""", QualityOfService.ExactlyOnce, 7), ++ticket);
        await ingress.FlushAsync(default);

        Assert.DoesNotContain("packet", Assert.Single(door.NewRecords()), StringComparison.Ordinal);
    }

    [Fact]
    public void Message_InSteadyState_AllocatesNothing()
    {
        byte[][] topics = [.. Enumerable.Range(0, 40).Select(i => Encoding.UTF8.GetBytes($"traffic/v1/a/detector/d{i}"))];
        var payload = Encoding.UTF8.GetBytes("""{"volume":12}""");
        acknowledged.EnsureCapacity(70_000);
        door.Log.KeepOnlyLast(64 * 1024);
        Run(2_000);
        Assert.Equal(0, Allocations.Least(() => Run(20_000)));
        Assert.Equal(62_000, acknowledged[^1]);

        void Run(int messages)
        {
            for (var i = 0; i < messages; i++)
            {
                ingress.Receive(PublishView.Create(topics[i % topics.Length], payload, QualityOfService.AtLeastOnce, false, 1), ++ticket);
                if (i % 10 == 9)
                {
                    Assert.True(ingress.FlushAsync(default).AsTask().IsCompletedSuccessfully);
                    ingress.OnCommitted(door.Log.End);
                }
            }
        }
    }

    private static PublishView View(string topic, string payload, QualityOfService qos, ushort id, bool retain = false) =>
        PublishView.Create(Encoding.UTF8.GetBytes(topic), Encoding.UTF8.GetBytes(payload), qos, retain, id);

    private void Receive(string topic, string payload, bool retain = false)
    {
        ticket++;
        ingress.Receive(View(topic, payload, QualityOfService.AtLeastOnce, (ushort)ticket, retain), ticket);
    }
}
