using System.IO.Compression;
using System.Text;
using TrafficCore.Simulators.Cli;
using TrafficCore.Simulators.Replay;
using TrafficCore.TestKit;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.Tests.Simulators;

public sealed class IndianaReaderTests
{
    private const string Header = "TimeStamp,DeviceId,EventId,Parameter\n";

    [Fact]
    public void Read_UnsortedRows_AreInTimeOrderAndKeepTheirOrderWithinAnInstant()
    {
        var log = Read(Header + "2024-04-15T12:00:01.5,7,82,2\n2024-04-15T12:00:00,8,1,4\n2024-04-15T12:00:01.5,7,81,-1\n\n");

        Assert.Equal(["7", "8"], log.Devices);
        Assert.Equal(
            [new IndianaEvent(1713182400000, 1, 1, 4), new IndianaEvent(1713182401500, 0, 82, 2), new IndianaEvent(1713182401500, 0, 81, -1)],
            log.Events);
    }

    [Fact]
    public void Read_ColumnsInOtherOrderAndMoreOfThem_AreFoundByName()
    {
        var log = Read("\uFEFFparameter, EVENTID ,note,DeviceId,TimeStamp\r\n5,82,x,int-1,2024-04-15 12:00:00.100\r\n");

        Assert.Equal(new IndianaEvent(1713182400100, 0, 82, 5), Assert.Single(log.Events));
    }

    [Theory]
    [InlineData("America/Los_Angeles", "2024-04-15T05:00:00", 1713182400000)]
    [InlineData("America/Los_Angeles", "2024-04-15T12:00:00Z", 1713182400000)]
    [InlineData("UTC", "2024-04-15T14:00:00+02:00", 1713182400000)]
    [InlineData("America/Los_Angeles", "2024-11-03T01:30:00", 1730622600000)] // twice: the first pass
    [InlineData("America/Los_Angeles", "2024-03-10T02:30:00", 1710066600000)] // skipped: as if the clock had not been moved
    public void Read_TimesOfAZone_AreUtc(string zone, string time, long expected)
    {
        var log = Read($"{Header}{time},1,82,1\n", TimeZoneInfo.FindSystemTimeZoneById(zone));

        Assert.Equal(expected, Assert.Single(log.Events).Timestamp);
    }

    [Theory]
    [InlineData("", "line 1: no column TimeStamp")]
    [InlineData("TimeStamp,DeviceId,EventId\n", "line 1: no column Parameter")]
    [InlineData(Header, "no events")]
    [InlineData(Header + "2024-04-15T12:00:00,1,82\n", "line 2: can't read a row")]
    [InlineData(Header + "noon,1,82,1\n", "line 2: can't read TimeStamp")]
    [InlineData(Header + "2024-04-15T12:00:00,a/b,82,1\n", "line 2: can't read DeviceId")]
    [InlineData(Header + "2024-04-15T12:00:00,1,82,1\n2024-04-15T12:00:00,1,x,1\n", "line 3: can't read EventId")]
    [InlineData(Header + "2024-04-15T12:00:00,1,82,1.5\n", "line 2: can't read Parameter")]
    public void Read_WrongFile_NamesTheLine(string text, string expected)
    {
        var wrong = Assert.Throws<UsageException>(() => Read(text));

        Assert.Contains(expected, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_GzipUnderAnyName_IsUnpacked()
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(Header + "2024-04-15T12:00:00,1,82,1\n"));
        }

        zipped.Position = 0;
        Assert.Single(IndianaReader.Read(zipped, TimeZoneInfo.Utc).Events);
    }

    [Fact]
    public void Read_RecordedController_HasItsEventsAndDuplicates()
    {
        const string Recording = "odot_signal_1136/events_1136.csv.gz";
        var path = SharedData.Find(Recording);
        Assert.SkipWhen(path is null && !RequiredTools.AreRequired, $"recorded data {Recording} is not beside the checkout");

        var log = IndianaReader.Read(path ?? throw new FileNotFoundException("Recorded data is missing.", Recording), TimeZoneInfo.Utc);

        Assert.Equal(37_152, log.Events.Count);
        Assert.Equal(37_148, log.Events.Distinct().Count());
        Assert.Equal(["1136"], log.Devices);
        var quarters = log.Events.Where(static e => e.Code == 82).CountBy(static e => e.Timestamp / 900_000).Select(static q => q.Value);
        Assert.Equal([1551, 1529, 1693, 1608, 1490, 1588, 1499, 1637], Distinct82(log));
        Assert.Equal(8, quarters.Count());

        var batches = EventBatcher.Pack(log);
        Assert.Equal(37_152, batches.Sum(static b => b.Events));
        Assert.Equal(batches.Select(static b => b.DueMs).Order(), batches.Select(static b => b.DueMs));
    }

    private static IEnumerable<int> Distinct82(IndianaLog log) =>
        log.Events.Distinct().Where(static e => e.Code == 82).CountBy(static e => e.Timestamp / 900_000).Select(static q => q.Value);

    private static IndianaLog Read(string text, TimeZoneInfo? zone = null) =>
        IndianaReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), zone ?? TimeZoneInfo.Utc);
}
