using TrafficCore.Host.Api;

namespace TrafficCore.Tests.Host;

public sealed class TimeRangeTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z")]
    [InlineData("2026-03-01T08:00:00+08:00", "2026-03-01T00:00:00Z")]
    [InlineData("2026-03-01T08:00:00 08:00", "2026-03-01T00:00:00Z")]
    [InlineData("2026-03-01T00:00:00.250Z", "2026-03-01T00:00:00.25Z")]
    [InlineData("2026-03-01T00:00Z", "2026-03-01T00:00:00Z")]
    [InlineData("-15m", "2026-03-01T11:45:00Z")]
    [InlineData("-7d", "2026-02-22T12:00:00Z")]
    [InlineData("now", "2026-03-01T12:00:00Z")]
    public void TryParseInstant_FormsOfTheContract_AreRead(string text, string expected)
    {
        Assert.True(TimeRange.TryParseInstant(text, Now, out var instant));
        Assert.Equal(expected, ApiJson.Text(instant));
    }

    [Theory]
    [InlineData("2026-03-01T00:00:00")]
    [InlineData("2026-03-01")]
    [InlineData("1772323200000")]
    [InlineData("15m")]
    [InlineData("-15")]
    [InlineData("-999999999d")]
    [InlineData("yesterday")]
    public void TryParseInstant_AnythingElse_IsRefused(string text) => Assert.False(TimeRange.TryParseInstant(text, Now, out _));

    [Fact]
    public void TryParse_Nothing_EndsNow()
    {
        Assert.True(TimeRange.TryParse(null, null, Now, TimeSpan.FromHours(1), out var range, out _));
        Assert.Equal((Now.AddHours(-1).ToUnixTimeMilliseconds(), Now.ToUnixTimeMilliseconds()), (range.From, range.To));
    }

    [Theory]
    [InlineData("0001-01-01T00:00:00-14:00")]
    [InlineData("0001-01-01T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59+14:00")]
    public void TryParse_EndsOfTheCalendar_AreARange(string to)
    {
        Assert.True(TimeRange.TryParse(null, to, Now, TimeSpan.FromDays(400), out var range, out _));
        Assert.InRange(range.To - range.From, 0, (long)TimeSpan.FromDays(400).TotalMilliseconds);
    }

    [Theory]
    [InlineData("nonsense", null, "from")]
    [InlineData(null, "nonsense", "to")]
    [InlineData("-1m", "-2m", "from")]
    public void TryParse_WrongParameter_NamesIt(string? from, string? to, string field)
    {
        Assert.False(TimeRange.TryParse(from, to, Now, TimeSpan.FromHours(1), out _, out var problem));
        var details = Assert.IsType<Microsoft.AspNetCore.Http.HttpResults.ValidationProblem>(problem).ProblemDetails;
        Assert.Equal(field, Assert.Single(details.Errors).Key);
        Assert.StartsWith(field + ":", details.Detail, StringComparison.Ordinal);
    }
}
