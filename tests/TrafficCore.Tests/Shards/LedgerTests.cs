using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Output;
using TrafficCore.Pipeline.Shards;

namespace TrafficCore.Tests.Shards;

/// <summary>What becomes of readings: stored, duplicate, conflict, late, rejected.</summary>
public sealed class LedgerTests
{
    private const long Day = 86_400_000;

    [Fact]
    public void Repeat_SameValues_IsDuplicateOnly()
    {
        var tape = new InputTape();
        tape.At(70_000).Reading("x", "a", 0, volume: 3).Reading("x", "a", 0, volume: 3).Ticks(200_000);
        ShardRig rig = ShardRig.Play(tape);

        Assert.Equal((1L, 1L, 0L), (rig.Totals().Stored, rig.Totals().Duplicate, rig.Totals().Conflict));
        Assert.Equal(3, rig.Intersection("x", 0)!.Volume);
    }

    [Fact]
    public void Repeat_OtherValues_IsConflictAndTheFirstWins()
    {
        var tape = new InputTape();
        tape.At(70_000).Reading("x", "a", 0, volume: 3).Reading("x", "a", 0, volume: 4).Ticks(200_000);
        ShardRig rig = ShardRig.Play(tape);

        Assert.Equal((1L, 1L, 1L), (rig.Totals().Stored, rig.Totals().Duplicate, rig.Totals().Conflict));
        Assert.Equal(3, rig.Intersection("x", 0)!.Volume);
    }

    [Fact]
    public void ServerTime_SameTimeTwice_IsNoDuplicate()
    {
        var tape = new InputTape();
        ReadingEntry entry = tape.Entry("x", "a", InputTape.Origin, 60_000, 2) with { Flags = ReadingFlags.ServerTime };
        tape.At(70_000).Readings([entry, entry]).Ticks(200_000);
        ShardRig rig = ShardRig.Play(tape);

        Assert.Equal((2L, 0L), (rig.Totals().Stored, rig.Totals().Duplicate));
        Assert.Equal(4, rig.Intersection("x", 0)!.Volume);
    }

    [Fact]
    public void Unjudged_CountsAndMovesNoWatermark()
    {
        var tape = new InputTape();
        tape.At(70_000).Readings([tape.Entry("x", "a", InputTape.Origin, 60_000, 2) with { Flags = ReadingFlags.Unjudged }]);
        Assert.Empty(ShardRig.Play(tape).Outputs);

        tape.Ticks(130_000);
        Assert.Equal(2, ShardRig.Play(tape).Intersection("x", 0)!.Volume);
    }

    [Theory]
    [InlineData(0, 1, 0)]
    [InlineData(-1, 0, 1)]
    public void Late_BehindTheOwnWatermarkByMoreThanLateness(long offset, long stored, long late)
    {
        var tape = new InputTape();
        tape.At(70_000).Reading("x", "a", 0).Reading("x", "b", -(8 * Day));
        tape.Reading("x", "a", -(7 * Day) + offset);
        ShardRig rig = ShardRig.Play(tape);

        Assert.Equal((1 + stored, late), (rig.Device("x", "detector", "a").Stored, rig.Totals().Late));
        Assert.Equal(1, rig.Device("x", "detector", "b").Stored);
    }

    [Fact]
    public void Late_WatermarkCountsAtMostAsReceiveTime()
    {
        var tape = new InputTape();
        tape.At(70_000).Reading("x", "a", 10 * Day).Reading("x", "a", -(6 * Day));

        Assert.Equal(0, ShardRig.Play(tape).Totals().Late);
    }

    [Fact]
    public void DeletedPage_ReadingIsLate_NeverANewRow()
    {
        var tape = new InputTape();
        tape.At(70_000).Reading("x", "a", 0).Ticks(1000_000);
        tape.At((8 * Day) + 1200_000).Tick().Reading("x", "b", 1000);
        ShardRig rig = ShardRig.Play(tape);

        // b was never heard: its own watermark calls nothing late, but the page is gone.
        Assert.Equal(1, rig.Device("x", "detector", "b").Late);
        Assert.Null(rig.Detector("x", "b", 0));
        Assert.Equal(1, rig.Restart(2).Feed(new InputTape().Records).Totals().Late);
    }

    [Fact]
    public void Page_WrittenAgain_IsKeptEightDaysFromThen()
    {
        var tape = new InputTape();
        tape.At(70_000).Reading("x", "a", 0).Ticks(1000_000);
        tape.At(5 * Day).Reading("x", "a", 1000).Tick();
        tape.At((8 * Day) + 1200_000).Tick().Reading("x", "b", 2000);
        ShardRig rig = ShardRig.Play(tape);

        Assert.Equal(0, rig.Totals().Late);
    }

    [Fact]
    public void Tombstone_After400Days_IsForgotten()
    {
        var tape = new InputTape();
        tape.At(70_000).Reading("x", "a", 0).Ticks(1000_000);
        tape.At((8 * Day) + 1200_000).Tick();
        tape.At(409 * Day).Tick().Reading("x", "b", 40 * 60_000);

        Assert.Equal(0, ShardRig.Play(tape).Totals().Late);
    }

    [Fact]
    public void LateReadings_ToEvictedPages_TakeTheLivePath()
    {
        var tape = new InputTape();
        for (int minute = 0; minute < 60; minute++)
        {
            tape.At((minute + 1) * 60_000).Reading("x", "a", minute * 60_000);
        }

        for (int minute = 60; minute < 200; minute++)
        {
            tape.At((minute + 1) * 60_000).Reading("x", "a", minute * 60_000).Tick();
        }

        tape.Reading("x", "a", 30 * 60_000).Reading("x", "b", 30 * 60_000, volume: 8).Ticks(2000);
        ShardRig rig = ShardRig.Play(tape);

        Assert.True(rig.Pages.Reads > 0);
        Assert.Equal((201L, 1L, 0L), (rig.Totals().Stored, rig.Totals().Duplicate, rig.Totals().Late));
        Assert.Equal((9L, 2), (rig.Intersection("x", 30 * 60_000)!.Volume!.Value, rig.Intersection("x", 30 * 60_000)!.Revision));
    }

    [Fact]
    public void Rejection_CountsUnderItsDeviceAndIsQuarantined()
    {
        var tape = new InputTape();
        uint device = tape.Detector("x", "a");
        tape.Rejection(device, DeviceKind.Detector, "x", "a", RejectionReason.TooOld);
        tape.Rejection(0, DeviceKind.Detectors, "x", "-", RejectionReason.BadJson);
        tape.Rejection(0, DeviceKind.Unknown, "-", "-", RejectionReason.UnknownTopic);
        ShardRig rig = ShardRig.Play(tape, shards: 2);

        Assert.Equal(1, rig.Device("x", "detector", "a").Rejected["too-old"]);
        Assert.Equal(1, rig.Device("x", "detectors", "-").Rejected["bad-json"]);
        Assert.Equal(1, rig.Device("-", "unknown", "-").Rejected["unknown-topic"]);
        Assert.Equal(["x", "x", "-"], rig.Outputs.Select(o => o.Intersection));
        QuarantineRecord first = QuarantineRecordCodec.Decode(rig.Outputs[0].Body);
        Assert.Equal(("too-old", "a", DeviceKind.Detector), (first.Reason, first.Device, first.Kind));
        Assert.Equal("{}"u8.ToArray(), first.Payload.ToArray());
        Assert.Equal(3, rig.Restart(5).Totals().Accounted);
    }

    [Fact]
    public void Record_OfUnknownNumbers_IsCorrupt_CountedOnce()
    {
        var tape = new InputTape();
        ReadingEntry entry = tape.Entry("x", "a", InputTape.Origin, 60_000, 1);
        tape.Readings([entry, entry with { Device = 99 }]);

        Assert.Equal((1L, 1L), (ShardRig.Play(tape, shards: 3).Totals().Stored, ShardRig.Play(tape, shards: 3).Totals().Corrupt));
    }
}
