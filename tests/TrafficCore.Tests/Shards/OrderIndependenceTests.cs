using FsCheck;
using FsCheck.Fluent;
using TrafficCore.Pipeline.Shards;
using TrafficCore.Traffic.Observations;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Tests.Shards;

/// <summary>
/// Whatever the order, repetition and grouping of the input and the number of shards: the same final rows, those of the oracle, and
/// each distinct observation once.
/// </summary>
public sealed class OrderIndependenceTests
{
    private static readonly long[] Lengths = [60_000, 900_000];

    [Fact]
    public void FinalRows_AnyOrderGroupingAndShards_EqualTheOracle() => Check(120, isNamed: false);

    [Fact]
    public void FinalRows_NamedIntersection_EqualTheOracle() => Check(120, isNamed: true);

    [Fact]
    public void FinalRows_OneHourAndTenMinuteWindows_EqualTheOracle() =>
        Check(40, isNamed: false, [30_000, 600_000, 3_600_000, 7_200_000]);

    private static void Check(int runs, bool isNamed, long[]? lengths = null)
    {
        lengths ??= Lengths;
        var options = new ShardOptions { Lengths = WindowLengths.Create(lengths) };
        Prop.ForAll<int, int>((seed, order) =>
        {
            var scenario = new Scenario(seed, isNamed);
            ShardRig rig = ShardRig.Play(scenario.Tape(order), shards: (order & 3) switch { 0 => 1, 1 => 2, _ => 7 }, options);
            AssertSame(scenario.Oracle(lengths).Rows(), rig);
            Assert.Equal(scenario.Readings.Count + scenario.Events.Count + scenario.Observations.Count, rig.Totals().Stored);
            Assert.Equal(Sorted(scenario.Observations), Sorted(rig.Observations));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(runs).WithReplay(2026, 7));
    }

    private static IEnumerable<Observation> Sorted(IEnumerable<Observation> observations) =>
        observations.OrderBy(o => (o.Kind.Name, o.Intersection, o.Device, o.Timestamp));

    internal static void AssertSame(Dictionary<RowId, FlowRow> expected, ShardRig rig)
    {
        Dictionary<RowId, FlowRow> actual = rig.Rows.Where(r => r.Value.Volume is not null).ToDictionary();
        Assert.Equal([], expected.Keys.Except(actual.Keys));
        Assert.Equal([], actual.Keys.Except(expected.Keys));
        foreach ((RowId id, FlowRow row) in expected)
        {
            FlowRow found = actual[id];
            Assert.Equal(row, found with { Revision = 1, Health = RowHealth.None, Classes = row.Classes });
        }
    }
}
