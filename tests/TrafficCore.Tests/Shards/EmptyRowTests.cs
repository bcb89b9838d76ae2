using TrafficCore.Traffic.Windows;

namespace TrafficCore.Tests.Shards;

/// <summary>Rows of silent detectors: only at ticks, only named, only for windows after the network.</summary>
public sealed class EmptyRowTests
{
    private const long Minute = 60_000;

    [Fact]
    public void SilentDetector_OfALiveIntersection_GetsAnEmptyRowAfterPublication()
    {
        var tape = new InputTape();
        tape.At(-1000).Network(NetworkText.Simple("x", "a", "b"));
        for (int minute = 0; minute < 5; minute++)
        {
            tape.At(((minute + 1) * Minute) + 3000).Reading("x", "a", minute * Minute).Ticks(3000);
        }

        ShardRig rig = ShardRig.Play(tape);
        FlowRow empty = rig.Detector("x", "b", 2 * Minute)!;

        Assert.Equal((0, null, RowHealth.Silent, 0.0, 1, 1), (empty.Readings, empty.Volume, empty.Health, empty.Coverage!.Value, empty.Expected!.Value, empty.Revision));
        Assert.Equal((1, 0.5), (rig.Intersection("x", 2 * Minute)!.Revision, rig.Intersection("x", 2 * Minute)!.Coverage!.Value));
    }

    [Fact]
    public void SilentIntersection_GetsRowsWithCoverageZero_UntilItSpeaks()
    {
        var tape = new InputTape();
        tape.At(-1000).Network(NetworkText.Simple("x", "a", "b")).Ticks(200_000);
        ShardRig rig = ShardRig.Play(tape);

        Assert.Equal((0.0, null), (rig.Intersection("x", Minute)!.Coverage!.Value, rig.Intersection("x", Minute)!.Volume));
        Assert.Equal(0.0, rig.Approach("x", "n", Minute)!.Coverage);
        Assert.Null(rig.Intersection("x", -Minute));
        Assert.Null(rig.Intersection("x", 3 * Minute));

        tape.Reading("x", "a", Minute, volume: 6).Ticks(3000);
        rig = ShardRig.Play(tape);
        Assert.Equal((6L, 0.5, 2), (rig.Intersection("x", Minute)!.Volume!.Value, rig.Intersection("x", Minute)!.Coverage!.Value, rig.Intersection("x", Minute)!.Revision));
        Assert.Equal(2, rig.Detector("x", "a", Minute)!.Revision);
        Assert.Equal(1, rig.Detector("x", "b", Minute)!.Revision);
    }

    [Fact]
    public void BackFill_BeforeTheNetwork_CreatesNoEmptyRows()
    {
        var tape = new InputTape();
        tape.At(-1000).Network(NetworkText.Simple("x", "a", "b"));
        tape.At(1000).Reading("x", "a", -(60 * Minute)).Ticks(30_000);
        ShardRig rig = ShardRig.Play(tape);

        Assert.Equal(1, rig.Detector("x", "a", -(60 * Minute))!.Volume);
        Assert.Null(rig.Detector("x", "b", -(60 * Minute)));
        Assert.DoesNotContain(rig.Rows.Values, r => r.Health == RowHealth.Silent);
    }

    [Fact]
    public void Standstill_LooksBackFifteenMinutesOnly()
    {
        var tape = new InputTape();
        tape.At(-1000).Network(NetworkText.Simple("x", "a")).Ticks(60_000);
        tape.At(100 * Minute).Tick();
        ShardRig rig = ShardRig.Play(tape);

        Assert.Null(rig.Detector("x", "a", 84 * Minute));
        Assert.NotNull(rig.Detector("x", "a", 85 * Minute));
        Assert.NotNull(rig.Detector("x", "a", 98 * Minute));
    }

    [Fact]
    public void LearntDetector_Silent_GetsNoRow()
    {
        var tape = new InputTape();
        tape.At(70_000).Reading("x", "a", 0).Ticks(600_000);

        Assert.All(ShardRig.Play(tape).Rows.Values, r => Assert.True(r.Readings > 0));
    }
}
