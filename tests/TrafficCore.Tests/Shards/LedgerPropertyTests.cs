using FsCheck;
using FsCheck.Fluent;
using TrafficCore.Pipeline.Shards;

namespace TrafficCore.Tests.Shards;

/// <summary>The identity of the ledger: each entry that a log has taken in has exactly one outcome, whatever it is.</summary>
public sealed class LedgerPropertyTests
{
    // Short enough that some readings are late.
    private static readonly ShardOptions Options = new() { LatenessMs = 20_000_000, HistoryKeepMs = 30_000_000 };

    [Fact]
    public void Ledger_AtAnyPointOfAnyLog_GivesEachEntryOneOutcomeWithAnyShards()
    {
        var cases =
            from seed in Gen.Choose(0, int.MaxValue)
            from at in Gen.Choose(0, 700)
            from shards in Gen.Elements(1, 2, 7)
            from restart in Gen.Elements(1, 3)
            select (seed, at, shards, restart);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(80).WithReplay(2026, 29), Prop.ForAll(cases.ToArbitrary(), plan =>
        {
            List<TapeRecord> records = WildTape.Make(plan.seed).Records;
            ShardRig rig = new ShardRig(plan.shards, Options).Feed(records.Take(plan.at));
            Assert.Equal(Received(records.Take(plan.at)), rig.Totals().Accounted);

            rig = rig.Restart(plan.restart).Feed(records.Skip(plan.at));
            Assert.Equal(Received(records), rig.Totals().Accounted);
            Assert.Equal(Outcomes(ShardRig.Play(WildTape.Make(plan.seed), 1, Options)), Outcomes(rig));
        }));
    }

    // Counted from the records' headers, as an audit does, and not from what the shards say.
    private static long Received(IEnumerable<TapeRecord> records) => records.Sum(static record => (long)record.Header.Count);

    private static (long Stored, long Duplicate, long Late, long Corrupt, string Rejected) Outcomes(ShardRig rig)
    {
        var totals = rig.Totals();
        return (totals.Stored, totals.Duplicate, totals.Late, totals.Corrupt, string.Join(' ', totals.Rejected));
    }
}
