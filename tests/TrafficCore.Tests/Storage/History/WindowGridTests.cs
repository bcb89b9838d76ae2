using TrafficCore.Storage.History;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Tests.Storage.History;

public sealed class WindowGridTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 900_000)]
    [InlineData(899_999, 900_000)]
    [InlineData(-1, 0)]
    [InlineData(-900_001, -900_000)]
    public void FirstFrom_FixedLength_IsAlignedToTheEpoch(long instant, long expected) =>
        Assert.Equal(expected, new WindowGrid.Fixed(900_000).FirstFrom(instant));

    [Theory]
    [InlineData("Europe/Berlin", "2024-03-31T12:00:00Z", "2024-03-30T23:00:00Z", 23)]
    [InlineData("Europe/Berlin", "2024-10-27T12:00:00Z", "2024-10-26T22:00:00Z", 25)]
    [InlineData("Europe/Berlin", "2024-07-01T22:30:00Z", "2024-07-01T22:00:00Z", 24)]
    [InlineData("Asia/Shanghai", "2024-01-01T00:00:00Z", "2023-12-31T16:00:00Z", 24)]
    [InlineData("Asia/Kathmandu", "2024-01-01T00:00:00Z", "2023-12-31T18:15:00Z", 24)]
    [InlineData("Asia/Beirut", "2024-03-31T12:00:00Z", "2024-03-30T22:00:00Z", 23)] // midnight itself is skipped
    [InlineData("Asia/Beirut", "2024-10-26T12:00:00Z", "2024-10-25T21:00:00Z", 25)] // 23:00 to midnight comes twice
    [InlineData("America/Havana", "2024-11-03T12:00:00Z", "2024-11-03T04:00:00Z", 25)] // midnight itself comes twice
    public void StartOf_LocalDay_IsItsFirstInstant(string zone, string instant, string start, int hours)
    {
        WindowGrid days = new WindowGrid.LocalDays(TimeZoneInfo.FindSystemTimeZoneById(zone));
        long expected = Ms(start);

        Assert.Equal(expected, days.StartOf(Ms(instant)));
        Assert.Equal(expected + hours * 3_600_000L, days.EndOf(expected));
        Assert.Equal(expected, days.StartOf(expected));
        Assert.Equal(expected, days.FirstFrom(expected));
        Assert.Equal(expected, days.FirstFrom(expected - 1));
    }

    [Theory]
    [InlineData("60s", 60_000)]
    [InlineData("15m", 900_000)]
    [InlineData("2h", 7_200_000)]
    [InlineData("1d", 86_400_000)]
    [InlineData("500ms", 500)]
    [InlineData("400d", 34_560_000_000)]
    public void TryParse_Length_IsRead(string text, long expected)
    {
        Assert.True(FlowWindow.TryParse(text, TimeZoneInfo.Utc, out FlowWindow window));
        Assert.Equal(new FlowWindow(expected), window);
    }

    [Theory]
    [InlineData("")]
    [InlineData("60")]
    [InlineData("s")]
    [InlineData("0s")]
    [InlineData("-60s")]
    [InlineData("1.5h")]
    [InlineData("60 s")]
    [InlineData("99999999999s")]
    [InlineData("401d")]
    [InlineData("1000000000d")]
    [InlineData("week")]
    public void TryParse_AnythingElse_IsRefused(string text) => Assert.False(FlowWindow.TryParse(text, TimeZoneInfo.Utc, out _));

    [Theory]
    [InlineData(60_000, 60_000)]
    [InlineData(300_000, 60_000)]
    [InlineData(900_000, 900_000)]
    [InlineData(3_600_000, 900_000)]
    [InlineData(1_020_000, 60_000)]
    public void Plan_Multiple_UsesTheLongestStoredLengthThatDividesIt(long asked, long stored)
    {
        FlowPlan? plan = Plan(new FlowWindow(asked), 0, 10_000_000);

        Assert.Equal(stored, plan!.StoredMs);
        Assert.Equal(asked == stored, plan.Grid is null);
    }

    [Fact]
    public void Plan_WhatCannotBeAnswered_SaysWhy()
    {
        Assert.Null(FlowPlan.TryMake(Query(new FlowWindow(90_000), 0, 10), [60_000, 900_000], 10, (0, 86_400_000), out FlowAnswer? notStored));
        Assert.Null(FlowPlan.TryMake(Query(new FlowWindow(60_000), 20, 10), [60_000, 900_000], 10, (0, 86_400_000), out FlowAnswer? reversed));
        Assert.Null(FlowPlan.TryMake(Query(new FlowWindow(60_000), 0, 86_400_000), [60_000, 900_000], 10, (0, 86_400_000), out FlowAnswer? tooLong));

        Assert.Equal(
            [FlowProblem.WindowNotStored, FlowProblem.RangeReversed, FlowProblem.RangeTooLong],
            [notStored!.Problem, reversed!.Problem, tooLong!.Problem]);
        Assert.Contains("60s, 900s", notStored.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Asia/Kathmandu", 900_000)] // +05:45 is a multiple of 15 minutes
    [InlineData("Europe/Berlin", 3_600_000)]
    [InlineData("Asia/Kolkata", 900_000)] // +05:30 is not a multiple of an hour
    public void Plan_Day_UsesTheLongestLengthThatDividesTheZonesOffset(string zone, long stored)
    {
        FlowWindow day = new(0, TimeZoneInfo.FindSystemTimeZoneById(zone));
        FlowQuery query = Query(day, Ms("2024-01-01T00:00:00Z"), Ms("2024-12-31T00:00:00Z"));
        (long, long) kept = (Ms("2024-01-01T00:00:00Z"), Ms("2024-12-31T00:00:00Z"));

        Assert.Equal(stored, FlowPlan.TryMake(query, [60_000, 900_000, 3_600_000], 1000, kept, out _)!.StoredMs);
    }

    [Fact]
    public void Plan_SinceEver_IsCutToWhatIsKept()
    {
        FlowPlan? plan = FlowPlan.TryMake(
            Query(new FlowWindow(60_000), long.MinValue, long.MaxValue), [60_000], 10_000, (Ms("2024-01-01T00:00:00Z"), Ms("2024-01-03T00:00:00Z")), out _);

        Assert.Equal(Ms("2024-01-03T00:00:00Z"), plan!.Query.ToMs);
    }

    private static FlowPlan? Plan(FlowWindow window, long from, long to) =>
        FlowPlan.TryMake(Query(window, from, to), [60_000, 900_000], 100_000, (0, 86_400_000), out _);

    private static FlowQuery Query(FlowWindow window, long from, long to) => new(FlowLevel.Detector, "i", "d", window, from, to);

    private static long Ms(string instant) => DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();
}
