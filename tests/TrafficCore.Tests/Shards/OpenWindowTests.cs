using FsCheck;
using FsCheck.Fluent;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Shards;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Tests.Shards;

/// <summary>Windows that are shown before they are published.</summary>
public sealed class OpenWindowTests
{
    private const long Minute = 60_000;
    private static readonly string[] Everywhere = ["x", "y", "other", "nowhere"];

    [Fact]
    public void ReadOpen_BeforeTheEnd_ShowsTheNewestOfEachLengthSoFar()
    {
        var tape = new InputTape();
        tape.At(25_000).Reading("x", "a", 0, interval: 10_000, volume: 3).Reading("x", "a", 10_000, interval: 10_000, volume: 4).Reading("y", "b", 0, interval: 900_000, volume: 9);
        ShardRig rig = ShardRig.Play(tape, shards: 2);

        Assert.Equal([("x", Minute), ("x", 15 * Minute), ("y", 15 * Minute)], rig.ReadOpen(Everywhere).Select(w => (w.Intersection, w.Length)).Order());
        Assert.Empty(rig.ReadOpen("nowhere"));
        OpenWindow open = rig.ReadOpen("x")[0];
        Assert.Equal(InputTape.Origin, open.Start);
        Assert.Equal([(FlowLevel.Approach, "all"), (FlowLevel.Intersection, "x")], open.Rows.Select(r => (r.Level, r.Id)));
        Assert.All(open.Rows, r => Assert.Equal((7L, 0, 2, 1260.0), (r.Volume, r.Revision, r.Readings, r.FlowRate)));
        Assert.Equal(1.0 / 3, open.Rows[1].Coverage!.Value, 6);
    }

    [Fact]
    public void ReadOpen_OnceItIsPublished_ShowsItNoMore()
    {
        var tape = new InputTape();
        tape.At(60_500).Reading("x", "a", 50_000, interval: 10_000, volume: 3);
        ShardRig rig = ShardRig.Play(tape);

        Assert.Equal(3, rig.Intersection("x", 0)!.Volume);
        Assert.Equal([15 * Minute], rig.ReadOpen("x").Select(w => w.Length));
    }

    [Fact]
    public void ReadOpen_BetweenAllRecords_LeavesNoTrace()
    {
        Prop.ForAll<int>(seed =>
        {
            InputTape tape = WildTape.Make(seed, 300);
            ShardRig unseen = ShardRig.Play(tape), watched = new(1);
            foreach (TapeRecord record in tape.Records)
            {
                watched.Feed([record]).ReadOpen(Everywhere);
            }

            Assert.Equal(ShardRig.Sequences(unseen.Outputs).OrderBy(s => s.Key), ShardRig.Sequences(watched.Outputs).OrderBy(s => s.Key));
            Assert.Equal(unseen.Snapshot(), watched.Snapshot());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40).WithReplay(2026, 27));
    }

    [Fact]
    public void ReadOpen_BeforeTheTickThatPublishes_ShowsTheRowsThatArePublished()
    {
        int compared = 0;
        Prop.ForAll<int>(seed =>
        {
            var rig = new ShardRig(1);
            foreach (TapeRecord record in WildTape.Make(seed).Records)
            {
                var shown = rig.ReadOpen(Everywhere).SelectMany(w => w.Rows).ToDictionary(r => (r.Level, r.Intersection, r.Id, r.Length, r.Start));
                int before = rig.Outputs.Count;
                rig.Feed([record]);
                if (record.Header.Type != (byte)RecordType.Tick)
                {
                    continue;
                }

                foreach (FlowRow row in rig.Outputs.Skip(before).Where(o => o.Type == RecordType.Window).SelectMany(o => o.Window.Rows))
                {
                    if (shown.TryGetValue((row.Level, row.Intersection, row.Id, row.Length, row.Start), out FlowRow? same))
                    {
                        Assert.Equal(row with { Classes = [] }, same with { Classes = [], Revision = 1 });
                        Assert.Equal(row.Classes, same.Classes);
                        compared++;
                    }
                }
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40).WithReplay(2026, 29));
        Assert.True(compared > 100, $"{compared} rows were compared");
    }
}
