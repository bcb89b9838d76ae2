using TrafficCore.Log;
using TrafficCore.TestKit.Log;

namespace TrafficCore.Tests.Log;

/// <summary>An image holds what the log held, whatever the log does meanwhile, and its copy is a log that is proved like any other.</summary>
public sealed class LogImageTests
{
    private const string Copy = "/copy";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Image_AtAnyMoment_HoldsTheRecordsOfThatMoment(bool pack)
    {
        var files = new ForgetfulFileSystem();
        using var writer = LogFixture.OpenWriter(files, pack ? LogFixture.Packed : LogFixture.Options);
        for (var number = 1; number <= 120; number++)
        {
            LogFixture.Append(writer, number);
            writer.Commit();
            if (number % 13 == 0)
            {
                writer.RetainFrom(writer.End / 3);
            }

            using var image = LogImage.Pin(LogFixture.Directory, files);
            var expected = LogFixture.ReadAll(writer).Records;
            Assert.Equal((writer.Start, writer.DurableEnd), (image.Start, image.End));
            Assert.Equal(expected, LogFixture.ReadAll(image.OpenReader(image.Start)).Records);
            AssertCopy(files, image, expected);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Image_LogGoesOnPacksAndDeletes_StaysAsItWas(bool pack)
    {
        var files = new ForgetfulFileSystem();
        using var writer = LogFixture.OpenWriter(files, LogFixture.Options);
        Append(writer, 1, 60);
        var expected = LogFixture.ReadAll(writer).Records;
        using var image = LogImage.Pin(LogFixture.Directory, files);
        writer.Dispose();
        using (var later = LogFixture.OpenWriter(files, pack ? LogFixture.Packed : LogFixture.Options))
        {
            Append(later, 61, 140);
            later.RetainFrom(later.End);
            Assert.True(later.Start > image.End);
        }

        Assert.Equal(expected, LogFixture.ReadAll(image.OpenReader(image.Start)).Records);
        AssertCopy(files, image, expected);
    }

    [Fact]
    public void Image_RecordThatIsJustBeingWritten_IsNotInIt()
    {
        var files = new ForgetfulFileSystem();
        using var writer = LogFixture.OpenWriter(files);
        Append(writer, 1, 3);
        var segment = LogFixture.Directory + "/" + files.ListFiles(LogFixture.Directory).First(static name => name.EndsWith(".log", StringComparison.Ordinal));
        var half = LogFixture.Sealed(4)[..^8];
        half.CopyTo(files.Bytes(segment)[(int)(SegmentHeader.DataOffset + writer.End)..]);

        using var image = LogImage.Pin(LogFixture.Directory, files);

        Assert.Equal(writer.End, image.End);
        AssertCopy(files, image, LogFixture.ReadAll(writer).Records);
        var copied = files.Bytes(Copy + "/" + Path.GetFileName(segment))[(int)(SegmentHeader.DataOffset + writer.End)..];
        Assert.True(copied.IndexOfAnyExcept((byte)0) < 0, "What was just being written is in the copy.");
    }

    private static void Append(LogWriter writer, int from, int to)
    {
        for (var number = from; number <= to; number++)
        {
            LogFixture.Append(writer, number);
            writer.Commit();
        }
    }

    // The copy reads the same, opens for writing without a gap, and its history is proved.
    private static void AssertCopy(ForgetfulFileSystem files, LogImage image, List<(int, long)> expected)
    {
        files.CreateDirectory(Copy);
        foreach (var name in files.ListFiles(Copy))
        {
            files.Delete($"{Copy}/{name}");
        }

        foreach (var file in image.Files)
        {
            file.CopyTo(Copy, files);
        }

        Assert.Empty(HistoryAudit.Verify(Copy, files).Problems);
        using var writer = LogWriter.Open(Copy, LogFixture.Options, files, () => 0);
        Assert.Equal(expected, LogFixture.ReadAll(writer).Records);
        Assert.Empty(writer.Recovery.Gaps);
        Assert.Equal(image.End, writer.End);
    }
}
