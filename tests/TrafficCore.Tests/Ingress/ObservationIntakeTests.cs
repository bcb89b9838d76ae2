using TrafficCore.Mqtt.Broker;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Tests.Ingress;

public sealed class ObservationIntakeTests
{
    private const string W1 = "traffic/v1/a/environment/w-1";
    private const string P1 = "traffic/v1/a/parking/p-1";

    [Fact]
    public void Accept_FirstObservation_LearnsTheDeviceBeforeIt()
    {
        var door = new IngressHarness();
        Assert.Equal(
            ["Device #1 environment a/w-1 Learnt", $"Observations #1@{door.Now} [1250,-,-,-305]"],
            door.Take(W1, $$"""{"ts":{{door.Now}},"rain":12.5,"temperature":-3.05,"wind":4}"""));
        Assert.Equal(
            ["Device #2 parking a/p-1 Learnt", $"Observations #2@{door.Now} [120,57,-,-]"],
            door.Take(P1, $$"""{"ts":{{door.Now}},"capacity":120,"occupied":57}"""));
    }

    [Fact]
    public void Accept_OneIdInThreeKinds_IsThreeDevices()
    {
        var door = new IngressHarness();
        string[] records = [.. ((string[])["detector", "environment", "parking"]).SelectMany(kind => door.Take($"traffic/v1/a/{kind}/1", """{"volume":1,"rain":1,"occupied":1}"""))];
        Assert.Equal(["Device #1 detector a/1 Learnt", "Device #2 environment a/1 Learnt", "Device #3 parking a/1 Learnt"], records.Where(r => r.StartsWith("Device", StringComparison.Ordinal)));
    }

    [Fact]
    public void Accept_SeveralMessages_ShareARecordAndKeepTheOrderOfArrival()
    {
        var door = new IngressHarness();
        long t = door.Now;
        door.Take(W1, """{"rain":0}""");
        door.Take(P1, """{"occupied":0}""");
        door.Publish(W1, $$"""{"ts":{{t}},"rain":1}""");
        door.Publish(P1, $$"""{"ts":{{t}},"occupied":2}""", QualityOfService.ExactlyOnce);
        door.Publish("traffic/v1/a/detector/d", """{"volume":-1}""");
        door.Publish(W1, $$"""{"ts":{{t + 1}},"rain":3}""");
        Assert.Equal(
            [
                $"Observations #1@{t} [100,-,-,-] #2@{t} [-,2,-,-] | packet 4 gate",
                "Rejection #0 unknown -/- bad-volume {\"volume\":-1} | Topic traffic/v1/a/detector/d",
                $"Observations #1@{t + 1} [300,-,-,-]",
            ],
            door.Commit());
    }

    [Fact]
    public void Accept_Array_JudgesEachElement()
    {
        var door = new IngressHarness();
        long t = door.Now;
        string payload = $$"""[{"ts":{{t}},"capacity":9,"occupied":-1},{"occupied":3},{"ts":{{t}}},7,{"ts":1,"occupied":3},{"ts":0.5,"occupied":3},{"ts":{{t + 1}},"occupied":4}]""";
        Assert.Equal(PublishOutcome.Collected, door.Publish(P1, payload));
        Assert.Equal(
            [
                "Device #1 parking a/p-1 Learnt", $"Observations #1@{t} [9,-,-,-]",
                "Rejection #1 parking a/p-1 no-ts {\"occupied\":3}",
                $"Rejection #1 parking a/p-1 no-value {{\"ts\":{t}}}",
                "Rejection #1 parking a/p-1 bad-shape 7",
                "Rejection #1 parking a/p-1 too-old {\"ts\":1,\"occupied\":3}",
                "Rejection #1 parking a/p-1 bad-ts {\"ts\":0.5,\"occupied\":3}",
                $"Observations #1@{t + 1} [-,4,-,-]",
            ],
            door.Commit());
    }

    [Fact]
    public void Accept_NoTime_IsStampedWithTheReceiveTimeOnlyWhenAlone()
    {
        var door = new IngressHarness();
        door.Take(W1, """{"rain":0}""");
        Func<long> stamped = door.Meters.Count("trafficcore.ingress.clock.server");
        Assert.Equal([$"Observations #1@{door.Now} [100,-,-,-] ServerTime"], door.Take(W1, """[{"rain":1}]"""));
        Assert.Equal([$"Observations #1@{door.Now} [100,-,-,-] ServerTime", "Rejection #1 environment a/w-1 no-value {}"], door.Take(W1, """[{"rain":1},{}]"""));
        Assert.All(door.Take(W1, """[{"rain":1},{"rain":2}]"""), record => Assert.Contains("no-ts", record, StringComparison.Ordinal));
        Assert.Equal(2, stamped());
    }

    [Theory]
    [InlineData("{\"rain\":", "bad-json")]
    [InlineData("57", "bad-shape")]
    [InlineData("{}", "no-value")]
    [InlineData("[{\"rain\":\"much\"}]", "no-value")]
    [InlineData("{\"rain\":1,\"ts\":true}", "bad-ts")]
    public void Accept_NothingUsable_IsRejectedAndLearnsNothing(string payload, string reason)
    {
        var door = new IngressHarness();
        Assert.Equal(PublishOutcome.Rejected, door.Publish(W1, payload));
        Assert.Equal([$"Rejection #0 unknown -/- {reason} {payload.Trim('[', ']')} | Topic {W1}"], door.Commit());
        Assert.Equal(0, door.Registry.Count);
        Assert.Equal([$$"""{{W1}}/errors {"ts":{{door.Now}},"reason":"{{reason}}","count":1}"""], door.Notices);
    }

    [Fact]
    public void Accept_EmptyArray_LogsNothing()
    {
        var door = new IngressHarness();
        Assert.Equal(PublishOutcome.Collected, door.Publish(W1, "[]"));
        Assert.Empty(door.Commit());
    }

    [Fact]
    public void Accept_Bounds_AreOfTheReceiveTime()
    {
        var door = new IngressHarness();
        long week = 7 * 86_400_000L;
        door.Take(W1, """{"rain":0}""");
        Assert.StartsWith("Observations", Assert.Single(Send(door.Now - week)), StringComparison.Ordinal);
        Assert.Contains("too-old", Assert.Single(Send(door.Now - week - 1)), StringComparison.Ordinal);
        Assert.StartsWith("Observations", Assert.Single(Send(door.Now + 300_000)), StringComparison.Ordinal);
        Assert.Contains("too-far-ahead", Assert.Single(Send(door.Now + 300_001)), StringComparison.Ordinal);

        List<string> Send(long ts) => door.Take(W1, $$"""{"ts":{{ts}},"rain":1}""");
    }

    [Fact]
    public void Accept_WhileTheClockIsDistrusted_IsTakenUnjudged()
    {
        var door = new IngressHarness();
        for (int sensor = 0; sensor < 20; sensor++)
        {
            door.Take($"traffic/v1/a/environment/{sensor}", $$"""{"ts":{{door.Now + 3_600_000}},"rain":1}""");
        }

        Assert.True(door.Ingress.Guard.IsAlarmed);
        Assert.Equal(["Device #21 parking a/p-1 Learnt", "Observations #21@5 [-,1,-,-] Unjudged"], door.Take(P1, """{"ts":5,"occupied":1}"""));
        Assert.EndsWith("ServerTime, Unjudged", door.Take(P1, """{"occupied":1}""")[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Accept_ClosedNetwork_TakesOnlyWhatItNames()
    {
        var door = new IngressHarness(o => o.Open = false, Network.SampleNetwork.Json);
        string payload = $$"""{"ts":{{door.Now}},"rain":1,"occupied":2}""";
        Assert.Equal([$"Observations #6@{door.Now} [100,-,-,-]"], door.Take("traffic/v1/int-0001/environment/w-2", payload));
        Assert.Equal([$"Observations #7@{door.Now} [-,2,-,-]"], door.Take("traffic/v1/int-0001/parking/p-1", payload));
        Assert.Equal(PublishOutcome.Collected, door.Publish("traffic/v1/int-0001/environment/p-1", payload));
        Assert.Equal([$"Rejection #0 unknown -/- unknown-device {payload} | Topic traffic/v1/int-0001/environment/p-1"], door.Commit());
    }

    [Fact]
    public void Accept_MoreDevicesThanMayBeLearnt_AreRejected()
    {
        var door = new IngressHarness(o => o.MaxLearned = 1);
        Assert.Equal(2, door.Take(W1, """{"rain":1}""").Count);
        Assert.Contains("network-full", Assert.Single(door.Take(P1, """{"occupied":1}""")), StringComparison.Ordinal);
    }

    [Fact]
    public void Accept_NoRoomToLearn_JudgesLater()
    {
        var door = new IngressHarness();
        door.Log.Room = 0;
        Assert.Equal(PublishOutcome.Collected, door.Publish(W1, $$"""{"ts":{{door.Now}},"rain":1}"""));
        Assert.False(door.Session.TryCommit(1, door, out _));
        door.Log.Room = int.MaxValue;
        Assert.True(door.Session.TryCommit(1, door, out _));
        Assert.Equal(["Device #1 environment a/w-1 Learnt", $"Observations #1@{door.Now} [100,-,-,-]"], door.NewRecords());
    }

    [Fact]
    public void Accept_CountsWhatWasTakenAndWhatWasDropped()
    {
        var door = new IngressHarness();
        Func<long> taken = door.Meters.Count("trafficcore.ingress.observations");
        Func<long> dropped = door.Meters.Count("trafficcore.ingress.fields.dropped");
        door.Take(W1, """{"rain":-1,"visibility":"far","temperature":3}""");
        door.Take(P1, """[{"ts":1760000000000,"occupied":3},{"ts":1760000000001,"occupied":3,"capacity":1.5}]""");
        Assert.Equal((3, 3), (taken(), dropped()));
    }

    [Fact]
    public void Notices_OfKnownDevices_GoToTheirOwnTopic()
    {
        var door = new IngressHarness();
        door.Take(P1, """{"occupied":1}""");
        door.Take(P1, "{");
        Assert.Equal([$$"""{{P1}}/errors {"ts":{{door.Now}},"reason":"bad-json","count":1}"""], door.Notices);
    }
}
