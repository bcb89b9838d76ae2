using FsCheck;
using FsCheck.Fluent;
using TrafficCore.Pipeline.Shards;

namespace TrafficCore.Tests.Shards;

/// <summary>Whatever the log holds: the same outputs with any number of shards, through restarts, and with any memory.</summary>
public sealed class WildTapeTests
{
    // Short enough that pages are deleted within a tape.
    private static readonly ShardOptions Options = new() { LatenessMs = 100_000_000, HistoryKeepMs = 30_000_000 };

    [Fact]
    public void Play_WithRestartsAndAnyShards_SameOutputsToTheByte()
    {
        Prop.ForAll<int>(seed =>
        {
            InputTape tape = WildTape.Make(seed);
            ShardRig whole = ShardRig.Play(tape, 1, Options);
            var random = new Random(seed);
            var rig = new ShardRig(2, Options);
            var outputs = new List<Emitted>();
            int at = 0;
            while (at < tape.Records.Count)
            {
                int count = Math.Min(tape.Records.Count - at, 1 + random.Next(200));
                rig.Feed(tape.Records.Skip(at).Take(count));
                at += count;
                outputs.AddRange(rig.Outputs);
                rig = rig.Restart(1 + random.Next(4));
            }

            Assert.Equal(ShardRig.Sequences(whole.Outputs).OrderBy(s => s.Key), ShardRig.Sequences(outputs).OrderBy(s => s.Key));
            Assert.Equal(whole.Totals().Accounted, rig.Totals().Accounted);
            Assert.Equal(tape.Records.Sum(r => r.Header.Count), rig.Totals().Accounted);
            Assert.Equal(whole.Totals().Conflict, rig.Totals().Conflict);
            Assert.NotEmpty(whole.Observations);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60).WithReplay(2026, 21));
    }

    [Fact]
    public void Play_WithTheLeastMemory_SameOutputsToTheByte()
    {
        Prop.ForAll<int>(seed =>
        {
            InputTape tape = WildTape.Make(seed);
            ShardRig kept = ShardRig.Play(tape, 1, Options);
            var greedy = new ShardRig(1, Options with { InMemoryMs = 0, ResidentPageBytes = 0 });
            foreach (TapeRecord record in tape.Records)
            {
                greedy.Feed([record]).FlushPages();
            }

            Assert.Equal(ShardRig.Sequences(kept.Outputs).OrderBy(s => s.Key), ShardRig.Sequences(greedy.Outputs).OrderBy(s => s.Key));
            Assert.Equal(kept.Totals().Late, greedy.Totals().Late);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40).WithReplay(2026, 23));
    }

    [Fact]
    public void Play_WithTicksThatLookAtEverything_SameOutputsAndSnapshotToTheByte()
    {
        Prop.ForAll<int>(seed =>
        {
            InputTape tape = WildTape.Make(seed);
            var scheduled = new ShardRig(2, Options);
            var watchful = new ShardRig(2, Options);
            foreach (TapeRecord record in tape.Records)
            {
                scheduled.Feed([record]);
                watchful.ForgetTicks();
                watchful.Feed([record]);
            }

            Assert.Equal(ShardRig.Sequences(watchful.Outputs).OrderBy(s => s.Key), ShardRig.Sequences(scheduled.Outputs).OrderBy(s => s.Key));
            Assert.Equal(watchful.Snapshot(), scheduled.Snapshot());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(80).WithReplay(2026, 27));
    }

    [Fact]
    public void Snapshot_AfterRestore_IsTheSameBytes_AndWorkIsTheSame()
    {
        Prop.ForAll<int>(seed =>
        {
            ShardRig rig = ShardRig.Play(WildTape.Make(seed, 300), 1, Options);
            byte[] snapshot = rig.Snapshot();
            ShardRig restored = rig.Restart(1);

            Assert.Equal(snapshot, restored.Snapshot());
            Assert.Equal(rig.HasWork, restored.HasWork);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40).WithReplay(2026, 25));
    }
}
