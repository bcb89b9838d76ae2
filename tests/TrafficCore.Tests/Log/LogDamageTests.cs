using TrafficCore.Log;
using TrafficCore.TestKit.Log;

namespace TrafficCore.Tests.Log;

/// <summary>Damage at rest: every single bit, every truncation. What is not hit is there, what is hit is reported.</summary>
public sealed class LogDamageTests
{
    private static readonly LogOptions Small = new() { Name = "test", SegmentBytes = 1024, BufferBytes = 1024, PrepareInline = true };

    [Fact]
    public void Log_AnyBitFlipped_LosesAtMostThatRecordAndReportsIt()
    {
        var (files, positions, end) = MakeLog(records: 9);
        var segments = Segments(files);
        Assert.Equal(3, segments.Count);
        for (var s = 0; s < segments.Count; s++)
        {
            var limit = s + 1 < segments.Count ? segments[s + 1].Base : end;
            FlipEachBit(files, segments[s], positions, limit, end);
        }
    }

    [Fact]
    public void Log_LastSegmentCutAnywhere_KeepsEverythingBeforeAndNeverReusesPositions()
    {
        var (files, positions, end) = MakeLog(records: 14);
        var last = Segments(files)[^1];
        var whole = files.Bytes(last.Path).ToArray();
        for (var length = 0; length < whole.Length; length += length < SegmentHeader.DataOffset - 8 ? 61 : 1)
        {
            files.Replace(last.Path, whole.AsSpan(0, length));
            var present = Enumerable.Range(0, positions.Count)
                .Where(i => End(positions, i, end) <= last.Base + Math.Max(0, length - SegmentHeader.DataOffset))
                .ToList();
            using (var writer = LogFixture.OpenWriter(files.Kill(), Small))
            {
                Assert.NotEmpty(writer.Recovery.Gaps);
                Assert.True(writer.End >= end, "Positions that may have been acknowledged are given out again.");
                var content = LogFixture.ReadAll(writer);
                Assert.Equal(present, content.Numbers);
                Assert.NotEmpty(content.Gaps);
            }
        }
    }

    [Fact]
    public void Log_MiddleSegmentCutOrMissing_KeepsAllOthers()
    {
        var (files, positions, end) = MakeLog(records: 14);
        var segments = Segments(files);
        var middle = segments[1];
        for (var length = 0; length < SegmentHeader.DataOffset + 1024; length += 331)
        {
            var damaged = files.Kill();
            damaged.Replace(middle.Path, damaged.Bytes(middle.Path)[..length].ToArray());
            CheckOthers(LogFixture.ReadDirectory(damaged), positions, middle.Base, segments[2].Base);
        }

        var missing = files.Kill();
        missing.Delete(middle.Path);
        CheckOthers(LogFixture.ReadDirectory(missing), positions, middle.Base, segments[2].Base);
    }

    [Fact]
    public void Log_BothHeaderCopiesDamaged_SaltComesFromAnotherSegment()
    {
        var (files, positions, _) = MakeLog(records: 14);
        foreach (var segment in Segments(files))
        {
            var damaged = files.Kill();
            DestroyHeader(damaged, segment.Path);
            using var writer = LogFixture.OpenWriter(damaged, Small);
            Assert.Equal(1, writer.Recovery.DamagedHeaders);
            Assert.Equal(LogFixture.Salt, writer.Salt);
            Assert.Equal(Enumerable.Range(0, positions.Count), LogFixture.ReadAll(writer).Numbers);
        }
    }

    [Fact]
    public void Log_OnlySegmentLosesItsHeader_ReportsTheLossAndGoesOnBehindIt()
    {
        var (files, _, end) = MakeLog(records: 2);
        DestroyHeader(files, Segments(files).Single().Path);
        using var writer = LogWriter.Open(LogFixture.Directory, Small, files, () => LogFixture.Salt + 1);
        Assert.Equal(0, Assert.Single(writer.Recovery.Gaps).From);
        Assert.True(writer.Recovery.Gaps[0].To >= end);
        Assert.Equal(writer.Recovery.Gaps[0].To, LogFixture.Append(writer, 7));
        writer.Commit();
        var content = LogFixture.ReadAll(writer);
        Assert.Equal([7], content.Numbers);
        Assert.NotEmpty(content.Gaps);
    }

    [Fact]
    public void Log_TornTail_IsReportedAndWritingGoesOnInANewSegment()
    {
        var (files, positions, end) = MakeLog(records: 3);
        var only = Segments(files).Single();
        files.Bytes(only.Path).Slice((int)only.OffsetOf(end), 40).Fill(0x5A);
        using (var writer = LogFixture.OpenWriter(files, Small))
        {
            Assert.Equal(40, writer.Recovery.TornBytes);
            Assert.Empty(writer.Recovery.Gaps);
            Assert.Equal(end, LogFixture.Append(writer, 3));
            writer.Commit();
        }

        var content = LogFixture.ReadDirectory(files.Restart(0));
        Assert.Equal([0, 1, 2, 3], content.Numbers);
        Assert.Empty(content.Gaps);
        Assert.Equal(2, Segments(files).Count);
    }

    [Fact]
    public void Log_DamagedRegionFullOfMarks_IsSearchedToItsEnd()
    {
        var (files, positions, _) = MakeLog(records: 14);
        var first = Segments(files)[0];
        var bytes = files.Bytes(first.Path).Slice((int)first.OffsetOf(positions[1]), (int)(positions[2] - positions[1]));
        for (var i = 0; i + 16 <= bytes.Length; i += 16)
        {
            // Length 16, type 1, the mark: each looks like a header until its checksum is tried.
            new byte[] { 16, 0, 0, 0, 9, 9, 9, 9, 1, 1, 0x7A, 0xC0, 0, 0, 0, 0 }.CopyTo(bytes[i..]);
        }

        var content = LogFixture.ReadDirectory(files);
        Assert.Equal(Enumerable.Range(0, 14).Where(number => number != 1), content.Numbers);
        Assert.Equal([new LogGap(positions[1], positions[2])], content.Gaps);
    }

    [Fact]
    public void Log_FromANewerProgram_IsNotOpened()
    {
        var (files, _, _) = MakeLog(records: 2);
        var header = files.Bytes(Segments(files).Single().Path);
        header[8] = 2;
        BitConverter.TryWriteBytes(header[60..], RecordCodec.Crc(uint.MaxValue, header[..60]));
        Assert.Throws<InvalidDataException>(() => LogFixture.OpenWriter(files, Small));
    }

    private static void FlipEachBit(ForgetfulFileSystem files, Segment segment, List<long> positions, long limit, long end)
    {
        var bytes = files.Bytes(segment.Path);
        var used = (int)segment.OffsetOf(limit);
        for (var offset = 0; offset < Math.Min(bytes.Length, used + 64); offset += offset is > 64 and < 4088 or > 4160 and < 8184 ? 97 : 1)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                bytes[offset] ^= (byte)(1 << bit);
                CheckFlip(files, segment, positions, segment.Base + offset - SegmentHeader.DataOffset, limit, end);
                bytes[offset] ^= (byte)(1 << bit);
            }
        }
    }

    private static void CheckFlip(ForgetfulFileSystem files, Segment segment, List<long> positions, long at, long limit, long end)
    {
        var recovery = LogRecovery.Inspect(LogFixture.Directory, files, 0);
        var catalog = new SegmentCatalog(recovery.Segments, recovery.ValidEnd);
        var content = LogFixture.ReadAll(new LogReader(new SegmentReaderSource(files, catalog), 0));
        var hit = at < segment.Base || at >= limit ? -1 : positions.FindLastIndex(position => position <= at);
        if (hit >= 0 && at >= positions[hit] + RecordHeader.Size + LogFixture.Body(hit).Length)
        {
            hit = -1;   // Padding: no content, nothing is hurt.
        }

        Assert.Equal(Enumerable.Range(0, positions.Count).Where(number => number != hit), content.Numbers);
        Assert.Equal(at is < -8192 + 64 || IsHeader(at - segment.Base) ? 1 : 0, recovery.Report.DamagedHeaders);
        if (hit == positions.Count - 1)
        {
            Assert.True(recovery.Report.TornBytes > 0, "Damage at the very end was not reported.");
        }
        else
        {
            Assert.Equal(hit < 0 ? [] : [new LogGap(positions[hit], positions[hit + 1])], content.Gaps);
        }
    }

    private static bool IsHeader(long offset) =>
        offset + SegmentHeader.DataOffset is >= 0 and < SegmentHeader.Size or >= SegmentHeader.CopyOffset and < SegmentHeader.CopyOffset + SegmentHeader.Size;

    private static void CheckOthers(LogContent content, List<long> positions, long from, long to)
    {
        var others = Enumerable.Range(0, positions.Count).Where(i => positions[i] < from || positions[i] >= to).ToList();
        Assert.Equal(others, content.Numbers.Where(others.Contains));
        if (content.Records.Count < positions.Count)
        {
            Assert.NotEmpty(content.Gaps);
            Assert.Equal(to, content.Gaps[^1].To);
        }
    }

    private static (ForgetfulFileSystem Files, List<long> Positions, long End) MakeLog(int records)
    {
        var files = new ForgetfulFileSystem();
        using var writer = LogFixture.OpenWriter(files, Small);
        var positions = new List<long>();
        for (var number = 0; number < records; number++)
        {
            positions.Add(LogFixture.Append(writer, number));
            writer.Commit();
        }

        return (files, positions, writer.End);
    }

    private static long End(List<long> positions, int index, long end) => index + 1 < positions.Count ? positions[index + 1] : end;

    private static IReadOnlyList<Segment> Segments(ForgetfulFileSystem files) =>
        LogRecovery.Inspect(LogFixture.Directory, files, 0).Segments;

    private static void DestroyHeader(ForgetfulFileSystem files, string path)
    {
        files.Bytes(path)[20] ^= 1;
        files.Bytes(path)[SegmentHeader.CopyOffset + 20] ^= 1;
    }
}
