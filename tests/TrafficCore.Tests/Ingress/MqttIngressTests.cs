using TrafficCore.Mqtt.Broker;
using TrafficCore.Mqtt.Wire;
using TrafficCore.TestKit.Ingest;

namespace TrafficCore.Tests.Ingress;

public sealed class MqttIngressTests
{
    private const string D1 = "traffic/v1/a/detector/d1";

    [Fact]
    public void Accept_FirstReading_LearnsTheDeviceBeforeIt()
    {
        var door = new IngressHarness();
        Assert.Equal(PublishOutcome.Collected, door.Publish(D1, $$"""{"ts":{{door.Now}},"interval":60000,"volume":3,"occupancy":1.5,"classes":{"car":3} }"""));
        Assert.Equal(
            ["Device #1 detector a/d1 Learnt", $"Readings #1@{door.Now}+60000 v3 o1500 HasClasses | 0:car=3"], door.Commit());
    }

    [Fact]
    public void Accept_SeveralMessages_ShareOneRecordPerRead()
    {
        var door = new IngressHarness();
        door.Take(D1, """{"volume":0}""");
        door.Take("traffic/v1/a/detector/d2", """{"volume":0}""");
        for (int i = 0; i < 3; i++)
        {
            door.Publish(i == 1 ? "traffic/v1/a/detector/d2" : D1, $$"""{"ts":{{door.Now + i}},"volume":{{i}}}""");
        }

        Assert.Equal([$"Readings #1@{door.Now}+0 v0 #2@{door.Now + 1}+0 v1 #1@{door.Now + 2}+0 v2"], door.Commit());
        Assert.Empty(door.Commit());
    }

    [Fact]
    public void Accept_ReadingsEventsRejections_KeepTheOrderOfArrival()
    {
        var door = new IngressHarness();
        door.Take(D1, """{"volume":0}""");
        door.Take("traffic/v1/a/controller/c/events", $$"""{"events":[[{{door.Now}},1,2]]}""");
        door.Publish(D1, $$"""{"ts":{{door.Now}},"volume":1}""");
        door.Publish("traffic/v1/a/controller/c/events", $$"""{"seq":4,"events":[[{{door.Now}},1,2]]}""");
        door.Publish(D1, "{");
        door.Publish(D1, $$"""{"ts":{{door.Now + 1}},"volume":2}""");
        Assert.Equal(
            [
                $"Readings #1@{door.Now}+0 v1", $"Events #2 seq=4 [{door.Now},1,2]", "Rejection #1 detector a/d1 bad-json {",
                $"Readings #1@{door.Now + 1}+0 v2",
            ],
            door.Commit());
    }

    [Theory]
    [InlineData("home/lamp", PublishOutcome.NotIngested)]
    [InlineData("traffic/v2/a/detector/d", PublishOutcome.NotIngested)]
    [InlineData("traffic/v1/a/detector/d/state", PublishOutcome.NotIngested)]
    [InlineData("traffic/v1/a/board/b/state", PublishOutcome.NotIngested)]
    [InlineData("traffic/v1/a/detector/d/errors", PublishOutcome.NotIngested)]
    [InlineData("traffic/v1/a/environment/w/errors", PublishOutcome.NotIngested)]
    [InlineData("traffic/v1/a/parking/p/state", PublishOutcome.NotIngested)]
    [InlineData("traffic/v1/a/board/b/message", PublishOutcome.NotIngested)]
    [InlineData("traffic/v1/a/board/b/status", PublishOutcome.NotIngested)]
    [InlineData("traffic/v1/a/controller/c/plan", PublishOutcome.NotIngested)]
    [InlineData("traffic/v1/a/controller/c/plan/status", PublishOutcome.NotIngested)]
    public void Accept_TopicThatIsOnlyRouted_LogsNothing(string topic, PublishOutcome outcome)
    {
        var door = new IngressHarness();
        Assert.Equal(outcome, door.Publish(topic, "{}"));
        Assert.Empty(door.Commit());
    }

    [Theory]
    [InlineData("traffic/v1/")]
    [InlineData("traffic/v1/a")]
    [InlineData("traffic/v1/a/detector")]
    [InlineData("traffic/v1/a/camera/1")]
    [InlineData("traffic/v1/a/detector/d 1")]
    [InlineData("traffic/v1//detector/d1")]
    [InlineData("traffic/v1/a/detector/d1/")]
    [InlineData("traffic/v1/a/detector/d1/events")]
    [InlineData("traffic/v1/a/controller/c")]
    [InlineData("traffic/v1/a/controller/c/plan/status/x/y/z")]
    [InlineData("traffic/v1/a/environment")]
    [InlineData("traffic/v1/a/parking/p1/events")]
    [InlineData("traffic/v1/a/unknown/-")]
    public void Accept_UnknownTopicUnderTheRoot_IsRejectedForNobody(string topic)
    {
        var door = new IngressHarness();
        Assert.Equal(PublishOutcome.Collected, door.Publish(topic, "x"));
        Assert.Equal([$"Rejection #0 unknown -/- unknown-topic x | Topic {topic}"], door.Commit());
    }

    [Fact]
    public void Accept_Unparsable_IsRejectedAsOne()
    {
        var door = new IngressHarness();
        Assert.Equal(PublishOutcome.Rejected, door.Publish(D1, "{\"volume\":"));
        Assert.Equal(PublishOutcome.Rejected, door.Publish("traffic/v1/a/detectors", ""));
        Assert.Equal(PublishOutcome.Rejected, door.Publish("traffic/v1/a/controller/c/events", "[]"));
        Assert.Equal(PublishOutcome.Rejected, door.Publish(D1, """{"volume":-1}"""));
        Assert.Equal(
            [
                "Rejection #0 unknown -/- bad-json {\"volume\": | Topic traffic/v1/a/detector/d1",
                "Rejection #0 unknown -/- bad-json  | Topic traffic/v1/a/detectors",
                "Rejection #0 unknown -/- bad-shape [] | Topic traffic/v1/a/controller/c/events",
                "Rejection #0 unknown -/- bad-volume {\"volume\":-1} | Topic traffic/v1/a/detector/d1",
            ],
            door.Commit());
    }

    [Fact]
    public void Accept_ManyDetectors_JudgesEachElement()
    {
        var door = new IngressHarness();
        long t = door.Now;
        door.Publish("traffic/v1/a/detectors", $$"""[{"detector":"d1","ts":{{t}},"volume":1},{"detector":"d2","volume":2},{"detector":"?","volume":2},{"detector":"d1","ts":1,"volume":1},{"detector":"d1","ts":{{t}}},7]""");
        Assert.Equal(
            [
                "Device #1 detector a/d1 Learnt", "Device #2 detector a/d2 Learnt", $"Readings #1@{t}+0 v1 #2@{t}+0 v2 ServerTime",
                "Rejection #0 detectors a/- bad-detector {\"detector\":\"?\",\"volume\":2}",
                "Rejection #1 detector a/d1 too-old {\"detector\":\"d1\",\"ts\":1,\"volume\":1}",
                $"Rejection #1 detector a/d1 bad-volume {{\"detector\":\"d1\",\"ts\":{t}}}",
                "Rejection #0 detectors a/- bad-shape 7",
            ],
            door.Commit());
    }

    [Fact]
    public void Accept_EmptyArray_LogsNothing()
    {
        var door = new IngressHarness();
        Assert.Equal(PublishOutcome.Collected, door.Publish(D1, "[]"));
        Assert.Empty(door.Commit());
    }

    [Fact]
    public void Accept_NoTime_IsStampedOnlyWhenAlone()
    {
        var door = new IngressHarness();
        long t = door.Now;
        door.Take(D1, """{"volume":0}""");
        Assert.Equal([$"Readings #1@{t - 60_000}+60000 v1 ServerTime"], door.Take(D1, """[{"interval":60000,"volume":1}]"""));
        Assert.Equal(
            ["Rejection #1 detector a/d1 no-ts {\"volume\":1}", $"Readings #1@{t}+0 v2"], door.Take(D1, $$"""[{"volume":1},{"ts":{{t}},"volume":2}]"""));
        Assert.Equal(
            [$"Readings #1@{t}+0 v1 ServerTime", "Device #2 detector a/d2 Learnt"],
            door.Take("traffic/v1/a/detectors", """[{"detector":"d1","volume":1},{"detector":"d2","volume":1},{"detector":"d2","volume":1}]""").Where(r => !r.Contains("no-ts")).Order().Reverse());
    }

    [Fact]
    public void Accept_Bounds_AreOfTheReceiveTime()
    {
        var door = new IngressHarness();
        long day = 86_400_000;
        door.Take(D1, """{"volume":0}""");
        string Reading(long ts) => $$"""{"ts":{{ts}},"volume":1}""";
        long t = door.Now;
        Assert.StartsWith("Readings", Assert.Single(door.Take(D1, Reading(t - (7 * day)))));
        Assert.Contains("too-old", Assert.Single(door.Take(D1, Reading(t - (7 * day) - 1))));
        Assert.StartsWith("Readings", Assert.Single(door.Take(D1, Reading(t + 300_000))));
        Assert.Contains("too-far-ahead", Assert.Single(door.Take(D1, Reading(t + 300_001))));

        var unlimited = new IngressHarness(o => o.MaxAge = null);
        Assert.StartsWith("Readings", unlimited.Take(D1, Reading(0))[^1]);
    }

    [Fact]
    public void Accept_IntervalLongerThanEveryWindow_IsRejected()
    {
        var door = new IngressHarness();
        door.Take(D1, """{"volume":0}""");
        Assert.Contains("interval-too-long", Assert.Single(door.Take(D1, $$"""{"ts":{{door.Now}},"interval":900001,"volume":1}""")));
        Assert.StartsWith("Readings", Assert.Single(door.Take(D1, $$"""{"ts":{{door.Now}},"interval":900000,"volume":1}""")));
    }

    [Fact]
    public void Accept_NamedDetector_HasItsDefaultInterval()
    {
        var door = new IngressHarness(o => o.Open = false, Network.SampleNetwork.Json);
        Assert.Equal([$"Readings #1@{door.Now}+60000 v1"], door.Take("traffic/v1/int-0001/detector/d-01", $$"""{"ts":{{door.Now}},"volume":1}"""));
        Assert.Equal([$"Readings #1@{door.Now}+20000 v1"], door.Take("traffic/v1/int-0001/detector/d-01", $$"""{"ts":{{door.Now}},"interval":20000,"volume":1}"""));
    }

    [Fact]
    public void Accept_UnknownDeviceOfAClosedNetwork_IsRejectedForNobody()
    {
        var door = new IngressHarness(o => o.Open = false, Network.SampleNetwork.Json);
        string payload = $$"""{"ts":{{door.Now}},"volume":1}""";
        Assert.Equal(PublishOutcome.Collected, door.Publish(D1, payload));
        Assert.Equal([$"Rejection #0 unknown -/- unknown-device {payload} | Topic {D1}"], door.Commit());
        string element = $$"""{"detector":"d-99","ts":{{door.Now}},"volume":1}""";
        Assert.Equal([$"Rejection #0 detectors int-0001/- unknown-device {element}"], door.Take("traffic/v1/int-0001/detectors", $"[{element}]"));
        Assert.Equal(7, door.Registry.Count);
    }

    [Fact]
    public void Accept_MoreDevicesThanMayBeLearnt_AreRejected()
    {
        var door = new IngressHarness(o => o.MaxLearned = 1);
        Assert.Equal(2, door.Take(D1, """{"volume":1}""").Count);
        Assert.Contains("network-full", Assert.Single(door.Take("traffic/v1/a/detector/d2", """{"volume":1}""")));
        Assert.Single(door.Take(D1, """{"volume":1}"""));
    }

    [Fact]
    public void Accept_MoreDevicesOfAnIntersectionThanMayBeLearnt_AreRejectedThereAlone()
    {
        var door = new IngressHarness(o => o.MaxLearnedPerIntersection = 2);
        Func<long> rejected = door.Meters.Count("trafficcore.ingress.rejected");
        Assert.Equal(4, door.Take("traffic/v1/a/detectors", """[{"detector":"d1","volume":1},{"detector":"d2","volume":1},{"detector":"d3","volume":1}]""").Count);
        Assert.Contains("intersection-full", Assert.Single(door.Take("traffic/v1/a/detector/d4", """{"volume":1}""")));
        Assert.Contains("intersection-full", Assert.Single(door.Take("traffic/v1/a/parking/p-1", """{"occupied":1}""")));
        Assert.Equal(3, rejected());
        Assert.Single(door.Take("traffic/v1/a/detector/d2", """{"volume":1}"""));
        Assert.Equal(2, door.Take("traffic/v1/b/detector/d1", """{"volume":1}""").Count);
        Assert.Equal("traffic/v1/a/detector/d4/errors", door.Notices[0].Split(' ')[0]);
    }

    [Fact]
    public void Notices_OfUnknownDevices_DoNotSilenceEachOther()
    {
        var door = new IngressHarness();
        for (int i = 0; i < 3; i++)
        {
            door.Take("traffic/v1/a/detector/bad", "{");
        }

        door.Take("traffic/v1/a/detector/other", "{");
        door.Time.Advance(1_000);
        door.Take("traffic/v1/a/detector/other", "{");
        door.Take("traffic/v1/a/detector/bad", "{");
        Assert.Equal(
            [
                $$"""traffic/v1/a/detector/bad/errors {"ts":{{door.Now - 1_000}},"reason":"bad-json","count":1}""",
                $$"""traffic/v1/a/detector/other/errors {"ts":{{door.Now - 1_000}},"reason":"bad-json","count":1}""",
                $$"""traffic/v1/a/detector/other/errors {"ts":{{door.Now}},"reason":"bad-json","count":1}""",
                $$"""traffic/v1/a/detector/bad/errors {"ts":{{door.Now}},"reason":"bad-json","count":3}""",
            ],
            door.Notices);
    }

    [Fact]
    public void Notices_AreOnePerSecondAndDevice()
    {
        var door = new IngressHarness();
        door.Take(D1, """{"volume":1}""");
        for (int i = 0; i < 3; i++)
        {
            door.Take(D1, "{");
        }

        door.Take("traffic/v1/a/detector/other", "{");
        door.Time.Advance(1_000);
        door.Take(D1, """{"volume":-1}""");
        Assert.Equal(
            [
                $$"""traffic/v1/a/detector/d1/errors {"ts":{{door.Now - 1_000}},"reason":"bad-json","count":1}""",
                $$"""traffic/v1/a/detector/other/errors {"ts":{{door.Now - 1_000}},"reason":"bad-json","count":1}""",
                $$"""traffic/v1/a/detector/d1/errors {"ts":{{door.Now}},"reason":"bad-volume","count":3}""",
            ],
            door.Notices);
    }
}
