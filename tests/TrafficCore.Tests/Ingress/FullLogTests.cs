using TrafficCore.Mqtt.Broker;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Tests.Ingress;

public sealed class FullLogTests
{
    private const string D1 = "traffic/v1/a/detector/d1";

    [Fact]
    public void TryCommit_LogFull_KeepsEverythingForTheNextCall()
    {
        var door = new IngressHarness();
        door.Take(D1, """{"volume":0}""");
        door.Publish(D1, $$"""{"ts":{{door.Now}},"volume":1}""");
        door.Log.Room = 0;
        Assert.False(door.Session.TryCommit(5, door, out _));
        Assert.False(door.Session.TryCommit(5, door, out _));
        door.Log.Room = int.MaxValue;
        int before = door.Log.Acks;
        Assert.True(door.Session.TryCommit(5, door, out long position));
        Assert.Equal((door.Log.End, before + 5), (position, door.Log.Acks));
        Assert.Equal([$"Readings #1@{door.Now}+0 v1"], door.NewRecords());
    }

    [Fact]
    public void Accept_NoRoomToLearn_JudgesLaterInOrder()
    {
        var door = new IngressHarness();
        door.Take(D1, """{"volume":0}""");
        long t = door.Now;
        door.Publish(D1, $$"""{"ts":{{t}},"volume":1}""");
        door.Log.Room = 0;
        Assert.Equal(PublishOutcome.Collected, door.Publish("traffic/v1/a/detectors", $$"""[{"detector":"d1","ts":{{t}},"volume":2},{"detector":"d2","ts":{{t}},"volume":3}]""", QualityOfService.ExactlyOnce));
        Assert.Equal(PublishOutcome.Collected, door.Publish(D1, $$"""{"ts":{{t}},"volume":4}"""));
        Assert.True(door.Session.TryRelease(3));
        door.Session.Discard();
        Assert.False(door.Session.TryCommit(3, door, out _));

        // Room for one append at a time: every call gets on by one step and nothing is lost or repeated.
        int calls = 0;
        do
        {
            door.Log.Room = 1;
            Assert.True(++calls < 10);
        }
        while (!door.Session.TryCommit(3, door, out _));
        Assert.Equal(
            [
                $"Readings #1@{t}+0 v1", "Device #2 detector a/d2 Learnt", $"Readings #1@{t}+0 v2 #2@{t}+0 v3 #1@{t}+0 v4 | packet 3 gate",
                "PacketReleased 3 gate", "SessionDiscarded gate",
            ],
            door.NewRecords());
        Assert.Equal(PublishOutcome.Rejected, door.Publish(D1, "{"));
    }

    [Fact]
    public void TryCommit_HugeBatch_IsAppendedInWholeRecords()
    {
        var door = new IngressHarness();
        door.Take(D1, """{"volume":0}""");
        string rejected = new('x', 60_000);
        for (int i = 0; i < 200; i++)
        {
            door.Publish(D1, rejected);
        }

        int before = door.Log.Appends.Count;
        List<string> records = door.Commit();
        Assert.Equal(200, records.Count);
        Assert.InRange(door.Log.Appends.Count - before, 3, 4);
    }
}
