using TrafficCore.Log;
using TrafficCore.TestKit.Log;

namespace TrafficCore.Tests.Log;

/// <summary>The running input log: its own thread, waits with deadlines only where something must happen.</summary>
public sealed class GroupCommitLogTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task TryAppend_BurstOfAcks_CommitsLongBeforeTheInterval()
    {
        await using var log = Open(new ForgetfulFileSystem(), options => options.CommitInterval = TimeSpan.FromHours(1));
        log.StartCommitting(new ReleasingSink(_ => { }));
        var done = new TaskCompletionSource();
        var waiter = new CountingWaiter(() => done.TrySetResult());
        Assert.True(log.TryAppend(LogFixture.Sealed(0), 63, waiter, out _));
        Assert.True(log.TryAppend(LogFixture.Sealed(1), 1, waiter, out var end));
        await done.Task.WaitAsync(Deadline);
        Assert.Equal(end, log.DurableEnd);
    }

    // After a commit of several appends the committer rests, and an append does not wake it.
    [Fact]
    public async Task TryAppend_WhileTheCommitterRests_IsCommittedAllTheSame()
    {
        await using var log = Open(new ForgetfulFileSystem(), options => options.CommitInterval = TimeSpan.FromMilliseconds(10));
        log.StartCommitting(new ReleasingSink(_ => { }));
        for (var round = 0; round < 50; round++)
        {
            foreach (var appends in new[] { 5, 1, 4, 2 })
            {
                var done = new TaskCompletionSource();
                long end = 0;
                for (var i = 0; i < appends; i++)
                {
                    Assert.True(log.TryAppend(LogFixture.Sealed(i), 1, i == appends - 1 ? new CountingWaiter(() => done.TrySetResult()) : null, out end));
                }

                await done.Task.WaitAsync(Deadline);
                Assert.Equal(end, log.DurableEnd);
            }
        }
    }

    [Theory]
    [InlineData(64, 1, true)]
    [InlineData(63, 1, false)]
    [InlineData(64, 8, true)]
    [InlineData(64, 9, false)]
    [InlineData(72, 9, true)]
    public void IsDue_BurstRule_CountsAcksAndConnections(int acks, int connections, bool due)
    {
        var log = Open(new ForgetfulFileSystem(), options => options.CommitInterval = TimeSpan.FromHours(1));
        var buffer = new AppendBuffer(log, 8192, pooled: false);
        buffer.Begin(0);
        for (var i = 0; i < connections; i++)
        {
            buffer.Add(LogFixture.Sealed(0), 0, (acks / connections) + (i < acks % connections ? 1 : 0), new CountingWaiter());
        }

        Assert.Equal(due, buffer.IsBurst(new LogOptions()));
    }

    [Fact]
    public async Task OnCommitted_WaiterAppendedOften_IsToldOncePerCommitAndNeverTooEarly()
    {
        await using var log = Open(new ForgetfulFileSystem());
        var committer = log.Prepare(new ReleasingSink(_ => { }));
        var waiter = new CountingWaiter();
        long end = 0;
        for (var number = 0; number < 3; number++)
        {
            Assert.True(log.TryAppend(LogFixture.Sealed(number), 1, waiter, out end));
        }

        Assert.Equal(0, waiter.Calls);
        committer.CommitNext();
        Assert.Equal((1, end), (waiter.Calls, waiter.DurableEnd));
        Assert.Equal(new LogTotals(end, 0 + 1 + 2), log.Totals);
    }

    [Fact]
    public async Task OnCommitted_WaiterThrows_OthersAreToldAndItIsReported()
    {
        var faults = new List<LogFaultKind>();
        await using var log = Open(new ForgetfulFileSystem(), onFault: fault => faults.Add(fault.Kind));
        var committer = log.Prepare(new ReleasingSink(_ => { }));
        var good = new CountingWaiter();
        log.TryAppend(LogFixture.Sealed(0), 1, new CountingWaiter(() => throw new InvalidOperationException()), out _);
        log.TryAppend(LogFixture.Sealed(1), 1, good, out _);
        committer.CommitNext();
        Assert.Equal(1, good.Calls);
        Assert.Equal([LogFaultKind.WaiterFailed], faults);
    }

    [Fact]
    public async Task WaitForRoom_SinkHoldsAllBuffers_CompletesWhenOneIsReleased()
    {
        var held = new List<LogBatch>();
        await using var log = Open(new ForgetfulFileSystem());
        var committer = log.Prepare(new HoldingSink(held));
        var appended = 0;
        for (var refusals = 0; refusals < 5;)
        {
            if (log.TryAppend(LogFixture.Sealed(appended), 1, null, out _))
            {
                appended++;
            }
            else
            {
                refusals++;
                while (committer.CommitNext() == CommitOutcome.Committed)
                {
                }
            }
        }

        Assert.Equal(3, held.Count);
        var room = log.WaitForRoomAsync(CancellationToken.None).AsTask();
        Assert.False(room.IsCompleted);
        held[0].Release();
        await room.WaitAsync(Deadline);
        Assert.True(log.TryAppend(LogFixture.Sealed(appended), 1, null, out _));
        held.Skip(1).ToList().ForEach(batch => batch.Release());
    }

    [Fact]
    public async Task WaitForRoom_ManyAppendersAndASlowSink_NobodyIsForgotten()
    {
        var seen = new List<int>();
        await using (var log = Open(new ForgetfulFileSystem()))
        {
            log.StartCommitting(new ReleasingSink(batch =>
            {
                foreach (var record in batch.Walk())
                {
                    seen.Add(BitConverter.ToInt32(record.Body));
                }

                Thread.SpinWait(20_000);
            }));
            var appenders = Enumerable.Range(0, 8).Select(appender => Task.Run(async () =>
            {
                for (var i = 0; i < 100; i++)
                {
                    while (!log.TryAppend(LogFixture.Sealed((i * 8) + appender), 1, null, out _))
                    {
                        await log.WaitForRoomAsync(CancellationToken.None);
                    }
                }
            }));
            await Task.WhenAll(appenders).WaitAsync(Deadline);
        }

        Assert.Equal(Enumerable.Range(0, 800), seen.Order());
        for (var appender = 0; appender < 8; appender++)
        {
            var own = seen.Where(number => number % 8 == appender).ToList();
            Assert.Equal(own.Order(), own);
        }
    }

    [Fact]
    public async Task Log_DiskRefuses_IsUnavailableThenRecoversWithNothingLost()
    {
        var faults = new List<LogFaultKind>();
        var unavailable = new TaskCompletionSource();
        var files = new ForgetfulFileSystem();
        var log = Open(files, onFault: fault =>
        {
            faults.Add(fault.Kind);
            if (fault.Kind == LogFaultKind.Unavailable)
            {
                unavailable.TrySetResult();
            }
        });
        var handed = 0;
        log.StartCommitting(new ReleasingSink(_ => handed++));
        files.Refuse(_ => true);
        var first = log.AppendAsync(LogFixture.Sealed(0), CancellationToken.None).AsTask();
        await unavailable.Task.WaitAsync(Deadline);
        Assert.False(log.TryAppend(LogFixture.Sealed(1), 1, null, out _));
        Assert.False(log.IsAvailable);
        Assert.Equal((0, 0L), (handed, log.DurableEnd));
        var second = log.AppendAsync(LogFixture.Sealed(1), CancellationToken.None).AsTask();
        Assert.False(first.IsCompleted || second.IsCompleted);

        files.Refuse(null);
        await Task.WhenAll(first, second).WaitAsync(Deadline);
        Assert.Equal(log.DurableEnd, await second);
        await log.DisposeAsync();
        Assert.Equal([LogFaultKind.SegmentAbandoned, LogFaultKind.Unavailable, LogFaultKind.Available], faults.Distinct());
        Assert.Equal([0, 1], LogFixture.ReadDirectory(files.Restart(0)).Numbers);
    }

    [Fact]
    public async Task Append_RecordsLongerThanABuffer_TakeTheirOwnPathOneAtATime()
    {
        var files = new ForgetfulFileSystem();
        var log = Open(files);
        log.StartCommitting(new ReleasingSink(_ => { }));
        var tasks = Enumerable.Range(0, 4).Select(_ => log.AppendAsync(Long(), CancellationToken.None).AsTask()).ToList();
        tasks.Add(log.AppendAsync(LogFixture.Sealed(9), CancellationToken.None).AsTask());
        var ends = await Task.WhenAll(tasks).WaitAsync(Deadline);
        Assert.Equal(5, ends.Distinct().Count());
        Assert.Equal(log.DurableEnd, ends.Max());
        await log.DisposeAsync();
    }

    [Fact]
    public async Task Dispose_WithAppendedRecords_CommitsThemAndRefusesMore()
    {
        var files = new ForgetfulFileSystem();
        var log = Open(files, options => options.CommitInterval = TimeSpan.FromHours(1));
        log.StartCommitting(new ReleasingSink(_ => { }));
        Assert.True(log.TryAppend(LogFixture.Sealed(0), 1, null, out var end));
        await log.DisposeAsync();
        Assert.Equal(end, log.DurableEnd);
        Assert.False(log.TryAppend(LogFixture.Sealed(1), 1, null, out _));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => log.WaitForRoomAsync(CancellationToken.None).AsTask());
        Assert.Equal([0], LogFixture.ReadDirectory(files.Restart(0)).Numbers);
    }

    [Fact]
    public async Task Dispose_WhileTheDiskRefuses_FailsWhoWaits()
    {
        var files = new ForgetfulFileSystem();
        var log = Open(files);
        log.StartCommitting(new ReleasingSink(_ => { }));
        files.Refuse(_ => true);
        var pending = log.AppendAsync(LogFixture.Sealed(0), CancellationToken.None).AsTask();
        await log.DisposeAsync().AsTask().WaitAsync(Deadline);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => pending);
    }

    [Fact]
    public async Task Log_SinkThrows_StopsAndSaysSo()
    {
        var failed = new TaskCompletionSource();
        await using var log = Open(new ForgetfulFileSystem(), onFault: fault => failed.TrySetResult());
        log.StartCommitting(new ReleasingSink(_ => throw new InvalidOperationException()));
        Assert.True(log.TryAppend(LogFixture.Sealed(0), 1, null, out _));
        await failed.Task.WaitAsync(Deadline);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => log.AppendAsync(LogFixture.Sealed(1), CancellationToken.None).AsTask());
    }

    [Fact]
    public void TryAppend_NotSealedRecords_IsRefused()
    {
        var log = Open(new ForgetfulFileSystem());
        log.Prepare(new ReleasingSink(_ => { }));
        Assert.Throws<ArgumentException>(() => log.TryAppend(new byte[64], 1, null, out _));
        Assert.Throws<ArgumentException>(() => log.TryAppend(LogFixture.Sealed(1).AsSpan(0, 48), 1, null, out _));
        Assert.Throws<ArgumentException>(() => log.TryAppend([], 1, null, out _));
    }

    private static GroupCommitLog Open(ForgetfulFileSystem files, Action<LogOptions>? configure = null, Action<LogFault>? onFault = null)
    {
        var options = LogFixture.Options;
        configure?.Invoke(options);
        return GroupCommitLog.Open(LogFixture.Directory, options, files, TimeProvider.System, () => LogFixture.Salt, onFault: onFault);
    }

    private static byte[] Long()
    {
        var record = new byte[RecordCodec.SizeOf(10_000)];
        RecordCodec.Seal(record, 5, 1, 10_000, 0, 1, 1, LogFixture.Salt);
        return record;
    }

    private sealed class HoldingSink(List<LogBatch> held) : ICommitSink
    {
        public void OnCommitted(LogBatch batch) => held.Add(batch);
    }
}
