using Microsoft.Extensions.Logging.Abstractions;
using TrafficCore.Host.Ingress;
using TrafficCore.Pipeline.Ingest;

namespace TrafficCore.Tests.Ingress;

/// <summary>How far a device's clock is off, by what it sends.</summary>
public sealed class SkewWatchTests
{
    private const uint Minute = 60_000;
    private readonly SkewWatch _watch = new(TimeSpan.FromSeconds(2), new DeviceRegistry(), NullLogger.Instance);
    private long _elapsed;

    [Theory]
    [InlineData(0, false)]
    [InlineData(1_900, false)]
    [InlineData(2_100, true)]
    [InlineData(-2_100, true)]
    [InlineData(7_200_000, true)]
    public void Estimate_IsTheLeastLagOfSomeReadings(int skew, bool alarm)
    {
        // The network adds up to five seconds, but not each time.
        int[] delays = [5_000, 40, 3_000, 900, 5_000, 1_200, 60, 4_000, 700];
        Assert.All(delays[..^1], delay => Take(skew + delay));
        Assert.Null(_watch.Of(1));

        Take(skew + delays[^1]);

        Assert.Equal(new ClockEstimate(1, skew + 40, alarm), _watch.Of(1));
        Assert.Equal(alarm ? 1 : 0, _watch.Alarms);
    }

    [Fact]
    public void Alarm_BetweenTheBoundAndHalfOfIt_StaysAsItIs()
    {
        var alarms = new List<int>();
        foreach (int skew in (int[])[1_500, 2_500, 1_500, 2_500, 900, 1_500])
        {
            for (int i = 0; i < SkewWatch.Samples; i++)
            {
                Take(skew);
            }

            // One more begins the next estimate and completes this one.
            Take(skew);
            alarms.Add(_watch.Alarms);
            Assert.All(Enumerable.Range(1, SkewWatch.Samples - 1), _ => Take(skew));
        }

        Assert.Equal([0, 1, 1, 1, 0, 0], alarms);
    }

    [Fact]
    public void BackFill_InOneBurst_IsOneSample()
    {
        // Eight hours at ten readings a second, then live: the burst is judged by its newest, and the live ones bring the estimate.
        for (int i = 480; i > 0; i--)
        {
            _watch.Take(1, i * (long)Minute, Minute, _elapsed += 100);
        }

        Assert.All(Enumerable.Range(0, SkewWatch.Samples), _ => Take(30));

        Assert.Equal(30, _watch.Of(1)!.Value.SkewMs);
        Assert.Equal(0, _watch.Alarms);
    }

    [Fact]
    public void Batch_OfAQuarterOfAnHour_IsJudgedByItsNewest()
    {
        for (int batch = 0; batch <= SkewWatch.Samples; batch++)
        {
            _elapsed += 15 * Minute;
            Assert.All(Enumerable.Range(0, 15).Reverse(), age => _watch.Take(1, (age * (long)Minute) + 200, Minute, _elapsed));
        }

        Assert.Equal(new ClockEstimate(1, 200, false), _watch.Of(1));
    }

    [Fact]
    public void Worst_ListsByHowFarTheyAreOff()
    {
        int[] skews = [100, -9_000, 5_000, 0, 700];
        for (int i = 0; i <= SkewWatch.Samples; i++)
        {
            _elapsed += Minute;
            for (uint device = 0; device < skews.Length; device++)
            {
                _watch.Take(device + 300, skews[device], Minute, _elapsed);
            }
        }

        var (worst, known) = _watch.Worst(3);

        Assert.Equal((5, 2), (known, _watch.Alarms));
        Assert.Equal([301u, 302u, 304u], worst.Select(w => w.Device));
    }

    [Fact]
    public void Door_DeviceBehind_IsAlarmedAndItsReadingsCount()
    {
        var door = new IngressHarness();
        for (int i = 0; i <= SkewWatch.Samples; i++)
        {
            door.Time.Advance(60_000);
            Assert.StartsWith("Readings", door.Take("traffic/v1/a/detector/d", $$"""{"ts":{{door.Now - 60_000 - 3_600_000}},"interval":60000,"volume":1}""")[^1], StringComparison.Ordinal);
            door.Take("traffic/v1/a/controller/c/events", $$"""{"events":[[{{door.Now + 4_000}},1,2],[{{door.Now}},1,2]]}""");
        }

        Assert.Equal(new ClockEstimate(1, 3_600_000, true), door.Ingress.Skew.Of(1));
        Assert.Equal(new ClockEstimate(2, -4_000, true), door.Ingress.Skew.Of(2));
    }

    [Fact]
    public void Door_WhileItsOwnClockIsAlarmed_EstimatesNobody()
    {
        var door = new IngressHarness();
        for (int round = 0; round <= SkewWatch.Samples; round++)
        {
            door.Time.Advance(30_000);
            for (int device = 0; device < 25; device++)
            {
                door.Take($"traffic/v1/a/detector/{device}", $$"""{"ts":{{door.Now + 3_600_000}},"volume":1}""");
            }
        }

        Assert.True(door.Ingress.Guard.IsAlarmed);
        Assert.Equal(0, door.Ingress.Skew.Alarms);
    }

    private void Take(long lag) => _watch.Take(1, lag, Minute, _elapsed += Minute);
}
