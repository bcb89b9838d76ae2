using TrafficCore.Pipeline.Ingest;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Tests.Shards;

/// <summary>What rows say: sums, expectation, coverage, classes, level of service.</summary>
public sealed class RowTests
{
    private const long Minute = 60_000;

    [Fact]
    public void DetectorRow_HasExactSumsAndDerivedValues()
    {
        var tape = new InputTape();
        tape.At(70_000).Readings([
            tape.Entry("x", "a", InputTape.Origin, 30_000, 10) with { Occupancy = 12_000, Speed = 3000 },
            tape.Entry("x", "a", InputTape.Origin + 30_000, 30_000, 5) with { Occupancy = 6_000, Speed = 6000 }]);
        FlowRow row = ShardRig.Play(tape).Detector("x", "a", 0)!;

        Assert.Equal((15L, 2, 2), (row.Volume!.Value, row.Readings, row.Expected!.Value));
        Assert.Equal(900, row.FlowRate);
        Assert.Equal(9, row.Occupancy);
        Assert.Equal(40, row.Speed);
        Assert.Equal((1.0, RowHealth.Ok), (row.Coverage!.Value, row.Health));
    }

    [Fact]
    public void Reading_EntersOnlyWindowsAsLongAsItsInterval()
    {
        var tape = new InputTape();
        tape.At(16 * Minute).Reading("x", "a", 0, interval: 900_000, volume: 50).Ticks(60_000);
        ShardRig rig = ShardRig.Play(tape);

        Assert.Null(rig.Detector("x", "a", 0));
        Assert.Equal(50, rig.Detector("x", "a", 0, 15 * Minute)!.Volume);
    }

    [Fact]
    public void UnknownInterval_NoExpectationCoverageOrRate_ButVolume()
    {
        var tape = new InputTape();
        tape.At(70_000).Reading("x", "a", 5000, interval: 0, volume: 5).Reading("x", "b", 0, volume: 2).Ticks(200_000);
        ShardRig rig = ShardRig.Play(tape);
        FlowRow detector = rig.Detector("x", "a", 0)!, sum = rig.Intersection("x", 0)!;

        Assert.Equal((5L, (int?)null, (double?)null, (double?)null), (detector.Volume!.Value, detector.Expected, detector.Coverage, detector.FlowRate));
        Assert.Equal((7L, (int?)null, (double?)null, (double?)null), (sum.Volume!.Value, sum.Expected, sum.Coverage, sum.FlowRate));
        Assert.Equal(120, rig.Detector("x", "b", 0)!.FlowRate);
    }

    [Fact]
    public void LearntDetector_IsExpectedInTheHoursInWhichItHasAReading()
    {
        var tape = new InputTape();
        tape.At(70_000).Reading("x", "a", 0).At(3700_000).Reading("x", "a", 3600_000).Ticks(10_000);
        Assert.Equal(1.0, ShardRig.Play(tape).Intersection("x", 3600_000)!.Coverage);

        tape.Reading("x", "b", 3600_000 + (40 * Minute)).Ticks(10_000);
        ShardRig rig = ShardRig.Play(tape);

        // b made itself expected in the published window of that hour, not in the hour before.
        Assert.Equal((0.5, 2), (rig.Intersection("x", 3600_000)!.Coverage!.Value, rig.Intersection("x", 3600_000)!.Revision));
        Assert.Equal(2, rig.Approach("x", "all", 3600_000)!.Revision);
        Assert.Equal(1, rig.Detector("x", "a", 3600_000)!.Revision);
        Assert.Equal((1.0, 1), (rig.Intersection("x", 0)!.Coverage!.Value, rig.Intersection("x", 0)!.Revision));
    }

    [Fact]
    public void Classes_SumByName_WithPassengerCarUnits()
    {
        var tape = new InputTape();
        ReadingEntry entry = tape.Entry("x", "a", InputTape.Origin, 60_000, 130) with { Flags = ReadingFlags.HasClasses };
        ReadingEntry plain = tape.Entry("x", "b", InputTape.Origin, 60_000, 1);
        tape.At(70_000).Readings([plain, entry], ("car", 100), ("bus", 20), ("truck", 10), ("tram", 0)).Ticks(200_000);
        ShardRig rig = ShardRig.Play(tape);

        Assert.Equal(
            [new ClassVolume("bus", 20), new ClassVolume("car", 100), new ClassVolume("tram", 0), new ClassVolume("truck", 10)],
            rig.Detector("x", "a", 0)!.Classes);
        Assert.Equal(165, rig.Detector("x", "a", 0)!.Pcu);
        Assert.Null(rig.Intersection("x", 0)!.Pcu); // one vehicle of b has no class
        Assert.Empty(rig.Detector("x", "b", 0)!.Classes);
        Assert.Null(rig.Detector("x", "b", 0)!.Pcu);
        Assert.Equal(165, rig.Restart(2).Feed([]).Detector("x", "a", 0)!.Pcu);
    }

    [Fact]
    public void NamedIntersection_ApproachesCountTheirOwn_LevelIsTheWorst()
    {
        var tape = new InputTape();
        tape.At(-1000).Network(NetworkText.OneIntersection);
        tape.At(16 * Minute).Readings([
            tape.Entry("x", "n1", InputTape.Origin, 60_000, 10) with { Speed = 4500 },
            tape.Entry("x", "n2", InputTape.Origin, 30_000, 4) with { Speed = 1000 },
            tape.Entry("x", "s1", InputTape.Origin, 900_000, 100) with { Speed = 6000 },
            tape.Entry("x", "s2", InputTape.Origin, 60_000, 77),
            tape.Entry("x", "stray", InputTape.Origin, 60_000, 88)]).Ticks(200_000);
        ShardRig rig = ShardRig.Play(tape);

        Assert.Equal(14, rig.Approach("x", "n", 0)!.Volume);
        Assert.Equal(100, rig.Approach("x", "s", 0, 15 * Minute)!.Volume);
        Assert.Equal(114, rig.Intersection("x", 0, 15 * Minute)!.Volume);
        Assert.Equal(("B", "A"), (rig.Approach("x", "n", 0)!.LevelOfService, rig.Approach("x", "s", 0, 15 * Minute)!.LevelOfService));
        Assert.Equal("B", rig.Intersection("x", 0, 15 * Minute)!.LevelOfService);
        Assert.Equal(88, rig.Detector("x", "stray", 0)!.Volume);

        // n1 sent one of 1 minute, n2 one of 2 half minutes.
        Assert.Equal((2, 3, 0.75), (rig.Approach("x", "n", 0)!.Readings, rig.Approach("x", "n", 0)!.Expected!.Value, rig.Approach("x", "n", 0)!.Coverage!.Value));
    }

    [Fact]
    public void Network_OfALaterVersion_RulesLaterWindowsOnly()
    {
        var tape = new InputTape();
        tape.At(-1000).Network(NetworkText.Simple("x", "a"));
        tape.At(5 * Minute).Network(NetworkText.Simple("x", "a", "b"));
        tape.At(8 * Minute).Readings([.. Enumerable.Range(0, 8).SelectMany(m => new[] { "a", "b" }.Select(d =>
            tape.Entry("x", d, InputTape.Origin + (m * Minute), 60_000, 1)))]).Ticks(2000);
        ShardRig rig = ShardRig.Play(tape);

        Assert.Equal(1, rig.Intersection("x", 4 * Minute)!.Volume);
        Assert.Equal(2, rig.Intersection("x", 5 * Minute)!.Volume);
        Assert.Equal(1, rig.Intersection("x", 0)!.Volume);
        Assert.Equal(1, rig.Detector("x", "b", 4 * Minute)!.Volume);
    }
}
