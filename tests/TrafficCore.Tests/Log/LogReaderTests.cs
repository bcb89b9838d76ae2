using TrafficCore.Log;
using TrafficCore.TestKit.Log;

namespace TrafficCore.Tests.Log;

public sealed class LogReaderTests
{
    [Fact]
    public void Read_UncommittedRecord_IsNotSeen()
    {
        using var writer = LogFixture.OpenWriter(new ForgetfulFileSystem());
        using var reader = writer.OpenReader(0);
        LogFixture.Append(writer, 0);
        Assert.Equal(LogReadStatus.End, reader.Read(out _));
        writer.Commit();
        Assert.Equal(LogReadStatus.Record, reader.Read(out var record));
        Assert.Equal((0, writer.End), (record.Position, record.Next));
        Assert.Equal(LogReadStatus.End, reader.Read(out _));
    }

    [Fact]
    public void Read_WhileTheLogGrowsOverSegments_SeesEachRecordOnce()
    {
        using var writer = LogFixture.OpenWriter(new ForgetfulFileSystem());
        using var reader = writer.OpenReader(0);
        for (var number = 0; number < 100; number++)
        {
            var position = LogFixture.Append(writer, number);
            writer.Commit();
            Assert.Equal(LogReadStatus.Record, reader.Read(out var record));
            Assert.Equal((position, number), (record.Position, BitConverter.ToInt32(record.Body)));
            Assert.Equal(LogReadStatus.End, reader.Read(out _));
        }
    }

    [Fact]
    public void Read_BelowStart_ReportsTheRetiredPartAsGap()
    {
        using var writer = LogFixture.OpenWriter(new ForgetfulFileSystem());
        Fill(writer, 100);
        using var slow = writer.OpenReader(0);
        Assert.Equal(LogReadStatus.Record, slow.Read(out _));
        using var late = writer.OpenReader(0);
        writer.RetainFrom(writer.DurableEnd);
        Assert.True(writer.Start > 0);

        Assert.Equal(LogReadStatus.Gap, late.Read(out _));
        Assert.Equal(new LogGap(0, writer.Start), late.Gap);
        Assert.Equal(writer.Start, late.Position);
        Assert.Equal(LogReadStatus.Record, late.Read(out var record));
        Assert.Equal(writer.Start, record.Position);

        var position = slow.Position;
        Assert.Equal(LogReadStatus.Gap, slow.Read(out _));
        Assert.Equal(new LogGap(position, writer.Start), slow.Gap);
    }

    [Fact]
    public void TryReadBatch_WholeLog_GivesTheSameRecordsAsRead()
    {
        using var writer = LogFixture.OpenWriter(new ForgetfulFileSystem());
        Fill(writer, 100);
        var single = LogFixture.ReadAll(writer).Records;
        var batched = new List<(int Number, long Position)>();
        using var reader = writer.OpenReader(0);
        while (reader.TryReadBatch(out var batch))
        {
            Assert.True(batch.Start < batch.End);
            foreach (var record in batch.Walk())
            {
                batched.Add((BitConverter.ToInt32(record.Body), record.Position));
            }

            Assert.Equal(batch.End, reader.Position);
            batch.Release();
        }

        Assert.Equal(LogReadStatus.End, reader.Read(out _));
        Assert.Equal(single, batched);
    }

    [Fact]
    public void TryReadBatch_BeforeDamage_StopsAndLeavesTheGapToRead()
    {
        var files = new ForgetfulFileSystem();
        using var writer = LogFixture.OpenWriter(files);
        Fill(writer, 6);
        using var finder = writer.OpenReader(0);
        var positions = LogFixture.ReadAll(writer).Records;
        var segment = LogRecovery.Inspect(LogFixture.Directory, files, 0).Segments[0];
        files.Bytes(segment.Path)[(int)segment.OffsetOf(positions[2].Position) + 40] ^= 4;

        using var reader = writer.OpenReader(0);
        Assert.True(reader.TryReadBatch(out var before));
        Assert.Equal(positions[2].Position, before.End);
        before.Release();
        Assert.False(reader.TryReadBatch(out _));
        Assert.Equal(LogReadStatus.Gap, reader.Read(out _));
        Assert.Equal(new LogGap(positions[2].Position, positions[3].Position), reader.Gap);
        Assert.True(reader.TryReadBatch(out var after));
        Assert.Equal((positions[3].Position, writer.End), (after.Start, after.End));
        after.Release();
    }

    [Fact]
    public void Append_LongestRecord_IsReadBackSinglyAndInABatch()
    {
        using var writer = LogFixture.OpenWriter(new ForgetfulFileSystem());
        LogFixture.Append(writer, 1);
        var body = new byte[RecordCodec.MaxBodyLength];
        new Random(5).NextBytes(body);
        var position = writer.Append(5, 1, 0, 1, 1, body);
        LogFixture.Append(writer, 2);
        writer.Commit();

        using var reader = writer.OpenReader(position);
        Assert.Equal(LogReadStatus.Record, reader.Read(out var record));
        Assert.True(record.Body.SequenceEqual(body));
        reader.Seek(position);
        Assert.True(reader.TryReadBatch(out var batch));
        Assert.Equal(position, batch.Start);
        batch.Release();
        Assert.Equal(LogReadStatus.Record, reader.Read(out record));
        Assert.Equal(2, BitConverter.ToInt32(record.Body));
    }

    [Fact]
    public void Release_TooOften_IsABugAndSaysSo()
    {
        using var writer = LogFixture.OpenWriter(new ForgetfulFileSystem());
        Fill(writer, 1);
        using var reader = writer.OpenReader(0);
        Assert.True(reader.TryReadBatch(out var batch));
        batch.AddReference();
        batch.Release();
        batch.Release();
        Assert.Throws<InvalidOperationException>(batch.Release);
    }

    [Fact]
    public void Open_DirectoryInUse_IsRefused()
    {
        var files = new ForgetfulFileSystem();
        using var writer = LogFixture.OpenWriter(files);
        Assert.Throws<IOException>(() => LogFixture.OpenWriter(files));
    }

    private static void Fill(LogWriter writer, int records)
    {
        for (var number = 0; number < records; number++)
        {
            LogFixture.Append(writer, number);
        }

        writer.Commit();
    }
}
