using System.IO.Compression;
using System.Text;
using TrafficCore.Simulators.Cli;
using TrafficCore.Simulators.Replay;
using TrafficCore.TestKit;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.Tests.Simulators.Replay;

public sealed class IndianaReaderTests
{
    private const string Header = "TimeStamp,DeviceId,EventId,Parameter\n";

    [Fact]
    public void Read_UnsortedRows_AreInTimeOrderAndKeepTheirOrderWithinAnInstant()
    {
        var (log, findings) = Read(Header + "2024-04-15T12:00:01.5,7,82,2\n2024-04-15T12:00:00,8,1,4\n2024-04-15T12:00:01.5,7,81,-1\n\n");

        Assert.Equal(["7", "8"], log.Intersections);
        Assert.Equal(
            [new IndianaEvent(1713182401500, 0, 82, 2), new IndianaEvent(1713182401500, 0, 81, -1), new IndianaEvent(1713182400000, 1, 1, 4)],
            log.Rows);
        Assert.Equal((3, 0), (findings.Rows, findings.Told.Count));
    }

    [Fact]
    public void Read_ColumnsInOtherOrderAndMoreOfThem_AreFoundByName()
    {
        var (log, _) = Read("\uFEFFparameter, EVENTID ,note,DeviceId,TimeStamp\r\n5,82,\"x, \"\"y\"\"\",int-1,\"2024-04-15 12:00:00.100\"\r\n");

        Assert.Equal(new IndianaEvent(1713182400100, 0, 82, 5), Assert.Single(log.Rows));
    }

    [Theory]
    [InlineData("America/Los_Angeles", "2024-04-15T05:00:00", 1713182400000, "")]
    [InlineData("America/Los_Angeles", "2024-04-15T12:00:00Z", 1713182400000, "")]
    [InlineData("UTC", "2024-04-15T14:00:00+02:00", 1713182400000, "")]
    [InlineData("America/Los_Angeles", "2024-11-03T01:30:00", 1730622600000, "local-time-twice")] // the first pass
    [InlineData("America/Los_Angeles", "2024-03-10T02:30:00", 1710066600000, "local-time-never")] // as if the clock had not been moved
    public void Read_TimesOfAZone_AreUtc(string zone, string time, long expected, string noted)
    {
        var (log, findings) = RecordedText.Read<EventRecording>($"{Header}{time},1,82,1\n", RecordingFormat.Indiana, zone);

        Assert.Equal(expected, Assert.Single(log.Rows).Timestamp);
        Assert.Equal(noted, string.Join(' ', findings.Noted.Keys));
    }

    [Theory]
    [InlineData("2024-04-15T12:00:00,1,82", "bad-row")]
    [InlineData("2024-04-15T12:00:00,1,82,\"1", "bad-row")]
    [InlineData("2024-04-15T12:00:00,1,82,\"1\"2", "bad-row")]
    [InlineData("noon,1,82,1", "bad-TimeStamp")]
    [InlineData("2024-04-15T12:00:00,a/b,82,1", "bad-DeviceId")]
    [InlineData("2024-04-15T12:00:00,1,x,1", "bad-EventId")]
    [InlineData("2024-04-15T12:00:00,1,-1,1", "bad-EventId")]
    [InlineData("2024-04-15T12:00:00,1,82,1.5", "bad-Parameter")]
    public void Read_BadRow_IsToldWithItsLineAndTheRestIsSent(string row, string reason)
    {
        var (log, findings) = Read($"{Header}2024-04-15T12:00:00,1,82,1\n{row}");

        Assert.Single(log.Rows);
        Assert.Equal(1, findings.Malformed[reason]);
        Assert.StartsWith("line 3:", Assert.Single(findings.Told), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ManyBadRows_AreAllCountedAndSomeAreTold()
    {
        var (_, findings) = Read(Header + "2024-04-15T12:00:00,1,82,1\n" + string.Concat(Enumerable.Repeat("x,1,82,1\n", 50)));

        Assert.Equal(50, findings.Malformed["bad-TimeStamp"]);
        Assert.Equal((RowFindings.MaxTold + 1, "and 30 more"), (findings.Told.Count, findings.Told[^1]));
    }

    [Theory]
    [InlineData("", "line 1: no column TimeStamp")]
    [InlineData("TimeStamp,DeviceId,EventId\n", "line 1: no column Parameter")]
    [InlineData(Header, "no events")]
    [InlineData(Header + "noon,1,82,1\n", "no events")]
    public void Read_NotSuchAFile_IsRefused(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<UsageException>(() => Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_GzipUnderAnyName_IsUnpacked()
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(Header + "2024-04-15T12:00:00,1,82,1\n"));
        }

        zipped.Position = 0;
        Assert.Equal(1, RecordedFile.Read(zipped, RecordingFormat.Indiana, TimeZoneInfo.Utc, new RowFindings()).Events);
    }

    [Fact]
    public void Read_RecordedController_HasItsEventsAndDuplicates()
    {
        const string Recording = "odot_signal_1136/events_1136.csv.gz";
        var path = SharedData.Find(Recording);
        Assert.SkipWhen(path is null && !RequiredTools.AreRequired, $"recorded data {Recording} is not beside the checkout");

        var log = (EventRecording)RecordedFile.Read(
            path ?? throw new FileNotFoundException("Recorded data is missing.", Recording), RecordingFormat.Indiana, TimeZoneInfo.Utc, new RowFindings());

        Assert.Equal(37_152, log.Rows.Count);
        Assert.Equal(37_148, log.Rows.Distinct().Count());
        Assert.Equal(["1136"], log.Intersections);
        var quarters = log.Rows.Distinct().Where(static e => e.Code == 82).CountBy(static e => e.Timestamp / 900_000).Select(static q => q.Value);
        Assert.Equal([1551, 1529, 1693, 1608, 1490, 1588, 1499, 1637], quarters);
        Assert.Equal(37_152, log.Messages.Sum(static m => m.Items));
        Assert.Equal(log.Messages.Select(static m => m.DueMs).Order(), log.Messages.Select(static m => m.DueMs));
    }

    private static (EventRecording Recording, RowFindings Findings) Read(string text) => RecordedText.Read<EventRecording>(text, RecordingFormat.Indiana);
}
