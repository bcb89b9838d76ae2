using TrafficCore.Mqtt.Broker;
using TrafficCore.Mqtt.Wire;
using TrafficCore.TestKit.Ingest;

namespace TrafficCore.Tests.Ingress;

public sealed class ExactlyOnceTests
{
    private const string D1 = "traffic/v1/a/detector/d1";
    private const QualityOfService Q2 = QualityOfService.ExactlyOnce;

    [Fact]
    public void Accept_ExactlyOnce_MarksTheRecordThatThePacketMade()
    {
        var door = new IngressHarness();
        door.Take(D1, """{"volume":0}""");
        door.Publish(D1, $$"""{"ts":{{door.Now}},"volume":1}""", Q2);
        door.Publish(D1, $$"""{"ts":{{door.Now}},"volume":2}""", Q2);
        door.Publish(D1, "{", Q2);
        door.Publish("traffic/v1/a/controller/c/events", """{"seq":1,"events":[]}""", Q2);
        Assert.Equal(
            [
                "Device #2 controller a/c Learnt",
                $"Readings #1@{door.Now}+0 v1 #1@{door.Now}+0 v2 | packet 2 gate | packet 3 gate",
                "Rejection #1 detector a/d1 bad-json { | packet 4 gate",
                "Events #2 seq=1  | packet 5 gate",
            ],
            door.Commit());
    }

    [Theory]
    [InlineData("home/lamp", "on")]
    [InlineData("traffic/v1/a/detector/d1/state", "online")]
    [InlineData("traffic/v1/a/detector/d1", "[]")]
    public void Accept_ExactlyOnceWithNothingToLog_RecordsTheId(string topic, string payload)
    {
        var door = new IngressHarness();
        door.Publish(topic, payload, Q2);
        Assert.Equal(["PacketReceived 1 gate"], door.Commit());
    }

    [Fact]
    public void Accept_NothingToLogBehindReadings_DoesNotClaimTheirRecord()
    {
        var door = new IngressHarness();
        door.Take(D1, """{"volume":0}""");
        door.Publish(D1, $$"""{"ts":{{door.Now}},"volume":1}""");
        door.Publish("home/lamp", "on", Q2);
        Assert.Equal([$"Readings #1@{door.Now}+0 v1", "PacketReceived 3 gate"], door.Commit());
    }

    [Fact]
    public void TryRelease_AndDiscard_AreRecords()
    {
        var door = new IngressHarness();
        Assert.True(door.Session.TryRelease(7));
        door.Session.Discard();
        Assert.Equal(["PacketReleased 7 gate", "SessionDiscarded gate"], door.Commit());
    }
}
