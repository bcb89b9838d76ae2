using System.Globalization;
using System.Text;
using TrafficCore.Simulators.Cli;
using TrafficCore.Simulators.Replay;

namespace TrafficCore.Tests.Simulators.Replay;

public sealed class ScatsReaderTests
{
    private static readonly string Header = $"NB_SCATS_SITE,QT_INTERVAL_COUNT,NB_DETECTOR,{string.Join(',', Enumerable.Range(0, 96).Select(static i => $"V{i:D2}"))},NM_REGION,CT_RECORDS,QT_VOLUME_24HOUR,CT_ALARM_24HOUR";

    [Fact]
    public void Read_Row_IsAQuarterHourForEachCell()
    {
        var (counts, findings) = Read(Row("100", "2021-06-10", "7", static i => $"{i}", 4560), Row("100", "2021-06-09", "8", static _ => "0", 0));

        Assert.Equal(["100"], counts.Intersections);
        Assert.Equal((192, 2), (counts.Readings, findings.Rows));
        Assert.Equal(DateTimeOffset.Parse("2021-06-08T14:00:00Z", CultureInfo.InvariantCulture).ToUnixTimeMilliseconds(), counts.FromMs);
        Assert.Equal(counts.FromMs + (2 * 86_400_000L), counts.ToMs);
        Assert.Equal(4560, counts.Rows.Sum(static r => r.Volume));
        Assert.Empty(findings.Told);

        // Time order over both rows, although the later day comes first in the file; all-0 detectors are data.
        Assert.Equal(192, counts.Messages.Count);
        Assert.Equal(counts.Messages.Select(static m => m.DueMs).Order(), counts.Messages.Select(static m => m.DueMs));
        var message = counts.Encode(counts.Messages[97]);
        Assert.Equal("traffic/v1/100/detectors", message.Topic);
        Assert.Equal($"[{{\"detector\":\"7\",\"ts\":{counts.FromMs + 86_400_000 + 900_000},\"interval\":900000,\"volume\":1}}]", Encoding.UTF8.GetString(message.Payload.Span));
    }

    [Fact]
    public void Read_SeveralDetectorsOfAnInterval_TravelTogether()
    {
        var (counts, _) = Read(Row("100", "2021-06-10", "1", static _ => "1", 96), Row("200", "2021-06-10", "1", static _ => "2", 192), Row("100", "2021-06-10", "2", static _ => "3", 288));

        Assert.Equal(["100", "200"], counts.Intersections);
        Assert.Equal(192, counts.Messages.Count);
        Assert.Equal([2, 1], counts.Messages.Take(2).Select(static m => m.Items));
    }

    [Fact]
    public void Read_DuplicateRow_IsSentTwice()
    {
        var row = Row("100", "2021-06-10", "7", static _ => "1", 96);

        Assert.Equal(192, Read(row, row).Counts.Readings);
    }

    [Fact]
    public void Read_CellsThatAreNoCounts_AreReported()
    {
        var (counts, findings) = Read(Row("100", "2021-06-10", "7", static i => i switch { 3 => "", 4 => "-1", 5 => "-1021", 6 => "n/a", _ => "1" }, 91));

        Assert.Equal(92, counts.Readings);
        Assert.Equal((1, 2), (findings.Skipped["blank"], findings.Skipped["negative"]));
        Assert.Equal(1, findings.Malformed["bad-count"]);
        Assert.Equal(1, findings.Noted["sum-differs"]);
        Assert.Contains("line 2: the cells sum to 92, the publisher says 91 (sum-differs)", findings.Told);
    }

    [Fact]
    public void Read_DayOnWhichClocksGoForward_LacksAnHour()
    {
        var (counts, findings) = Read(Row("100", "2021-10-03", "7", static i => $"{i}", 4560));

        // 02:00 to 03:00 does not exist: 92 quarter-hours without a gap, and each cell at its own local time.
        Assert.Equal((92, 4), (counts.Readings, findings.Skipped["local-time-never"]));
        Assert.Equal(92, counts.Rows.Select(static r => r.Timestamp).Distinct().Count());
        Assert.Equal(counts.FromMs + (23 * 3_600_000L), counts.ToMs);
        Assert.Equal([7, 12], counts.Rows.Skip(7).Take(2).Select(static r => r.Volume));
    }

    [Fact]
    public void Read_DayOnWhichClocksGoBack_HasTheHourOfTheFirstPass()
    {
        var (counts, findings) = Read(Row("100", "2021-04-04", "7", static i => $"{i}", 4560));

        Assert.Equal((96, 4), (counts.Readings, findings.Noted["local-time-twice"]));
        var starts = counts.Rows.Select(static r => r.Timestamp).ToList();
        Assert.Equal(3_600_000 + 900_000, starts[12] - starts[11]);
        Assert.Equal(counts.FromMs + (25 * 3_600_000L), counts.ToMs);
    }

    [Theory]
    [InlineData("100,2021-06-10", "bad-row")]
    [InlineData("a/b,2021-06-10,7", "bad-site")]
    [InlineData("100,10/06/2021,7", "bad-date")]
    [InlineData("100,2021-06-10,", "bad-detector")]
    public void Read_BadRow_IsToldWithItsLine(string start, string reason)
    {
        var row = start + (reason == "bad-row" ? "" : string.Concat(Enumerable.Repeat(",1", 96)));
        var (_, findings) = Read(Row("100", "2021-06-10", "7", static _ => "1", 96), row);

        Assert.Equal(1, findings.Malformed[reason]);
        Assert.StartsWith("line 3:", Assert.Single(findings.Told), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NB_SCATS_SITE,QT_INTERVAL_COUNT,NB_DETECTOR,V00", "no column V01")]
    [InlineData("", "no column NB_SCATS_SITE")]
    public void Read_NotSuchAFile_IsRefused(string text, string expected) => Assert.Contains(
        expected, Assert.Throws<UsageException>(() => RecordedText.Read<CountRecording>(text, RecordingFormat.Scats)).Message, StringComparison.Ordinal);

    private static string Row(string site, string day, string detector, Func<int, string> cell, long sum) =>
        $"{site},{day},{detector},{string.Join(',', Enumerable.Range(0, 96).Select(cell))},WV1       ,96,{sum},0";

    private static (CountRecording Counts, RowFindings Findings) Read(params string[] rows) =>
        RecordedText.Read<CountRecording>(string.Join("\r\n", [Header, .. rows]), RecordingFormat.Scats, "Australia/Melbourne");
}
