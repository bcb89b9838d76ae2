using TrafficCore.Host.Ingress;
using TrafficCore.TestKit.Pipeline;

namespace TrafficCore.Tests.Ingress;

public sealed class ClockGuardTests
{
    private const long Hour = 3_600_000;

    [Fact]
    public void Judge_MostOfTwentyDevicesOutside_AlarmsAndAcceptsUnjudged()
    {
        var door = new IngressHarness();
        long future = door.Now + Hour;
        for (int device = 1; device <= 19; device++)
        {
            Assert.Contains("too-far-ahead", Send(door, device, future)[^1]);
        }

        List<string> records = Send(door, 20, future);
        Assert.Equal(["Device #20 detector a/20 Learnt", "ClockAlarm on", $"Readings #20@{future}+0 v1 Unjudged"], records);
        Assert.Equal([$"Readings #1@{door.Now}+0 v1 Unjudged"], Send(door, 1, door.Now));
        Assert.Equal([$"Readings #2@{door.Now - (900 * Hour)}+0 v1 Unjudged"], Send(door, 2, door.Now - (900 * Hour)));
        Assert.Contains("ServerTime, Unjudged", door.Take("traffic/v1/a/detector/3", """{"volume":1}""")[^1]);
    }

    [Fact]
    public void Judge_DevicesComeBack_EndsTheAlarm()
    {
        var door = new IngressHarness();
        for (int device = 1; device <= 20; device++)
        {
            Send(door, device, door.Now + Hour);
        }

        Assert.True(door.Ingress.Guard.IsAlarmed);
        var records = new List<string>();
        for (int device = 1; device <= 20; device++)
        {
            door.Time.Advance(1_100);
            records.AddRange(Send(door, device, door.Now));
        }

        Assert.False(door.Ingress.Guard.IsAlarmed);
        Assert.Single(records, "ClockAlarm off");
        Assert.Equal(10, records.IndexOf("ClockAlarm off"));
        Assert.DoesNotContain("Unjudged", records[^1]);
    }

    [Fact]
    public void Judge_HalfOfTheDevicesOutside_IsNoAlarm()
    {
        var door = new IngressHarness();
        for (int device = 1; device <= 40; device++)
        {
            Send(door, device, device % 2 == 0 ? 5 : door.Now);
        }

        Assert.False(door.Ingress.Guard.IsAlarmed);
    }

    [Fact]
    public void Judge_DevicesHeardLongAgo_DoNotCount()
    {
        var door = new IngressHarness();
        for (int device = 1; device <= 40; device++)
        {
            Send(door, device, 5);
            door.Time.Advance(4_000);
        }

        Assert.False(door.Ingress.Guard.IsAlarmed);
    }

    [Fact]
    public void Judge_OneDeviceThatSendsOften_IsNoAlarm()
    {
        var door = new IngressHarness();
        for (int i = 0; i < 200; i++)
        {
            Assert.Contains("too-old", Send(door, 1, 5)[^1]);
        }
    }

    [Theory]
    [InlineData(Hour)]
    [InlineData(-Hour)]
    public void Observe_UtcSteps_AlarmsForAMinute(long step)
    {
        var door = new IngressHarness();
        Send(door, 1, door.Now);
        door.Time.UtcMs += step;
        Assert.Equal(["ClockAlarm on", $"Readings #1@{door.Now}+0 v1 Unjudged"], Send(door, 1, door.Now));
        door.Time.Advance(59_000);
        Assert.Contains("Unjudged", Assert.Single(Send(door, 1, door.Now)));
        door.Time.Advance(1_000);
        Assert.Equal(["ClockAlarm off", $"Readings #1@{door.Now}+0 v1"], Send(door, 1, door.Now));
    }

    [Fact]
    public void Watch_WhileNobodySends_SeesTheStepAndEndsTheAlarm()
    {
        var door = new IngressHarness();
        var timers = new ManualTime(DateTimeOffset.UnixEpoch);
        using var watch = new ClockWatch(door.Ingress.Guard, door.Clock, timers);
        watch.Start();
        Pass(seconds: 1);
        door.Time.UtcMs += Hour;
        Pass(seconds: 1);
        Assert.Equal(["ClockAlarm on"], door.NewRecords());
        Pass(seconds: 59);
        Assert.Empty(door.NewRecords());
        Pass(seconds: 1);
        Assert.Equal(["ClockAlarm off"], door.NewRecords());

        void Pass(int seconds)
        {
            for (int second = 0; second < seconds; second++)
            {
                door.Time.Advance(1_000);
                timers.Advance(TimeSpan.FromSeconds(1));
            }
        }
    }

    [Fact]
    public void Observe_SlowDrift_IsNoStep()
    {
        var door = new IngressHarness();
        for (int i = 0; i < 100; i++)
        {
            door.Time.Advance(1_000);
            door.Time.UtcMs += 500;
            Send(door, 1, door.Now);
        }

        Assert.False(door.Ingress.Guard.IsAlarmed);
    }

    [Fact]
    public void Alarm_LogFull_WaitsForItsRecord()
    {
        var door = new IngressHarness();
        Send(door, 1, door.Now);
        door.Time.UtcMs += Hour;
        door.Log.Room = 0;
        door.Publish("traffic/v1/a/detector/1", """{"volume":1}""");
        Assert.False(door.Ingress.Guard.IsAlarmed);
        Assert.False(door.Session.TryCommit(1, door, out _));
        door.Log.Room = int.MaxValue;
        door.Commit();
        door.Time.Advance(1_000);
        Assert.Equal("ClockAlarm on", Send(door, 1, door.Now)[0]);
    }

    private static List<string> Send(IngressHarness door, int device, long timestamp) =>
        door.Take($"traffic/v1/a/detector/{device}", $$"""{"ts":{{timestamp}},"volume":1}""");
}
