using System.Buffers.Binary;
using TrafficCore.Log;
using TrafficCore.TestKit;

namespace TrafficCore.IntegrationTests.Log;

public sealed class PhysicalLogTests : IDisposable
{
    private const uint Salt = 77;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly string _directory = Path.Combine(Path.GetTempPath(), $"trafficcore-log-{Guid.NewGuid():n}");

    private static LogOptions Options => new() { Name = "input", SegmentBytes = 256 * 1024, BufferBytes = 32 * 1024, Buffers = 4 };

    [Fact]
    public async Task Log_ConcurrentAppendersOnARealDisk_AllThereInOrderAfterReopen()
    {
        const int Appenders = 6;
        const int PerAppender = 2_000;
        var handed = 0L;
        await using (var log = Open())
        {
            log.StartCommitting(new Sink(batch => handed += batch.End - batch.Start));
            var appenders = Enumerable.Range(0, Appenders).Select(appender => Task.Run(() => AppendAllAsync(log, appender, PerAppender)));
            await Task.WhenAll(appenders).WaitAsync(Deadline);
        }

        await using var reopened = Open();
        Assert.Equal(handed, reopened.DurableEnd);
        Assert.Equal(0, reopened.Recovery.TornBytes);
        var next = new int[Appenders];
        using var reader = reopened.OpenReader(0);
        while (reader.TryReadBatch(out var batch))
        {
            foreach (var record in batch.Walk())
            {
                var appender = record.Body[0];
                Assert.Equal(next[appender]++, BinaryPrimitives.ReadInt32LittleEndian(record.Body[1..]));
            }

            batch.Release();
        }

        Assert.Equal(LogReadStatus.End, reader.Read(out _));
        Assert.All(next, count => Assert.Equal(PerAppender, count));
    }

    [Fact]
    public async Task Retention_WhileReadersFollow_DeletesFilesAndReadersSeeGapsNotErrors()
    {
        await using var log = Open();
        log.StartCommitting(new Sink(_ => { }));
        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(() => Follow(log, stop.Token))).ToArray();
        await Task.WhenAll(Enumerable.Range(0, 3).Select(appender => Task.Run(async () =>
        {
            for (var i = 0; i < 20; i++)
            {
                await AppendAllAsync(log, appender, 100);
                log.RetainFrom(log.DurableEnd);
            }
        }))).WaitAsync(Deadline);
        await stop.CancelAsync();
        var ends = await Task.WhenAll(readers).WaitAsync(Deadline);
        Assert.All(ends, end => Assert.Equal(log.DurableEnd, end));
        log.RetainFrom(log.DurableEnd);
        Assert.Single(Directory.GetFiles(_directory, "*.log"));
    }

    [Fact]
    public async Task Commit_SteadyState_AllocatesNothing()
    {
        await using var log = Open();
        var committer = log.Prepare(new Sink(_ => { }));
        var record = Sealed(1, 1);
        var waiters = Enumerable.Range(0, 4).Select(_ => new Waiter()).ToArray();
        void Commit()
        {
            foreach (var waiter in waiters)
            {
                Assert.True(log.TryAppend(record, 1, waiter, out _));
            }

            committer.CommitNext();
        }

        for (var i = 0; i < 200; i++)
        {
            Commit();
        }

        Assert.Equal(0, Allocations.Least(() =>
        {
            for (var i = 0; i < 200; i++)
            {
                Commit();
            }
        }));
    }

    [Fact]
    public void Open_SecondOwner_IsRefusedUntilTheFirstCloses()
    {
        using (OpenWriter())
        {
            Assert.ThrowsAny<IOException>(OpenWriter);
        }

        OpenWriter().Dispose();
    }

    [Fact]
    public void SnapshotAndCursor_OnARealDisk_AreReadBack()
    {
        var store = new SnapshotStore(Path.Combine(_directory, "snapshots"), PhysicalFileSystem.Instance);
        for (var i = 1; i <= 3; i++)
        {
            store.Save(i * 8, writer => writer.GetSpan(1)[0] = 0);
            new CursorFile(_directory, "sink", PhysicalFileSystem.Instance).Save(i * 8);
        }

        Assert.Equal(24, new CursorFile(_directory, "sink", PhysicalFileSystem.Instance).Position);
        Assert.True(new SnapshotStore(Path.Combine(_directory, "snapshots"), PhysicalFileSystem.Instance).TryLoadLatest(out var position, out _));
        Assert.Equal(24, position);
    }

    public void Dispose()
    {
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
        }
    }

    private static async Task AppendAllAsync(GroupCommitLog log, int appender, int count)
    {
        var waiter = new Waiter();
        var end = 0L;
        for (var number = 0; number < count; number++)
        {
            while (!log.TryAppend(Sealed(appender, number), 1, waiter, out end))
            {
                await log.WaitForRoomAsync(CancellationToken.None);
            }
        }

        await waiter.ReachedAsync(end);
        Assert.True(log.DurableEnd >= end);
    }

    private static long Follow(GroupCommitLog log, CancellationToken stop)
    {
        using var reader = log.OpenReader(0);
        while (true)
        {
            var stopping = stop.IsCancellationRequested;
            switch (reader.Read(out var record))
            {
                case LogReadStatus.Record:
                    Assert.Equal(record.Next, reader.Position);
                    break;
                case LogReadStatus.Gap:
                    Assert.True(reader.Gap.To <= log.Start, "A gap that retention did not make.");
                    break;
                case LogReadStatus.End when stopping:
                    return reader.Position;
                default:
                    Thread.Yield();
                    break;
            }
        }
    }

    private static byte[] Sealed(int appender, int number)
    {
        var length = 5 + (number % 200);
        var record = new byte[RecordCodec.SizeOf(length)];
        record[RecordHeader.Size] = (byte)appender;
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(RecordHeader.Size + 1), number);
        RecordCodec.Seal(record, 1, 1, length, 1, 1, 1, Salt);
        return record;
    }

    private GroupCommitLog Open() =>
        GroupCommitLog.Open(_directory, Options, PhysicalFileSystem.Instance, TimeProvider.System, () => Salt);

    private LogWriter OpenWriter() => LogWriter.Open(_directory, Options, PhysicalFileSystem.Instance, () => Salt);

    private sealed class Sink(Action<LogBatch> look) : ICommitSink
    {
        public void OnCommitted(LogBatch batch)
        {
            look(batch);
            batch.Release();
        }
    }

    private sealed class Waiter : ICommitWaiter
    {
        private readonly Lock _gate = new();
        private long _durable;
        private (long End, TaskCompletionSource Done)? _waiting;

        public void OnCommitted(long durableEnd)
        {
            lock (_gate)
            {
                _durable = durableEnd;
                if (_waiting is { } waiting && waiting.End <= durableEnd)
                {
                    waiting.Done.TrySetResult();
                }
            }
        }

        public Task ReachedAsync(long end)
        {
            lock (_gate)
            {
                var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _waiting = (end, done);
                return _durable >= end ? Task.CompletedTask : done.Task;
            }
        }
    }
}
