using TrafficCore.Log;
using TrafficCore.TestKit.Log;

namespace TrafficCore.Tests.Log;

/// <summary>The input log, its commit step run by the test: every order of events is the same in every run.</summary>
public sealed class GroupCommitCrashTests
{
    private const int Records = 50;

    [Theory]
    [InlineData(512)]
    [InlineData(8)]
    public void Log_PowerLossAtEveryOperation_KeepsWhatWasAcknowledged(int blockBytes)
    {
        var undisturbed = Run(new ForgetfulFileSystem());
        Assert.Equal(Records, undisturbed.Acknowledged);
        for (var crash = 1; crash <= undisturbed.Files.Operations; crash++)
        {
            var run = Run(new ForgetfulFileSystem().CrashAt(crash));
            for (var seed = 0; seed < 8; seed++)
            {
                Verify(run, undisturbed, run.Files.Restart(seed, blockBytes));
            }

            Verify(run, undisturbed, run.Files.Kill());
        }
    }

    [Theory]
    [InlineData(FileOperation.Create)]
    [InlineData(FileOperation.Write)]
    [InlineData(FileOperation.Sync)]
    [InlineData(FileOperation.Rename)]
    [InlineData(FileOperation.SyncDirectory)]
    public void Log_TwoOperationsInARowFail_AcknowledgesOnlyWhatIsDurable(FileOperation kind)
    {
        var undisturbed = Run(new ForgetfulFileSystem());
        var opening = new ForgetfulFileSystem();
        Open(opening);
        for (var number = opening.CountOf(kind) + 1; number <= undisturbed.Files.CountOf(kind); number++)
        {
            var files = new ForgetfulFileSystem().Fail(kind, number).Fail(kind, number + 1);
            var run = Run(files);
            Assert.Equal(Records, run.Acknowledged);
            Assert.Equal(Enumerable.Range(0, Records), run.Handed);
            Verify(run, undisturbed, run.Files.Restart(0));
        }
    }

    /// <summary>A sync fails, the log can't get a new segment, the process is killed and restarted, then the power goes.</summary>
    [Fact]
    public void Log_KilledAfterFailedSync_RecoveryDoesNotTrustThePageCache()
    {
        var files = new ForgetfulFileSystem();
        var log = Open(files);
        var committer = log.Prepare(new ReleasingSink(_ => { }));
        Assert.True(log.TryAppend(LogFixture.Sealed(0), 1, null, out _));
        Assert.Equal(CommitOutcome.Committed, committer.CommitNext());
        Assert.True(log.TryAppend(LogFixture.Sealed(1), 1, null, out _));
        files.Fail(FileOperation.Sync, files.CountOf(FileOperation.Sync) + 1).Fail(FileOperation.Create, files.CountOf(FileOperation.Create) + 1);
        Assert.Equal(CommitOutcome.Refused, committer.CommitNext());

        var killed = files.Kill();
        List<(int Number, long Position)> shown;
        using (var writer = LogFixture.OpenWriter(killed))
        {
            shown = LogFixture.ReadAll(writer).Records;
        }

        using var after = LogFixture.OpenWriter(killed.Restart(0));
        Assert.Equal(shown, LogFixture.ReadAll(after).Records);
    }

    private static GroupCommitLog Open(ForgetfulFileSystem files) =>
        GroupCommitLog.Open(LogFixture.Directory, LogFixture.Options, files, TimeProvider.System, () => LogFixture.Salt);

    private static LogRun Run(ForgetfulFileSystem files)
    {
        var run = new LogRun(files);
        try
        {
            var log = Open(files);
            var committer = log.Prepare(new ReleasingSink(batch => Collect(batch, run.Handed)));
            for (var number = 0; number < Records; number++)
            {
                Append(log, committer, run, number);
                if (number % 4 == 1)
                {
                    CommitAll(committer);
                }
            }

            CommitAll(committer);
            log.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
        catch (SimulatedCrash)
        {
        }

        return run;
    }

    private static void Append(GroupCommitLog log, Committer committer, LogRun run, int number)
    {
        var waiter = new CountingWaiter(() => run.Acknowledged = Math.Max(run.Acknowledged, number + 1));
        long end;
        while (!log.TryAppend(LogFixture.Sealed(number), 1, waiter, out end))
        {
            CommitAll(committer);
        }

        run.Ends.Add(end);
    }

    private static void CommitAll(Committer committer)
    {
        var refused = 0;
        while (true)
        {
            switch (committer.CommitNext())
            {
                case CommitOutcome.Nothing:
                    return;
                case CommitOutcome.Refused:
                    Assert.True(++refused < 5, "The log does not recover.");
                    break;
            }
        }
    }

    private static void Collect(LogBatch batch, List<int> numbers)
    {
        foreach (var record in batch.Walk())
        {
            numbers.Add(BitConverter.ToInt32(record.Body));
        }
    }

    private static void Verify(LogRun run, LogRun undisturbed, ForgetfulFileSystem found)
    {
        using var writer = LogFixture.OpenWriter(found);
        var records = LogFixture.ReadAll(writer).Records;
        Assert.Equal(Enumerable.Range(0, run.Acknowledged), records.Take(run.Acknowledged).Select(record => record.Number));
        Assert.True(run.Handed.Count <= run.Acknowledged, "Handed on before it was acknowledged.");
        for (var i = 1; i < records.Count; i++)
        {
            Assert.True(records[i].Number > records[i - 1].Number, "Out of order or twice.");
        }

        Assert.All(records, record => Assert.Equal(record.Number == 0 ? 0 : undisturbed.Ends[record.Number - 1], record.Position));
    }

    private sealed class LogRun(ForgetfulFileSystem files)
    {
        public ForgetfulFileSystem Files => files;

        public List<long> Ends { get; } = [];

        public List<int> Handed { get; } = [];

        public int Acknowledged { get; set; }
    }
}
