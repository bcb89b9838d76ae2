using TrafficCore.Pipeline.Ingest;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Tests.Shards;

/// <summary>Controller events: vehicles of channels, alive time, holes.</summary>
public sealed class EventTests
{
    private const long Minute = 60_000;
    private const DeviceFlags Channel = DeviceFlags.Learnt | DeviceFlags.Channel;

    [Fact]
    public void DetectorOn_IsOneVehicleOfItsLearntChannel_NeverOfTheIntersection()
    {
        var tape = new InputTape();
        tape.Detector("x", "5", Channel);
        tape.At(70_000).Events("x", "c", 1, (1000, 82, 5), (2000, 81, 5), (3000, 82, 5), (50_000, 1, 2), (61_000, 1, 2));
        ShardRig rig = ShardRig.Play(tape.Ticks(300_000));
        FlowRow row = rig.Detector("x", "5", 0)!;

        Assert.Equal((2L, 2, 59_000L, (int?)null), (row.Volume!.Value, row.Readings, row.ObservedMs, row.Expected));
        Assert.Null(rig.Intersection("x", 0));
        Assert.Equal(5, rig.Totals().Stored);
        Assert.Equal(5, rig.Device("x", "controller", "c").Stored);
    }

    [Fact]
    public void NoVehicle_StreamAlive_IsVolumeZero_StreamDead_IsNoRow()
    {
        var tape = new InputTape();
        tape.Detector("x", "5", Channel);
        tape.At(600_000).Events("x", "c", 1, (1000, 82, 5), (70_000, 1, 1), (80_000, 1, 1), (400_000, 1, 1), (430_000, 1, 1));
        ShardRig rig = ShardRig.Play(tape.Ticks(900_000));

        Assert.Equal((0L, 51_000L), (rig.Detector("x", "5", Minute)!.Volume!.Value, rig.Detector("x", "5", Minute)!.ObservedMs));
        Assert.Equal((0L, 20_000L), (rig.Detector("x", "5", 2 * Minute)!.Volume!.Value, rig.Detector("x", "5", 2 * Minute)!.ObservedMs));
        Assert.Null(rig.Detector("x", "5", 4 * Minute));
        Assert.Equal(1, rig.Detector("x", "5", 0, 15 * Minute)!.Volume);
    }

    [Fact]
    public void Hole_InBatchNumbers_IsNotObserved_UntilItIsFilled()
    {
        var tape = new InputTape();
        tape.Detector("x", "5", Channel);
        tape.At(200_000).Events("x", "c", 1, (0, 82, 5), (5000, 1, 1)).Events("x", "c", 3, (45_000, 1, 1), (59_000, 1, 1));
        tape.Events("x", "c", 4, (61_000, 1, 1), (125_000, 1, 1)).Ticks(300_000);
        ShardRig rig = ShardRig.Play(tape);
        Assert.Equal((1L, 21_000L), (rig.Detector("x", "5", 0)!.Volume!.Value, rig.Detector("x", "5", 0)!.ObservedMs));

        tape.Events("x", "c", 2, (20_000, 82, 5)).Ticks(2000);
        rig = ShardRig.Play(tape);
        Assert.Equal((2L, 60_000L, 2), (rig.Detector("x", "5", 0)!.Volume!.Value, rig.Detector("x", "5", 0)!.ObservedMs, rig.Detector("x", "5", 0)!.Revision));
        Assert.Equal(1, rig.Detector("x", "5", Minute)!.Revision);
    }

    [Fact]
    public void Batches_AnyOrder_SameRows()
    {
        for (int seed = 0; seed < 30; seed++)
        {
            var random = new Random(seed);
            uint number = 0;
            long at = 3_500_000;
            var batches = new List<(uint Number, (long, ushort, int)[] Events)>();
            for (int i = 0; i < 25; i++)
            {
                number = random.Next(12) == 0 ? 0 : number + 1;
                var events = Enumerable.Range(0, 4).Select(e => (at += random.Next(20_000), (ushort)(e % 2 == 0 ? 82 : 1), 5)).ToArray();
                if (random.Next(4) != 0)
                {
                    batches.Add((number, events));
                }
            }

            Dictionary<RowId, FlowRow> inOrder = Play([.. batches]);
            var shuffled = batches.ToArray();
            random.Shuffle(shuffled);
            Dictionary<RowId, FlowRow> other = Play([.. shuffled, .. shuffled.Take(5)]);
            Assert.NotEmpty(inOrder);
            Assert.Equal(inOrder.Keys.OrderBy(k => k.ToString()), other.Keys.OrderBy(k => k.ToString()));
            Assert.All(inOrder, r => Assert.Equal(r.Value, other[r.Key]));
        }

        static Dictionary<RowId, FlowRow> Play((uint Number, (long, ushort, int)[] Events)[] batches)
        {
            var tape = new InputTape();
            tape.Detector("x", "5", Channel);
            tape.At(2 * 3_600_000 + 1_000_000);
            foreach ((uint number, (long, ushort, int)[] events) in batches)
            {
                tape.Events("x", "c", number, events);
                tape.NowMs += 1500;
                tape.Tick();
            }

            // A row that lost what it had observed says so and stays; in another order it was never there.
            return ShardRig.Play(tape.Ticks(1200_000)).Rows.Where(r => r.Value.Volume is not null)
                .ToDictionary(r => r.Key, r => r.Value with { Revision = 1 });
        }
    }

    [Fact]
    public void Duplicates_ByTimeCodeAndParameter()
    {
        var tape = new InputTape();
        tape.Detector("x", "5", Channel);
        tape.At(70_000).Events("x", "c", null, (1000, 82, 5), (1000, 82, 6), (1000, 81, 5), (1000, 82, 5)).Events("x", "c", null, (1000, 82, 5));

        Assert.Equal((3L, 2L), (ShardRig.Play(tape).Totals().Stored, ShardRig.Play(tape).Totals().Duplicate));
    }

    [Fact]
    public void NamedChannel_CountsInItsApproach_ReadingsWin()
    {
        var tape = new InputTape();
        tape.At(-1000).Network(NetworkText.OneIntersection);
        for (int minute = 0; minute < 4; minute++)
        {
            tape.At(((minute + 1) * Minute) + 1000);
            tape.Events("x", "c", (uint)minute, (minute * Minute, 82, 1), ((minute * Minute) + 30_000, 82, 7), ((minute * Minute) + 59_900, 82, 1));
            tape.Tick();
        }

        tape.At(310_000).Reading("x", "n1", Minute, volume: 40).Ticks(300_000);
        ShardRig rig = ShardRig.Play(tape);

        Assert.Equal(2, rig.Detector("x", "n1", 0)!.Volume);
        Assert.Equal((40L, 1), (rig.Detector("x", "n1", Minute)!.Volume!.Value, rig.Detector("x", "n1", Minute)!.Readings));
        Assert.Equal((2L, 60_000L), (rig.Approach("x", "n", 2 * Minute)!.Volume!.Value, rig.Approach("x", "n", 2 * Minute)!.ObservedMs));
        Assert.Equal(1, rig.Detector("x", "s3", 2 * Minute)!.Volume);
    }
}
