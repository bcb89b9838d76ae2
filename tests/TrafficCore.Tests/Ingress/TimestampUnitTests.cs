using TrafficCore.Traffic.Readings;

namespace TrafficCore.Tests.Ingress;

/// <summary>A time in another unit is refused for what it is, whatever the service's own clock says.</summary>
public sealed class TimestampUnitTests
{
    [Theory]
    [InlineData(1_700_000_000, TimestampUnit.Seconds)]
    [InlineData(946_684_800, TimestampUnit.Seconds)]
    [InlineData(946_684_799, TimestampUnit.Milliseconds)]
    [InlineData(4_102_444_800, TimestampUnit.Seconds)]
    [InlineData(4_102_444_801, TimestampUnit.Milliseconds)]
    [InlineData(0, TimestampUnit.Milliseconds)]
    [InlineData(1_700_000_000_000, TimestampUnit.Milliseconds)]
    [InlineData(1_700_000_000_000_000, TimestampUnit.Microseconds)]
    [InlineData(1_700_000_000_000_000_000, TimestampUnit.Nanoseconds)]
    [InlineData(long.MaxValue, TimestampUnit.Milliseconds)]
    [InlineData(long.MinValue, TimestampUnit.Milliseconds)]
    public void Of_TellsTheUnitBySizeAlone(long timestamp, TimestampUnit unit) => Assert.Equal(unit, TimestampUnits.Of(timestamp));

    [Theory]
    [InlineData("1700000000", "ts-seconds")]
    [InlineData("1700000000000000", "ts-microseconds")]
    [InlineData("1700000000000000000", "ts-nanoseconds")]
    [InlineData("9000000000000000000", "bad-ts")]
    [InlineData("100", "too-old")]
    public void Accept_TimeInAnotherUnit_IsRejectedWithTheUnit(string ts, string reason)
    {
        var door = new IngressHarness();
        door.Take("traffic/v1/a/detector/d", """{"volume":0}""");
        door.Take("traffic/v1/a/environment/w", """{"rain":0}""");
        door.Take("traffic/v1/a/controller/c", "{}");

        Assert.Equal([$$"""Rejection #1 detector a/d {{reason}} {"ts":{{ts}},"volume":1}"""], door.Take("traffic/v1/a/detector/d", $$"""{"ts":{{ts}},"volume":1}"""));
        Assert.Equal([$$"""Rejection #2 environment a/w {{reason}} {"ts":{{ts}},"rain":1}"""], door.Take("traffic/v1/a/environment/w", $$"""{"ts":{{ts}},"rain":1}"""));
    }

    [Theory]
    [InlineData("1700000000", "ts-seconds")]
    [InlineData("1700000000000000", "ts-microseconds")]
    [InlineData("9000000000000000000", "bad-event")]
    [InlineData("-1", "bad-event")]
    public void Accept_EventInAnotherUnit_IsRejectedWithTheUnit(string ts, string reason)
    {
        var door = new IngressHarness();
        string payload = $$"""{"events":[[{{ts}},1,2]]}""";

        Assert.Contains(door.Take("traffic/v1/a/controller/c/events", payload), r => r.Contains($" {reason} [{ts},1,2]", StringComparison.Ordinal));
    }

    [Fact]
    public void Accept_MostDevicesInSeconds_SaysNothingAboutTheOwnClock()
    {
        var door = new IngressHarness();
        for (int i = 0; i < 40; i++)
        {
            door.Publish($"traffic/v1/a/detector/d{i}", """{"ts":1700000000,"volume":1}""");
        }

        Assert.Equal(40, door.Commit().Count(r => r.StartsWith("Rejection", StringComparison.Ordinal) && r.Contains("ts-seconds", StringComparison.Ordinal)));
        Assert.False(door.Ingress.Guard.IsAlarmed);
    }

    [Fact]
    public void Accept_AgeUnlimited_StillKnowsSeconds()
    {
        var door = new IngressHarness(options => options.MaxAge = null);

        Assert.Contains(door.Take("traffic/v1/a/detector/d", """{"ts":1700000000,"volume":1}"""), r => r.Contains("ts-seconds", StringComparison.Ordinal));
    }
}
