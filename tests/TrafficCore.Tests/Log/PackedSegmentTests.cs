using TrafficCore.Log;
using TrafficCore.TestKit.Log;

namespace TrafficCore.Tests.Log;

/// <summary>Packed segments read as the plain ones did, and damage in them costs what it hits.</summary>
public sealed class PackedSegmentTests
{
    private const int Records = 60;

    [Fact]
    public void Log_Packed_ReadsAsThePlainOneFromEveryRecord()
    {
        var (plainFiles, positions, end) = MakeLog(LogFixture.Options);
        var (files, samePositions, _) = MakeLog(LogFixture.Packed);
        Assert.Equal(positions, samePositions);
        Assert.Contains(Segments(files), static segment => segment.IsPacked);
        Assert.DoesNotContain(Segments(plainFiles), static segment => segment.IsPacked);
        foreach (var position in positions)
        {
            var content = LogFixture.ReadAll(LogReader.OpenDirectory(LogFixture.Directory, files, position));
            Assert.Equal(LogFixture.ReadAll(LogReader.OpenDirectory(LogFixture.Directory, plainFiles, position)).Records, content.Records);
            Assert.Empty(content.Gaps);
        }

        using var reader = LogReader.OpenDirectory(LogFixture.Directory, files, 0);
        using var plain = LogReader.OpenDirectory(LogFixture.Directory, plainFiles, 0);
        Assert.Equal(AllBytes(plain), AllBytes(reader));
        Assert.Equal(end, reader.Position);
    }

    [Fact]
    public void Log_PackedWhileItIsRead_GoesOnWithTheNextRecord()
    {
        var files = new ForgetfulFileSystem();
        using var writer = LogFixture.OpenWriter(files, LogFixture.Packed);
        using var reader = writer.OpenReader(0);
        for (var number = 0; number < Records; number++)
        {
            LogFixture.Append(writer, number);
            writer.Commit();
            if (number % 2 == 1)
            {
                Assert.Equal(LogReadStatus.Record, reader.Read(out var record));
                Assert.Equal(number / 2, BitConverter.ToInt32(record.Body));
            }
        }

        Assert.True(Segments(files).Count(static segment => segment.IsPacked) > 1);
        Assert.Equal(Enumerable.Range(Records / 2, Records / 2), LogFixture.ReadAll(reader).Numbers);
    }

    [Fact]
    public void Log_AnyBitOfAPackedSegmentFlipped_LosesAtMostOneBlockAndReportsIt()
    {
        var (files, positions, _) = MakeLog(LogFixture.Packed);
        var segment = Segments(files).First(static segment => segment.IsPacked);
        var blocks = Blocks(files, segment);
        Assert.True(blocks.Count > 1);
        var bytes = files.Bytes(segment.Path);
        var dataEnd = blocks[^1].Offset + blocks[^1].PackedLength;
        for (var offset = 0; offset < bytes.Length; offset += offset < dataEnd ? 1 : 7)
        {
            var bit = (byte)(1 << (offset % 8));
            bytes[offset] ^= bit;
            var hit = blocks.FirstOrDefault(block => offset >= block.Offset && offset < block.Offset + block.PackedLength);
            var expected = Enumerable.Range(0, Records).Where(number => positions[number] < hit.Start || positions[number] >= hit.End);
            var content = LogFixture.ReadDirectory(files);
            Assert.Equal(expected, content.Numbers);
            Assert.Equal(hit.Length == 0 ? [] : [new LogGap(hit.Start, hit.End)], content.Gaps);
            bytes[offset] ^= bit;
        }
    }

    [Fact]
    public void Log_PackedSegmentCutAnywhere_KeepsAllOthers()
    {
        var (files, positions, _) = MakeLog(LogFixture.Packed);
        var segments = Segments(files);
        var cut = segments.First(static segment => segment.IsPacked);
        var next = segments.First(segment => segment.Base > cut.Base).Base;
        var whole = files.Bytes(cut.Path).ToArray();
        for (var length = 0; length < whole.Length; length += 13)
        {
            files.Replace(cut.Path, whole.AsSpan(0, length));
            var content = LogFixture.ReadDirectory(files);
            Assert.Superset(Numbers(positions, position => position < cut.Base || position >= next), content.Numbers.ToHashSet());
            Assert.Equal(content.Records.Count < Records, content.Gaps.Count > 0);
        }
    }

    [Fact]
    public void Log_DamagedSegmentThatIsPacked_KeepsTheDamagedBytesAndTheSameGap()
    {
        var files = new ForgetfulFileSystem();
        var options = LogFixture.Packed;
        options.Pack = false;
        var positions = Fill(files, options);
        var first = Segments(files)[0];
        var damaged = files.Bytes(first.Path).Slice((int)first.OffsetOf(positions[2]), 24);
        damaged.Fill(0xA5);
        using (LogFixture.OpenWriter(files, LogFixture.Packed))
        {
            // Opening seals what is finished. The chain has the hash of the undamaged segment, so this one stays as it is.
            Assert.False(Segments(files)[0].IsPacked);
            Assert.True(Segments(files)[1].IsPacked);
        }

        files.Delete($"{LogFixture.Directory}/{ChainFile.Name}");
        using (LogFixture.OpenWriter(files, LogFixture.Packed))
        {
            Assert.True(Segments(files)[0].IsPacked);
        }

        var content = LogFixture.ReadDirectory(files);
        Assert.Equal([new LogGap(positions[2], positions[3])], content.Gaps);
        Assert.Equal(Enumerable.Range(0, Records).Where(static number => number != 2), content.Numbers);
        var packed = new byte[24];
        using var file = Segments(files)[0].Open(files);
        Assert.Equal(24, file.Read(packed, first.OffsetOf(positions[2])));
        Assert.Equal(Enumerable.Repeat((byte)0xA5, 24), packed);
    }

    [Fact]
    public void Log_LastSegmentTakenAwayBehindAPackedOne_GivesNoPositionOutAgain()
    {
        var (files, _, _) = MakeLog(LogFixture.Packed);
        var segments = Segments(files);
        foreach (var segment in segments.SkipWhile(static segment => segment.IsPacked))
        {
            files.Delete(segment.Path);
        }

        using var writer = LogFixture.OpenWriter(files, LogFixture.Packed);
        var end = segments.Last(static segment => segment.IsPacked);
        Assert.Equal(end.Base + end.Capacity, Assert.Single(writer.Recovery.Gaps).From);
        Assert.True(writer.End >= end.Base + end.Capacity + LogFixture.Packed.SegmentBytes);
    }

    [Fact]
    public void Log_PackedByANewerProgram_IsNotOpened()
    {
        var (files, _, _) = MakeLog(LogFixture.Packed);
        var bytes = files.Bytes(Segments(files).First(static segment => segment.IsPacked).Path);
        foreach (var header in new[] { 0, bytes.Length - PackedHeader.Size })
        {
            bytes[header + 8] = 2;
            BitConverter.TryWriteBytes(bytes[(header + 60)..], RecordCodec.Crc(uint.MaxValue, bytes.Slice(header, 60)));
        }

        Assert.Throws<InvalidDataException>(() => LogFixture.OpenWriter(files, LogFixture.Packed));
    }

    private static HashSet<int> Numbers(List<long> positions, Func<long, bool> where) =>
        [.. Enumerable.Range(0, Records).Where(number => where(positions[number]))];

    private static byte[] AllBytes(LogReader reader)
    {
        var bytes = new List<byte>();
        while (reader.TryReadBatch(out var batch))
        {
            bytes.AddRange(batch.Records);
            batch.Release();
        }

        return [.. bytes];
    }

    private static IReadOnlyList<PackedBlock> Blocks(ForgetfulFileSystem files, Segment segment)
    {
        using var file = files.Open(segment.Path, writable: false);
        return PackedIndex.Read(file, PackedHeader.Read(file, out _)!.Value, out _)!.Blocks;
    }

    private static IReadOnlyList<Segment> Segments(ForgetfulFileSystem files) => LogRecovery.Inspect(LogFixture.Directory, files, 0).Segments;

    private static (ForgetfulFileSystem Files, List<long> Positions, long End) MakeLog(LogOptions options)
    {
        var files = new ForgetfulFileSystem();
        var positions = Fill(files, options);
        return (files, positions, positions[^1] + LogFixture.Sealed(Records - 1).Length);
    }

    private static List<long> Fill(ForgetfulFileSystem files, LogOptions options)
    {
        using var writer = LogFixture.OpenWriter(files, options);
        var positions = new List<long>();
        for (var number = 0; number < Records; number++)
        {
            positions.Add(LogFixture.Append(writer, number));
            writer.Commit();
        }

        return positions;
    }
}
