using TrafficCore.Log;
using TrafficCore.TestKit.Log;

namespace TrafficCore.Tests.Log;

/// <summary>
/// Files as docs/log-format.md describes them, made by another program from that page alone. They stay as they are: a release that changes a format adds
/// vectors and still opens these.
/// </summary>
public sealed class LogFormatVectorTests
{
    private const uint Salt = 0x51A7_0001;
    private const int SegmentLength = 8192 + 4096;

    // Segments 1 (base 0) and 2 (base 168), four records in the first and one in the second.
    private const string FirstHeader = "54434C4F47534547010000000100A7510100000000000000000000000000000000300000000000000000000000000000000000000000000000000000084F13BC";
    private const string SecondHeader = "54434C4F47534547010000000100A7510200000000000000A8000000000000000030000000000000000000000000000000000000000000000000000097B98270";
    private const string Records = "0E000000821AD52301017AC001000000E8030000000000000A000000000000000001020304050607AABB726573740000100000007D5FADE701017AC002000000EF030000000000000C00000000000000000102030405060708090A0B0C0D0E0F0000000073A0AFCA04017AC000000000DE030000000000000D0000000000000005000000F13A1FAB09027AC000000000D007000000000000DD07000000000000706C61696E000000";
    private const string LastRecord = "040000000A17D18C01017AC000000000B80B000000000000C50B0000000000006C61737400000000";

    // The first segment packed, with a layout of two fields of 4 bytes; its block is stored, not compressed (RFC 7932, section 9.2).
    private const string PackedHeaderBytes = "54434C4F4750414B010000000100A75101000000000000000000000000000000A8000000000000000010000000000000170000007FDCFD83000000009F9C2210";
    private const string PackedBlockBytes = "7004100404080406060B0C0C0E100005010101010401090202040000D00F0E21E40FBB0F0924BC0FAABB72657374706C61696E000102030001020308090A0B04050607040506070C0D0E0F03";
    private const string PackedIndexBytes = "01010100020404A80000004C0000004800000080304276";

    private const string Chain = "54435345414C0100A8000000000000009000000000000000E915EF9C09CADFB2000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001000000000000000000000000000000A800000000000000EB0735E0A8257428986E3498630DA5AE35CF6D2C478BAB4AF9FC2E4EBF601D1565176A004FF97B2AD394041316E37C7DBDFD11F1FF1C18292830CFA4AE60A6B8";
    private const string Head = "65176a004ff97b2ad394041316e37c7dbdfd11f1ff1c18292830cfa4ae60a6b8";
    private const string Cursor = "54435345414C010067120000000000000000000000000000FFFFFFFF94E81B15";
    private const string Snapshot = "54435345414C01004D0000000000000005000000000000002097249943EF64357374617465";

    private static readonly (byte Type, byte Version, int Count, long Received, long Elapsed, string Body)[] Content =
    [
        (1, 1, 1, 1000, 10, "0001020304050607AABB72657374"),
        (1, 1, 2, 1007, 12, "000102030405060708090A0B0C0D0E0F"),
        (4, 1, 0, 990, 13, ""),
        (9, 2, 0, 2000, 2013, "706C61696E"),
        (1, 1, 0, 3000, 3013, "6C617374"),
    ];

    [Fact]
    public void Directory_OfTheFirstRelease_OpensReadsEqualAndGoesOn()
    {
        var files = MakeDirectory();
        files.Replace(PathOf("00000001-0000000000000000.log"), PlainSegment(FirstHeader, Records));
        AssertOpens(files);
    }

    [Fact]
    public void Directory_PackedAndChainedInTheFirstFormat_OpensReadsEqualAndGoesOn()
    {
        var files = MakeDirectory();
        files.Replace(PathOf("00000001-0000000000000000.pack"), PackedSegment());
        files.Replace(PathOf(ChainFile.Name), Convert.FromHexString(Chain));
        Assert.Empty(HistoryAudit.Verify(LogFixture.Directory, files, Convert.FromHexString(Head)).Problems);
        AssertOpens(files);
    }

    [Fact]
    public void Chain_OfTheVector_IsWhatSealingMakes()
    {
        var files = MakeDirectory();
        files.Replace(PathOf("00000001-0000000000000000.log"), PlainSegment(FirstHeader, Records));
        using (var writer = LogFixture.OpenWriter(files))
        {
            for (var number = 0; writer.DurableEnd < 4096; number++)
            {
                LogFixture.Append(writer, number);
                writer.Commit();
            }
        }

        Assert.Equal(Head, Convert.ToHexStringLower(ChainFile.Read(LogFixture.Directory, files, out _)!.Links[0].Hash));
    }

    [Fact]
    public void CursorAndSnapshot_OfTheFirstRelease_AreRead()
    {
        var files = MakeDirectory();
        files.Replace(PathOf("sink.cursor"), Convert.FromHexString(Cursor));
        files.Replace(PathOf("00000001-000000000000004d.snapshot"), Convert.FromHexString(Snapshot));
        Assert.Equal(4711, new CursorFile(LogFixture.Directory, "sink", files).Position);
        Assert.True(new SnapshotStore(LogFixture.Directory, files).TryLoadLatest(out var position, out var content));
        Assert.Equal(77, position);
        Assert.Equal("state"u8, content);
    }

    private static void AssertOpens(ForgetfulFileSystem files)
    {
        using (var writer = LogFixture.OpenWriter(files))
        {
            Assert.Equal(Salt, writer.Salt);
            Assert.Empty(writer.Recovery.Gaps);
            Assert.Equal(3013, writer.Recovery.LastRecord!.Value.ElapsedMs);
            Assert.Equal(Content, Read(writer.OpenReader(0)));
            writer.Append(4, 1, 0, 4000, 4013, []);
            writer.Commit();
        }

        Assert.Equal(Content.Append(((byte)4, (byte)1, 0, 4000L, 4013L, "")), Read(LogReader.OpenDirectory(LogFixture.Directory, files.Restart(0), 0)));
        Assert.Empty(HistoryAudit.Verify(LogFixture.Directory, files).Problems);
    }

    private static List<(byte Type, byte Version, int Count, long Received, long Elapsed, string Body)> Read(LogReader reader)
    {
        var records = new List<(byte, byte, int, long, long, string)>();
        using (reader)
        {
            while (reader.Read(out var record) is var status && status != LogReadStatus.End)
            {
                Assert.Equal(LogReadStatus.Record, status);
                var header = record.Header;
                records.Add((header.Type, header.Version, header.Count, header.ReceivedMs, header.ElapsedMs, Convert.ToHexString(record.Body)));
            }
        }

        return records;
    }

    private static ForgetfulFileSystem MakeDirectory()
    {
        var files = new ForgetfulFileSystem();
        files.CreateDirectory("/data");
        files.CreateDirectory(LogFixture.Directory);
        files.SyncDirectory("/");
        files.SyncDirectory("/data");
        files.Replace(PathOf("00000002-00000000000000a8.log"), PlainSegment(SecondHeader, LastRecord));
        return files;
    }

    private static string PathOf(string name) => $"{LogFixture.Directory}/{name}";

    private static byte[] PlainSegment(string header, string records)
    {
        var file = new byte[SegmentLength];
        Convert.FromHexString(header).CopyTo(file, 0);
        Convert.FromHexString(header).CopyTo(file, 4096);
        Convert.FromHexString(records).CopyTo(file, 8192);
        return file;
    }

    private static byte[] PackedSegment()
    {
        var file = new byte[12_288 + 64];
        Convert.FromHexString(PackedHeaderBytes).CopyTo(file, 0);
        Convert.FromHexString(PackedBlockBytes).CopyTo(file, 64);
        Convert.FromHexString(PackedIndexBytes).CopyTo(file, 4096);
        Convert.FromHexString(PackedIndexBytes).CopyTo(file, 8192);
        Convert.FromHexString(PackedHeaderBytes).CopyTo(file, 12_288);
        return file;
    }
}
