using FsCheck;
using FsCheck.Fluent;
using TrafficCore.Pipeline.Ledger;
using TrafficCore.Pipeline.Shards;

namespace TrafficCore.Tests.Shards;

/// <summary>A snapshot and its pages are the state: what follows is the same to the byte, whoever continues.</summary>
public sealed class SnapshotTests
{
    [Fact]
    public void Restart_AtAnyRecord_WithAnyShards_SameOutputsToTheByte()
    {
        Prop.ForAll<int, int>((seed, order) =>
        {
            InputTape tape = new Scenario(seed, isNamed: seed % 2 == 0).Tape(order);
            ShardRig whole = ShardRig.Play(tape);
            var random = new Random(order);
            int cut = random.Next(tape.Records.Count);
            int[] shards = [1 + random.Next(3), random.Next(2) == 0 ? 1 : 7];
            ShardRig before = new ShardRig(shards[0]).Feed(tape.Records.Take(cut));
            ShardRig after = before.Restart(shards[1]).Feed(tape.Records.Skip(cut));

            AssertSame(whole, before.Outputs.Concat(after.Outputs));
            AssertSame(whole.Totals(), after.Totals());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60).WithReplay(2026, 9));
    }

    [Fact]
    public void Snapshot_AfterRestore_IsTheSameBytes()
    {
        Prop.ForAll<int>(seed =>
        {
            InputTape tape = new Scenario(seed, isNamed: seed % 2 == 0).Tape(seed);
            ShardRig rig = new ShardRig().Feed(tape.Records.Take(tape.Records.Count - 1900 + (seed & 63)));
            byte[] snapshot = rig.Snapshot();
            Assert.Equal(snapshot, rig.Snapshot());
            Assert.Equal(snapshot, rig.Restart(1).Snapshot());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40).WithReplay(2026, 11));
    }

    [Fact]
    public void Shards_AnyNumber_SameOutputsToTheByte()
    {
        Prop.ForAll<int>(seed =>
        {
            InputTape tape = new Scenario(seed, isNamed: seed % 2 == 0).Tape(seed);
            ShardRig one = ShardRig.Play(tape);
            AssertSame(one, ShardRig.Play(tape, 2).Outputs);
            AssertSame(one, ShardRig.Play(tape, 7).Outputs);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20).WithReplay(2026, 13));
    }

    [Fact]
    public void Eviction_AndReload_ChangeNothing()
    {
        Prop.ForAll<int>(seed =>
        {
            InputTape tape = new Scenario(seed, isNamed: seed % 2 == 0).Tape(seed);
            ShardRig kept = ShardRig.Play(tape);

            // As little memory as possible: every page leaves as soon as it may, and at every flush.
            var greedy = new ShardRig(1, new ShardOptions { InMemoryMs = 0, ResidentPageBytes = 0 });
            for (int i = 0; i < tape.Records.Count; i++)
            {
                greedy.Feed([tape.Records[i]]);
                if (i % 3 == 0)
                {
                    greedy.FlushPages();
                }
            }

            Assert.True(greedy.Pages.Reads > 0 || kept.Outputs.Count == 0);
            AssertSame(kept, greedy.Outputs);
            AssertSame(kept.Totals(), greedy.Totals());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40).WithReplay(2026, 17));
    }

    private static void AssertSame(ShardRig expected, IEnumerable<Emitted> actual)
    {
        Dictionary<string, string[]> wanted = ShardRig.Sequences(expected.Outputs);
        Dictionary<string, string[]> found = ShardRig.Sequences(actual);
        Assert.Equal(wanted.Keys.Order(), found.Keys.Order());
        Assert.All(wanted, w => Assert.Equal(w.Value, found[w.Key]));
    }

    private static void AssertSame(LedgerTotals expected, LedgerTotals actual)
    {
        Assert.Equal(
            (expected.Stored, expected.Duplicate, expected.Conflict, expected.Late, expected.Gaps, expected.Filled, expected.Restarts, expected.Corrupt),
            (actual.Stored, actual.Duplicate, actual.Conflict, actual.Late, actual.Gaps, actual.Filled, actual.Restarts, actual.Corrupt));
        Assert.Equal(expected.Rejected, actual.Rejected);
    }
}
