using TrafficCore.Pipeline.City;
using TrafficCore.Traffic.Service;

namespace TrafficCore.Tests.City;

public sealed class CityIndexStateTests
{
    private const long Minute = CityRig.Minute;
    private const long Begin = CityRig.Start;

    [Fact]
    public void Due_EverybodyHasPublished_IsTheIndexOfTheNetwork()
    {
        var rig = new CityRig();
        rig.Publish("a", Begin, ("n", 10, 30), ("s", 5, 60));
        Assert.Empty(rig.Step());
        rig.Publish("b", Begin, ("n", 20, 15), ("s", 99, 10));

        // Vehicle metres at 60, 30 and 15 of 60 km/h: 5,000 at a half, 5,000 in free flow, 8,000 (20 x the default 400) at a quarter.
        var row = Assert.Single(rig.Step());
        Assert.Equal(CongestionIndex.Of((5_000 * 2) + 5_000 + (8_000 * 4), 5_000 + 5_000 + 8_000), row.Index);
        Assert.Equal(
            new CityIndexRow
            {
                City = "Test City", Start = Begin, Length = Minute, Revision = 1, Index = row.Index, Lengths = new LevelLengths(10_000, 0, 5_000, 0, 4_000), Approaches = 3,
                NetworkLength = 23_000, NetworkVersion = 1,
            },
            row);
        Assert.Equal((9.0 / 19, 19.0 / 23), (row.CongestedShare, row.Coverage));
        Assert.Empty(rig.Step());
        Assert.Equal(0, rig.State.GivenUp);
    }

    [Fact]
    public void Due_AnyNumberOfSegments_CountsEachOnce()
    {
        for (var extra = 0; extra < 40; extra++)
        {
            var rig = new CityRig();
            rig.Publish("a", Begin, [("n", 10, 30), ("s", 5, 60), .. Enumerable.Range(0, extra).Select(i => ($"x-{i}", 1, 40))]);
            rig.Publish("b", Begin, ("n", 20, 15));
            Assert.Equal(3 + extra, Assert.Single(rig.Step()).Approaches);
        }
    }

    [Fact]
    public void Due_OneIntersectionIsAway_WaitsAndIsCorrectedWhenItIsBack()
    {
        var rig = new CityRig(new CityIndexOptions { Wait = TimeSpan.FromSeconds(90) });
        rig.Publish("a", Begin, ("n", 10, 45), ("s", 10, 45));
        Assert.Empty(rig.Step());
        rig.Time.Advance(TimeSpan.FromSeconds(89));
        Assert.Empty(rig.Step());
        rig.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((1, 1_667, 2), Told(Assert.Single(rig.Step())));
        Assert.Equal(1, rig.State.GivenUp);

        rig.Publish("b", Begin, ("n", 25, 45));
        Assert.Equal((2, 1_667, 3), Told(Assert.Single(rig.Step())));

        // The same once more changes nothing; another value does.
        rig.Publish("b", Begin, ("n", 25, 45));
        Assert.Empty(rig.Step());
        rig.Publish("b", Begin, ("n", 25, 15));
        rig.Publish("a", Begin, ("n", 10, 15));
        rig.Publish("a", Begin, ("s", 10, 15));
        Assert.Equal((3, 8_333, 3), Told(Assert.Single(rig.Step())));
        Assert.Equal(1, rig.State.GivenUp);
    }

    [Fact]
    public void Due_NoSpeedKnown_IsNotPublishedUntilThereIsOne()
    {
        var rig = new CityRig();
        rig.PublishAll(Begin, speed: 40);
        rig.Publish("a", Begin + Minute, ("n", 0, 0), ("s", 0, 0));
        rig.Publish("b", Begin + Minute, ("n", 0, 0));
        Assert.Equal([Begin], rig.Step().Select(row => row.Start));
        rig.Publish("a", Begin + Minute, ("n", 3, 40));
        Assert.Equal((1, Begin + Minute), Assert.Single(rig.Step()) is var row ? (row.Revision, row.Start) : default);
    }

    [Fact]
    public void Due_WaitIsOverAndNoSpeedKnown_IsNotWaitedForAgain()
    {
        var rig = new CityRig();
        rig.Publish("a", Begin, ("n", 0, 0), ("s", 0, 0));
        rig.Step();
        rig.Time.Advance(new CityIndexOptions().Wait);
        Assert.Empty(rig.Step());
        rig.Publish("a", Begin, ("n", 2, 50));
        Assert.Equal(1, Assert.Single(rig.Step()).Revision);
        Assert.Equal(1, rig.State.GivenUp);
    }

    [Fact]
    public void Take_LongWindowsLearntAndUnjudgedApproaches_ArePassedOver()
    {
        var rig = new CityRig();
        rig.Output.Add(CityRig.Window("a", Begin, 2 * CityRig.Quarter, ("n", 10, 45)));
        rig.Publish("b", Begin, ("s", 10, 45));
        rig.Step();
        Assert.Equal(0, rig.State.Windows);

        // Quarters of an hour are within what the standard allows.
        rig.Output.Add(CityRig.Window("a", Begin, CityRig.Quarter, ("n", 10, 45)));
        rig.Output.Add(CityRig.Window("b", Begin, CityRig.Quarter, ("n", 10, 45)));
        Assert.Equal(CityRig.Quarter, Assert.Single(rig.Step()).Length);
    }

    [Fact]
    public void Expected_IntersectionsWithoutAShortIntervalOrAFreeFlowSpeed_AreNotWaitedFor()
    {
        var rig = new CityRig(network: CityRig.Network.Replace("""{ "id": "b", "approaches": [""", """
            { "id": "c", "approaches": [ { "id": "n", "freeFlowSpeed": 50, "detectors": [ { "id": "d1", "functions": ["count"], "interval": 300000 } ] } ] },
            { "id": "d", "approaches": [ { "id": "n", "detectors": [ { "id": "d1", "functions": ["count"], "interval": 1000 } ] } ] },
            { "id": "e", "approaches": [ { "id": "n", "freeFlowSpeed": 50 } ] },
            { "id": "b", "approaches": [
            """, StringComparison.Ordinal));
        rig.PublishAll(Begin, speed: 45);
        Assert.Single(rig.Step());
        rig.Output.Add(CityRig.Window("a", Begin, CityRig.Quarter, ("n", 10, 45)));
        rig.Output.Add(CityRig.Window("b", Begin, CityRig.Quarter, ("n", 10, 45)));
        Assert.Empty(rig.Step());
        rig.Output.Add(CityRig.Window("c", Begin, CityRig.Quarter, ("n", 10, 45)));
        Assert.Single(rig.Step());
    }

    [Fact]
    public void Take_WindowBehindKeep_IsCountedAndNotApplied()
    {
        var rig = new CityRig(new CityIndexOptions { Keep = TimeSpan.FromMinutes(10) });
        rig.PublishAll(Begin, speed: 45);
        rig.Step();
        rig.PublishAll(Begin + (10 * Minute), speed: 45);
        rig.Step();
        Assert.Equal(1, rig.State.Windows);
        rig.Publish("a", Begin, ("n", 10, 5), ("s", 10, 5));
        Assert.Empty(rig.Step());
        Assert.Equal(2, rig.State.Late);

        // Still inside.
        rig.PublishAll(Begin + Minute, speed: 45);
        Assert.Single(rig.Step());
    }

    [Fact]
    public void Take_WindowThatLeavesBeforeEverybodyHasPublished_IsPublishedAsItIs()
    {
        var rig = new CityRig(new CityIndexOptions { Keep = TimeSpan.FromMinutes(10) });
        rig.Publish("a", Begin, ("n", 10, 45), ("s", 10, 45));
        for (int minute = 1; minute <= 11; minute++)
        {
            rig.Publish("a", Begin + (minute * Minute), ("n", 10, 45), ("s", 10, 45));
        }

        // The first two have left; the others still wait for b.
        rig.Read();
        Assert.True(rig.State.HasLeaving, "nobody else remembers what is to be published");
        Assert.Equal([Begin, Begin + Minute], rig.Step().Select(row => row.Start));
        Assert.False(rig.State.HasLeaving);
        rig.AssertRevisions();
    }

    [Fact]
    public void Take_DeviceWithAClockAhead_DoesNotEndTheCorrectionsOfTheCity()
    {
        var rig = new CityRig(new CityIndexOptions { Keep = TimeSpan.FromMinutes(10) });
        rig.PublishAll(Begin, speed: 45);
        var (record, _) = CityRig.Window("a", Begin + (400L * 86_400_000), Minute, ("n", 10, 45));
        rig.Output.Add((record, Begin + (2 * Minute)));
        rig.Step();
        rig.Publish("a", Begin, ("n", 10, 30));
        Assert.Equal((2, Begin), Assert.Single(rig.Step()) is var row ? (row.Revision, row.Start) : default);
        Assert.Equal(0, rig.State.Late);
    }

    [Fact]
    public void Take_ManyWindowsAhead_AreBoundedAndEachIsPublishedOnce()
    {
        var rig = new CityRig();
        for (int minute = 0; minute < 1_000; minute++)
        {
            var (record, _) = CityRig.Window("a", Begin + (minute * Minute), Minute, ("n", 10, 45), ("s", 10, 45));
            rig.Output.Add((record, Begin));
        }

        var left = rig.Step();
        Assert.InRange(rig.State.Windows, 360, 500);
        Assert.Equal(1_000 - rig.State.Windows, left.Count);

        // What has left is not begun anew by a part of it.
        rig.PublishAll(Begin, speed: 10);
        Assert.Empty(rig.Step());
        Assert.Equal(3, rig.State.Late);
        rig.AssertRevisions();
    }

    [Fact]
    public void Due_NetworkBecomesKnownLater_IsSummedAgain()
    {
        // The shard that keeps the networks is behind the others.
        var rig = new CityRig(network: null);
        rig.PublishAll(Begin, speed: 30);
        Assert.Empty(rig.Step());
        rig.AddNetwork(CityRig.Network.Replace("Test City", "", StringComparison.Ordinal), Begin - Minute);
        Assert.Equal((1, "-", 1u), Assert.Single(rig.Step()) is var first ? (first.Revision, first.City, first.NetworkVersion) : default);

        // A version that was in force when a window began changes it; windows before it stay.
        rig.PublishAll(Begin + (5 * Minute), speed: 30);
        rig.Step();
        rig.AddNetwork(CityRig.Network.Replace("1000", "2000", StringComparison.Ordinal), Begin + (2 * Minute));
        var row = Assert.Single(rig.Step());
        Assert.Equal((Begin + (5 * Minute), 2, 2u, 33_000L), (row.Start, row.Revision, row.NetworkVersion, row.NetworkLength));
        rig.AssertRevisions();
    }

    private static (int Revision, int TpiMilli, int Approaches) Told(CityIndexRow row) => (row.Revision, row.Index.TpiMilli, row.Approaches);
}
