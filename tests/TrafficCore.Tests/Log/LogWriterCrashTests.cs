using FsCheck;
using FsCheck.Fluent;
using TrafficCore.Log;
using TrafficCore.TestKit.Log;

namespace TrafficCore.Tests.Log;

/// <summary>Output- and state-like logs: one writer, commits when it likes, retention behind it.</summary>
public sealed class LogWriterCrashTests
{
    private const int Records = 60;

    [Theory]
    [InlineData(512, false)]
    [InlineData(8, false)]
    [InlineData(512, true)]
    [InlineData(8, true)]
    public void Writer_PowerLossAtEveryOperation_KeepsWhatWasCommitted(int blockBytes, bool pack)
    {
        var undisturbed = Run(new ForgetfulFileSystem(), pack);
        Assert.Equal(Records, undisturbed.Committed);
        for (var crash = 1; crash <= undisturbed.Files.Operations; crash++)
        {
            var run = Run(new ForgetfulFileSystem().CrashAt(crash), pack);
            for (var seed = 0; seed < 8; seed++)
            {
                Verify(run, undisturbed, run.Files.Restart(seed, blockBytes));
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Writer_KilledThenPowerLost_KeepsWhatRecoveryShowed(bool pack)
    {
        var undisturbed = Run(new ForgetfulFileSystem(), pack);
        for (var crash = 1; crash <= undisturbed.Files.Operations; crash++)
        {
            var run = Run(new ForgetfulFileSystem().CrashAt(crash), pack);
            Verify(run, undisturbed, run.Files.Kill());
        }
    }

    [Theory]
    [InlineData(FileOperation.Create, false)]
    [InlineData(FileOperation.Create, true)]
    [InlineData(FileOperation.Write, false)]
    [InlineData(FileOperation.Write, true)]
    [InlineData(FileOperation.Sync, false)]
    [InlineData(FileOperation.Sync, true)]
    [InlineData(FileOperation.Rename, false)]
    [InlineData(FileOperation.Rename, true)]
    [InlineData(FileOperation.Delete, false)]
    [InlineData(FileOperation.Delete, true)]
    [InlineData(FileOperation.SyncDirectory, false)]
    [InlineData(FileOperation.SyncDirectory, true)]
    public void Writer_NthOperationFails_LosesNothingAndGoesOn(FileOperation kind, bool pack)
    {
        var undisturbed = Run(new ForgetfulFileSystem(), pack);
        for (var number = 1; number <= undisturbed.Files.CountOf(kind); number++)
        {
            var run = Run(new ForgetfulFileSystem().Fail(kind, number), pack);
            Assert.Equal(Records, run.Committed);
            Verify(run, undisturbed, run.Files.Restart(0));
            Verify(run, undisturbed, run.Files.Restart(number + 2, 8));
        }
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(8, false)]
    [InlineData(8, true)]
    public void Writer_DiskFullFromAnyOperationOn_LosesNothingAndGoesOnWhenThereIsRoom(int operations, bool pack)
    {
        var undisturbed = Run(new ForgetfulFileSystem(), pack);
        for (var from = 1; from <= undisturbed.Files.Operations; from++)
        {
            var run = Run(new ForgetfulFileSystem().Full(from, operations), pack);
            Assert.Equal(Records, run.Committed);
            Verify(run, undisturbed, run.Files.Restart(0));
            Verify(run, undisturbed, run.Files.Restart(from + 2, 8));
        }
    }

    [Fact]
    public void Writer_RandomFailuresThenPowerLoss_KeepsWhatWasCommitted()
    {
        var undisturbed = Run(new ForgetfulFileSystem(), pack: true);
        var cases =
            from writes in Gen.Choose(1, 60).ListOf(3)
            from syncs in Gen.Choose(1, 50).ListOf(3)
            from renames in Gen.Choose(1, 8).ListOf(2)
            from crash in Gen.Choose(5, undisturbed.Files.Operations + 20)
            from seed in Gen.Choose(0, 1000)
            select (writes, syncs, renames, crash, seed);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(400).WithReplay(20_240, 7), Prop.ForAll(cases.ToArbitrary(), plan =>
        {
            var files = new ForgetfulFileSystem().CrashAt(plan.crash);
            plan.writes.ToList().ForEach(number => files.Fail(FileOperation.Write, number));
            plan.syncs.ToList().ForEach(number => files.Fail(FileOperation.Sync, number));
            plan.renames.ToList().ForEach(number => files.Fail(FileOperation.Rename, number));
            var run = Run(files, pack: true);
            Verify(run, undisturbed, run.Files.Restart(plan.seed, plan.seed % 2 == 0 ? 512 : 8));
            Verify(run, undisturbed, run.Files.Kill());
        }));
    }

    /// <summary>Appends all records with commits and retention between, until done or the power is gone.</summary>
    private static WriterRun Run(ForgetfulFileSystem files, bool pack)
    {
        var run = new WriterRun(files, pack ? LogFixture.Packed : LogFixture.Options);
        try
        {
            using var writer = Retry(() => LogFixture.OpenWriter(files, run.Options));
            for (var number = 0; number < Records; number++)
            {
                run.Positions.Add(Retry(() => LogFixture.Append(writer, number)));
                if (number % 3 == 2)
                {
                    Retry(() => { writer.Commit(); return 0; });
                    run.Committed = number + 1;
                }

                if (number % 20 == 19)
                {
                    run.Retained = run.Positions[number - 15];
                    Retry(() => { writer.RetainFrom(run.Retained); return 0; });
                }
            }
        }
        catch (SimulatedCrash)
        {
        }

        return run;
    }

    private static T Retry<T>(Func<T> action)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return action();
            }
            catch (IOException) when (attempt < 10)
            {
            }
        }
    }

    /// <summary>Reopens, checks, writes on, loses power keeping only what is durable, and checks again.</summary>
    private static void Verify(WriterRun run, WriterRun undisturbed, ForgetfulFileSystem found)
    {
        List<(int Number, long Position)> before;
        int next;
        using (var writer = LogFixture.OpenWriter(found, run.Options))
        {
            var content = LogFixture.ReadAll(writer);
            before = content.Records;
            CheckContent(run, undisturbed, before);
            var committedEnd = run.Committed < Records ? undisturbed.Positions[run.Committed] : long.MaxValue;
            Assert.DoesNotContain(content.Gaps, gap => gap.From < committedEnd);
            next = before.Count == 0 ? 0 : before[^1].Number + 1;
            for (var i = 0; i < 5; i++)
            {
                before.Add((1000 + next + i, LogFixture.Append(writer, 1000 + next + i)));
            }

            writer.Commit();
        }

        var restarted = found.Restart(0);
        using var reopened = LogFixture.OpenWriter(restarted, run.Options);
        Assert.Equal(before, LogFixture.ReadAll(reopened).Records);

        // Whatever happened, nothing that the log did itself looks as if somebody had altered its history.
        Assert.Empty(HistoryAudit.Verify(LogFixture.Directory, restarted).Problems);
    }

    private static void CheckContent(WriterRun run, WriterRun undisturbed, List<(int Number, long Position)> records)
    {
        for (var i = 1; i < records.Count; i++)
        {
            Assert.True(records[i].Number > records[i - 1].Number, "Out of order or twice.");
        }

        // Positions are those of the undisturbed run: nothing moves, whatever segments were abandoned.
        Assert.All(records, record => Assert.Equal(undisturbed.Positions[record.Number], record.Position));
        var first = run.Positions.FindIndex(position => position >= run.Retained);
        var expected = Enumerable.Range(0, run.Committed).Where(number => number >= first);
        Assert.Empty(expected.Except(records.Select(record => record.Number)));
    }

    private sealed class WriterRun(ForgetfulFileSystem files, LogOptions options)
    {
        public LogOptions Options => options;

        public ForgetfulFileSystem Files => files;

        public List<long> Positions { get; } = [];

        public int Committed { get; set; }

        public long Retained { get; set; }
    }
}
