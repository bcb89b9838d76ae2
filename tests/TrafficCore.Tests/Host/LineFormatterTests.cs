using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TrafficCore.Host.Telemetry;
using TrafficCore.TestKit.Mqtt;

namespace TrafficCore.Tests.Host;

public sealed class LineFormatterTests
{
    [Fact]
    public void Write_Event_IsOneLineWithEverything() =>
        Assert.Equal("2024-10-04T00:00:00.000Z warn: Broker[1003] c said hello\n", Line("c said hello"));

    [Theory]
    [InlineData("a\nb", @"a\u000Ab")]
    [InlineData("a\r\n2026 crit: Broker[1] forged", @"a\u000D\u000A2026 crit: Broker[1] forged")]
    [InlineData("\u001b[2Jgone\u007f\u009b31m", @"\u001B[2Jgone\u007F\u009B31m")]
    [InlineData("\u202Egnp.exe\u2028\u200B\uFEFF", @"\u202Egnp.exe\u2028\u200B\uFEFF")]
    [InlineData("\U000E0041 tag", @"\U000E0041 tag")]
    [InlineData("Straße 1, 東京, Ω, 🚦", "Straße 1, 東京, Ω, 🚦")]
    public void Write_TextOfAClient_CannotSteer(string text, string shown) => Assert.EndsWith($" {shown}\n", Line(text), StringComparison.Ordinal);

    [Fact]
    public void Write_LoneSurrogate_IsReplaced() => Assert.EndsWith(" a\uFFFDb\n", Line("a\uD800b"), StringComparison.Ordinal);

    [Fact]
    public void Write_LongText_IsCutAndSaysHowLongItWas()
    {
        var line = Line(new string('t', 65_535));
        Assert.EndsWith("ttt... (65535 characters)\n", line, StringComparison.Ordinal);
        Assert.InRange(line.Length, 1024, 1200);
    }

    [Fact]
    public void Write_Exception_StaysInTheLine()
    {
        var line = Line("failed", new InvalidOperationException("first\nsecond\u001b[0m"));
        Assert.Equal(line.Length - 1, line.IndexOf('\n', StringComparison.Ordinal));
        Assert.EndsWith(@" failed System.InvalidOperationException: first second\u001B[0m" + "\n", line, StringComparison.Ordinal);
    }

    private static string Line(string message, Exception? exception = null)
    {
        using var target = new StringWriter();
        var entry = new LogEntry<string>(LogLevel.Warning, "Broker", new EventId(1003), message, exception, static (state, _) => state);
        new LineFormatter(new ManualTime()).Write(entry, null, target);
        return target.ToString();
    }
}
