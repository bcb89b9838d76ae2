using TrafficCore.Pipeline.Ingest;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Tests.Shards;

/// <summary>When windows are published: contract section 3, sentence by sentence.</summary>
public sealed class ClosingTests
{
    private const long Minute = 60_000;

    [Fact]
    public void Window_AllHoldersPassed_PublishedAtThatRecord()
    {
        InputTape tape = Warm("a", "b");
        tape.At((11 * Minute) + 1000).Reading("x", "a", 10 * Minute, volume: 3);
        ShardRig rig = ShardRig.Play(tape);
        Assert.Null(rig.Detector("x", "a", 10 * Minute));

        tape.At((11 * Minute) + 40_000).Reading("x", "b", 10 * Minute, volume: 4);
        rig = ShardRig.Play(tape);

        Assert.Equal(3, rig.Detector("x", "a", 10 * Minute)!.Volume);
        Assert.Equal(7, rig.Intersection("x", 10 * Minute)!.Volume);
        Assert.Equal(1, rig.Intersection("x", 10 * Minute)!.Revision);
        Assert.Equal(tape.Records[^1].Position, rig.Outputs[^1].Cause);
    }

    [Fact]
    public void StaggeredDevices_SteadyState_RevisionOneOnly()
    {
        var tape = new InputTape();
        string[] ids = [.. Enumerable.Range(0, 12).Select(i => $"d{i:00}")];
        for (int minute = 0; minute < 45; minute++)
        {
            for (int second = 0; second < 60; second++)
            {
                tape.At(((minute + 1) * Minute) + (second * 1000) + 17);
                if (second % 5 == 0)
                {
                    tape.Reading("x", ids[second / 5], minute * Minute);
                }

                tape.Tick();
            }
        }

        ShardRig rig = ShardRig.Play(tape);

        // The first two minutes are the start: devices are not known before they are heard.
        Assert.All(rig.Rows.Values.Where(r => r.Start >= InputTape.Origin + (15 * Minute)), r => Assert.Equal(1, r.Revision));
        Assert.Equal(12, rig.Intersection("x", 40 * Minute)!.Volume);
        Assert.Equal(180, rig.Intersection("x", 15 * Minute, 15 * Minute)!.Volume);
    }

    [Fact]
    public void DeadDetector_HoldsWindowsAtMostH()
    {
        InputTape tape = Warm("a", "b");
        for (int minute = 10; minute < 16; minute++)
        {
            for (int second = 0; second < 60; second++)
            {
                tape.At(((minute + 1) * Minute) + (second * 1000));
                if (second == 2)
                {
                    tape.Reading("x", "a", minute * Minute);
                }

                tape.Tick();
            }
        }

        ShardRig rig = ShardRig.Play(tape);

        // b was heard last at minute 10 and is a holder for 120 s; then a alone closes.
        foreach (Emitted output in rig.Outputs.Where(o => o.Window.Length == Minute && o.Window.Start >= InputTape.Origin + (10 * Minute)))
        {
            long passed = output.Window.Start - InputTape.Origin + Minute + 2000;
            Assert.InRange(output.ElapsedMs, passed, passed + (2 * Minute));
        }

        Assert.NotNull(rig.Intersection("x", 15 * Minute));
        Assert.Equal(16 * Minute + 2000, rig.Outputs.Last(o => o.Window.Length == Minute).ElapsedMs);
    }

    [Fact]
    public void NamedDetectors_BeforeTheyReport_AskForTicks()
    {
        var learnt = new InputTape();
        learnt.At(70_000).Reading("x", "a", 0, interval: 1000).Ticks(2_000_000);
        var named = new InputTape();
        named.At(-1000).Network(NetworkText.OneIntersection);

        // Their empty rows can only be written by ticks; a learnt detector gets none.
        Assert.False(ShardRig.Play(learnt).HasWork);
        Assert.True(ShardRig.Play(named).HasWork);
    }

    [Fact]
    public void SilentIntersection_PublishedByTickAfterH()
    {
        var tape = new InputTape();
        tape.At(70_000).Reading("x", "a", 0, interval: 1000, volume: 2).At(71_000).Reading("x", "a", 61_000, interval: 1000);
        tape.Ticks(60_000);

        ShardRig rig = ShardRig.Play(tape);

        // The window of minute 1 ends at 120 s; the device is silent for H = 10 s by then.
        Emitted output = Assert.Single(rig.Outputs, o => o.Window.Start == InputTape.Origin + Minute && o.Window.Length == Minute);
        Assert.Equal(121_000, output.ElapsedMs);
        Assert.True(rig.HasWork);
    }

    [Fact]
    public void Window_EndAfterReceiveTime_StaysOpenWhateverTheDeviceClaims()
    {
        var tape = new InputTape();
        tape.At(60_000).Reading("x", "a", 300_000, interval: 60_000).Ticks(200_000);

        Assert.Empty(ShardRig.Play(tape).Outputs);
    }

    [Fact]
    public void ClockAhead_FourMinutes_NoFloodOfRevisions()
    {
        var tape = new InputTape();
        for (int minute = 0; minute < 30; minute++)
        {
            for (int second = 0; second < 60; second++)
            {
                tape.At(((minute + 1) * Minute) + (second * 1000) + 5);
                if (second is 3 or 9 or 31)
                {
                    tape.Reading("x", second == 3 ? "ahead" : second == 9 ? "a" : "b", (minute + (second == 3 ? 4 : 0)) * Minute);
                }

                tape.Tick();
            }
        }

        ShardRig rig = ShardRig.Play(tape);

        Assert.All(rig.Rows.Values.Where(r => r.Start >= InputTape.Origin + (15 * Minute)), r => Assert.Equal(1, r.Revision));
        Assert.Equal(3, rig.Intersection("x", 20 * Minute)!.Volume);
    }

    [Fact]
    public void BackFill_LiveFirst_RevisedExactlyAndNothingHeld()
    {
        var tape = new InputTape();
        for (int minute = 0; minute < 180; minute++)
        {
            tape.At(((minute + 1) * Minute) + 3000).Reading("x", "a", minute * Minute).Tick();
        }

        tape.At((181 * Minute) + 1000).Reading("x", "b", 180 * Minute).Tick();
        tape.Readings([.. Enumerable.Range(0, 180).Select(m => tape.Entry("x", "b", InputTape.Origin + (m * Minute), 60_000, 5))]);
        tape.At((181 * Minute) + 3000).Reading("x", "a", 180 * Minute).Ticks(5000);
        ShardRig rig = ShardRig.Play(tape);

        for (int minute = 0; minute < 180; minute++)
        {
            Assert.Equal(6, rig.Intersection("x", minute * Minute)!.Volume);
            Assert.Equal(2, rig.Intersection("x", minute * Minute)!.Revision);
            Assert.Equal(1, rig.Detector("x", "a", minute * Minute)!.Revision);
        }

        Assert.Equal(1, rig.Intersection("x", 180 * Minute)!.Revision);
        Assert.Equal(0, rig.Totals().Late);
        Assert.Equal(361 + 1, rig.Totals().Stored);
    }

    [Fact]
    public void BackFill_SlowDrainInOrder_NobodyHeldLongerThanH()
    {
        var tape = new InputTape();
        for (int minute = 0; minute < 240; minute++)
        {
            tape.At(((minute + 1) * Minute) + 3000).Reading("x", "a", minute * Minute).Tick();
            for (int step = 0; step < 10 && minute >= 180; step++)
            {
                // b was away for three hours and drains ten minutes a minute, oldest first, without live data.
                int old = ((minute - 180) * 10) + step;
                if (old < minute)
                {
                    tape.At(((minute + 1) * Minute) + 4000 + (step * 5000)).Reading("x", "b", old * Minute, volume: 5).Tick();
                }
            }
        }

        ShardRig rig = ShardRig.Play(tape);
        foreach (IGrouping<long, Emitted> window in rig.Outputs.Where(o => o.Window.Length == Minute).GroupBy(o => o.Window.Start))
        {
            long passed = window.Key - InputTape.Origin + Minute + 3000;
            Assert.InRange(window.First().ElapsedMs, passed, passed + (2 * Minute) + 10_000);
        }

        Assert.Equal(0, rig.Totals().Late);
        Assert.All(Enumerable.Range(0, 199), m => Assert.Equal(6, rig.Intersection("x", m * Minute)!.Volume));
    }

    [Fact]
    public void Corrections_AtTicksOnly_AtMostOnePerSecond()
    {
        InputTape tape = Warm("a", "b");
        for (int i = 0; i < 40; i++)
        {
            tape.At((10 * Minute) + 5000 + (i * 250)).Reading("x", "a", (3 * Minute) + i + 1, interval: 1000);
            tape.Tick();
        }

        ShardRig rig = ShardRig.Play(tape);
        Emitted[] outputs = [.. rig.Outputs.Where(o => o.Window.Start == InputTape.Origin + (3 * Minute) && o.Window.Length == Minute)];

        Assert.InRange(outputs.Length, 9, 12);
        Assert.All(outputs.Zip(outputs.Skip(1)), pair => Assert.True(pair.Second.ElapsedMs - pair.First.ElapsedMs >= 1000));
        Assert.All(outputs.Skip(1), o => Assert.Equal((byte)RecordType.Tick, tape.Records.Single(r => r.Position == o.Cause).Header.Type));
    }

    [Fact]
    public void Revision_CountsPerRow()
    {
        InputTape tape = Warm("a", "b");
        tape.At((10 * Minute) + 5000).Reading("x", "a", (3 * Minute) + 1, interval: 1000, volume: 9).Ticks(1000);
        ShardRig rig = ShardRig.Play(tape);

        Assert.Equal(2, rig.Detector("x", "a", 3 * Minute)!.Revision);
        Assert.Equal(1, rig.Detector("x", "b", 3 * Minute)!.Revision);
        Assert.Equal(2, rig.Intersection("x", 3 * Minute)!.Revision);
        Assert.Equal(["a", "all", "x"], rig.Outputs[^1].Window.Rows.Select(r => r.Id));
    }

    [Fact]
    public void Outputs_OfOnePosition_SortedByLengthAndStart()
    {
        var tape = new InputTape();
        tape.At(0).Reading("x", "a", -60_000);
        tape.At(40 * Minute).Readings([.. Enumerable.Range(0, 40).Reverse().Select(m => tape.Entry("x", "a", InputTape.Origin + (m * Minute), 60_000, 1))]);
        ShardRig rig = ShardRig.Play(tape);

        Emitted[] outputs = [.. rig.Outputs.Where(o => o.Cause == tape.Records[^1].Position)];
        Assert.Equal(Enumerable.Range(0, outputs.Length), outputs.Select(o => o.Ordinal));
        Assert.Equal(outputs.OrderBy(o => (o.Window.Length, o.Window.Start)), outputs);
        Assert.Equal(42, outputs.Length);
    }

    [Fact]
    public void OldLogThenLive_NoRowsBetween()
    {
        const long Year = 365L * 24 * 60 * Minute;
        var tape = new InputTape();
        for (int minute = 0; minute < 120; minute++)
        {
            tape.At(minute * 20).Reading("x", "a", -Year + (minute * Minute));
        }

        tape.At(Minute).Reading("x", "a", 0).Ticks(300_000);
        tape.Reading("x", "a", 5 * Minute).Ticks(200_000);
        ShardRig rig = ShardRig.Play(tape);

        Assert.Equal(120, rig.Rows.Values.Count(r => r.Level == FlowLevel.Detector && r.Length == Minute && r.Start < InputTape.Origin));
        Assert.Equal(2, rig.Rows.Values.Count(r => r.Level == FlowLevel.Detector && r.Length == Minute && r.Start >= InputTape.Origin));
    }

    /// <summary>Ten minutes of two detectors of an intersection <c>x</c>, so that both are holders at minute 10.</summary>
    private static InputTape Warm(params string[] ids)
    {
        var tape = new InputTape();
        for (int minute = 0; minute < 10; minute++)
        {
            for (int i = 0; i < ids.Length; i++)
            {
                tape.At(((minute + 1) * Minute) + 1000 + (i * 100)).Reading("x", ids[i], minute * Minute);
            }

            tape.Tick();
        }

        return tape;
    }
}
