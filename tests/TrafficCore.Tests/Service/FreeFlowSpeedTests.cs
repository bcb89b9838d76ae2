using TrafficCore.Traffic.Service;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Tests.Service;

public sealed class FreeFlowSpeedTests
{
    private const long Day = 86_400_000;
    private const long Quarter = 900_000;

    private static readonly TimeZoneInfo Shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");

    // 2026-01-01T00:00 in Shanghai.
    private static readonly long Midnight = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.FromHours(8)).ToUnixTimeMilliseconds();

    // Golden example 23: the top 8 of 72 quarters of an hour; limit 50.
    [Fact]
    public void OfMeans_GoldenDay_IsTheMeanOfTheFastestNinthAtMostTheLimit()
    {
        int[] day = [.. Enumerable.Repeat(40_00, 64), 58_00, 57_00, 56_00, 56_00, 55_00, 55_00, 54_00, 53_00];
        new Random(3).Shuffle(day);
        Assert.Equal(55_50, FreeFlowSpeed.OfMeans(day, null));
        Assert.Equal(50_00, FreeFlowSpeed.OfMeans(day, 50_00));
        Assert.Throws<ArgumentOutOfRangeException>(() => FreeFlowSpeed.OfMeans(day[..8], null));
    }

    [Fact]
    public void Centi_ThirtyDays_IsKnownThenAndFromDaytimeAlone()
    {
        var speed = new FreeFlowSpeed(Shanghai);
        for (int day = 0; day < FreeFlowSpeed.LeastDays; day++)
        {
            Assert.Null(speed.Centi(null));
            for (int quarter = 0; quarter < 96; quarter++)
            {
                // Fast before six in the morning, when nobody needs to wait for anybody; 62 km/h in the first two hours after, else 45.
                int kmh = quarter < 24 ? 90 : quarter < 32 ? 62 : 45;
                speed.Add(Row(Midnight + (day * Day) + (quarter * Quarter), kmh * 100));
            }
        }

        Assert.Equal((30, 62_00, 60_00), (speed.Days, speed.Centi(null), speed.Centi(60_00)));
    }

    [Fact]
    public void Centi_QuarterWithTooFewDays_IsUnknown()
    {
        var speed = new FreeFlowSpeed(Shanghai);
        for (int day = 0; day < 40; day++)
        {
            for (int quarter = 24; quarter < 96; quarter++)
            {
                FlowRow row = Row(Midnight + (day * Day) + (quarter * Quarter), 50_00);
                speed.Add(quarter == 95 && day >= 29 ? row with { SpeedVehicles = 0, SpeedWeighted = 0 } : row);
                speed.Add(row with { Length = 60_000 });
            }
        }

        Assert.Equal((29, null), (speed.Days, speed.Centi(null)));
    }

    private static FlowRow Row(long start, int speedCenti) => new()
    {
        Level = FlowLevel.Approach, Intersection = "x", Id = "n", Start = start, Length = Quarter, Revision = 1, SpeedVehicles = 7, SpeedWeighted = 7L * speedCenti,
    };
}
