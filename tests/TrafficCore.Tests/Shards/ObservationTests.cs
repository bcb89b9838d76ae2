using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Shards;
using TrafficCore.Traffic.Observations;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Tests.Shards;

/// <summary>What becomes of observations: an output each, once; and nothing of any window.</summary>
public sealed class ObservationTests
{
    private const long Day = 86_400_000;
    private const int Minute = 60_000;

    [Fact]
    public void Stored_IsAnOutputAtOnce_CountedUnderItsDevice()
    {
        var tape = new InputTape();
        tape.At(1000).Observations(
            tape.Observation(DeviceKind.Environment, "x", "1", InputTape.Origin, 1250, null, null, -305),
            tape.Observation(DeviceKind.Parking, "x", "1", InputTape.Origin, 120, 57),
            tape.Observation(DeviceKind.Parking, "y", "1", InputTape.Origin - 5, null, 3));
        ShardRig rig = ShardRig.Play(tape, shards: 2);

        Assert.Equal(
            [
                new Observation(ObservationKind.Environment, "x", "1", InputTape.Origin, new ObservedValues { [0] = 1250, [3] = -305 }),
                new Observation(ObservationKind.Parking, "x", "1", InputTape.Origin, new ObservedValues { [0] = 120, [1] = 57 }),
                new Observation(ObservationKind.Parking, "y", "1", InputTape.Origin - 5, new ObservedValues { [1] = 3 }),
            ],
            rig.Observations.OrderBy(o => o.Intersection));
        Assert.Equal([("x", 0), ("x", 1), ("y", 0)], rig.Outputs.Select(o => (o.Intersection, o.Ordinal)).Order());
        Assert.Equal((1L, 1L, 0L), (rig.Device("x", "environment", "1").Stored, rig.Device("x", "parking", "1").Stored, rig.Device("x", "detector", "1").Stored));
        Assert.Equal(3, rig.Totals().Stored);
    }

    [Fact]
    public void Repeat_IsADuplicate_WithOtherValuesAConflict_AndTheFirstWins()
    {
        var tape = new InputTape();
        tape.At(1000).Rain("x", "w", 0, 5).Rain("x", "w", 0, 5).Rain("x", "w", 0, 6).Rain("x", "v", 0, 6);
        ShardRig rig = ShardRig.Play(tape);

        Assert.Equal((2L, 2L, 1L), (rig.Totals().Stored, rig.Totals().Duplicate, rig.Totals().Conflict));
        Assert.Equal([("w", 5), ("v", 6)], rig.Observations.Select(o => (o.Device, o.Values[0]!.Value)));
        Assert.Equal((1L, 2L, 1L), (rig.Device("x", "environment", "w").Stored, rig.Device("x", "environment", "w").Duplicate, rig.Device("x", "environment", "w").Conflict));
    }

    [Fact]
    public void Repeat_AfterARestartAndToAnEvictedPage_IsStillADuplicate()
    {
        var tape = new InputTape();
        tape.At(1000).Rain("x", "w", 0, 5);
        int cut = tape.Records.Count;
        tape.At(3 * 3_600_000).Ticks(120_000).Rain("x", "w", 0, 5).Rain("x", "w", 0, 6).Rain("x", "w", 1, 7);
        ShardRig rig = new ShardRig(1).Feed(tape.Records.Take(cut)).Restart(7).Feed(tape.Records.Skip(cut));

        Assert.True(rig.Pages.Reads > 0);
        Assert.Equal((2L, 2L, 1L), (rig.Totals().Stored, rig.Totals().Duplicate, rig.Totals().Conflict));
    }

    [Fact]
    public void ServerTime_SameTimeTwice_IsStoredTwice()
    {
        var tape = new InputTape();
        ObservationEntry entry = tape.Observation(DeviceKind.Parking, "x", "p", InputTape.Origin, 1) with { Flags = ReadingFlags.ServerTime };
        ShardRig rig = ShardRig.Play(tape.At(1000).Observations(entry, entry));

        Assert.Equal((2L, 0L, 2), (rig.Totals().Stored, rig.Totals().Duplicate, rig.Observations.Count()));
    }

    [Theory]
    [InlineData(0, 2, 0)]
    [InlineData(-1, 1, 1)]
    public void Late_BehindTheOwnWatermarkByMoreThanLateness(long offset, long stored, long late)
    {
        var tape = new InputTape();
        tape.At(70_000).Rain("x", "w", 0).Rain("x", "v", -(8 * Day)).Rain("x", "w", -(7 * Day) + offset);
        ShardRig rig = ShardRig.Play(tape);

        Assert.Equal((stored, late), (rig.Device("x", "environment", "w").Stored, rig.Totals().Late));
        Assert.Equal(1, rig.Device("x", "environment", "v").Stored);
        Assert.Equal(1 + stored, rig.Observations.Count());
    }

    [Fact]
    public void Unjudged_IsStoredAndMovesNoWatermark()
    {
        var tape = new InputTape();
        tape.At(70_000).Observations(tape.Observation(DeviceKind.Environment, "x", "w", InputTape.Origin, 1) with { Flags = ReadingFlags.Unjudged });
        tape.Rain("x", "w", -(30 * Day));

        Assert.Equal((2L, 0L), (ShardRig.Play(tape).Totals().Stored, ShardRig.Play(tape).Totals().Late));
    }

    [Fact]
    public void DeletedPage_IsLate_AlsoAfterARestart()
    {
        var tape = new InputTape();
        tape.At(70_000).Rain("x", "w", 0).Ticks(5000);
        tape.At((8 * Day) + 100_000).Tick().Rain("x", "v", 1000);
        ShardRig rig = ShardRig.Play(tape);

        Assert.Equal((1L, 1L), (rig.Totals().Stored, rig.Device("x", "environment", "v").Late));
        tape.Rain("x", "u", 2000);
        Assert.Equal(2, rig.Restart(2).Feed(tape.Records.TakeLast(2)).Totals().Late);
    }

    [Fact]
    public void Alone_OpenNoWindowAndNeedNoTicks()
    {
        var tape = new InputTape();
        tape.At(0).Network(NetworkText.OneIntersection.Replace("\"approaches\"", "\"$approaches\"", StringComparison.Ordinal)).Rain("x", "w", 0).Rain("z", "w", 0);
        ShardRig rig = ShardRig.Play(tape.Ticks(200_000));

        Assert.False(rig.HasWork);
        Assert.Empty(rig.Windows);
        Assert.Equal(2, rig.Observations.Count());
    }

    [Fact]
    public void BesideReadings_WindowsHoldTheSameAndCloseAtTheSameTimes()
    {
        // The sensor is behind, ahead, and talks on when the detectors have fallen silent: whoever waited for it would show.
        Dictionary<long, string>[] closings = [Closings(withSensor: false), Closings(withSensor: true)];
        Assert.NotEmpty(closings[0]);
        Assert.Equal(closings[0], closings[1]);

        static Dictionary<long, string> Closings(bool withSensor)
        {
            var tape = new InputTape();
            for (int second = 0; second < 400; second++)
            {
                tape.At(second * 1000).Tick();
                if (withSensor)
                {
                    tape.Rain("x", "w", (second * 1000) - (second % 3 == 0 ? 90_000 : 0) + (second % 7 == 0 ? 200_000 : 0));
                }

                if (second % 30 == 0 && second <= 120)
                {
                    tape.Reading("x", "a", (second * 1000) - 30_000, 30_000).Reading("x", "b", (second * 1000) - 30_000, 30_000);
                }
            }

            ShardRig rig = ShardRig.Play(tape, 1, new ShardOptions { Lengths = WindowLengths.Create([Minute]) });
            Assert.False(rig.HasWork);
            return rig.Outputs.Where(o => o.Type == RecordType.Window).GroupBy(o => o.ElapsedMs)
                .ToDictionary(g => g.Key, g => string.Join(';', g.Select(o => $"{o.Window.Start}+{o.Window.Length}: {string.Join(',', o.Window.Rows.Select(r => $"{r.Id} {r.Volume} r{r.Revision}"))}")));
        }
    }

    [Fact]
    public void Record_OfDevicesThatObserveNothingOrThatNobodyKnows_IsCorrupt_CountedOnce()
    {
        var tape = new InputTape();
        ObservationEntry good = tape.Observation(DeviceKind.Parking, "x", "p", InputTape.Origin, 1);
        tape.Observations(good, good with { Device = 99, Timestamp = 1 }, good with { Device = tape.Detector("x", "d"), Timestamp = 2 });
        ShardRig rig = ShardRig.Play(tape, shards: 3);

        Assert.Equal((1L, 2L), (rig.Totals().Stored, rig.Totals().Corrupt));
    }

    [Fact]
    public void Rejection_OfAReasonThatIsNoLongerGiven_CountsUnderItsName()
    {
        byte[] body = [0, 0, 0, 0, 4, 1, (byte)'-', 1, (byte)'-', 13, .. "not-supported"u8, 2, 0, 0, 0, .. "{}"u8];
        var rig = new ShardRig(2);
        rig.Feed([new TapeRecord(0, new TrafficCore.Log.RecordHeader { Version = 1, Type = (byte)RecordType.Rejection, Count = 1, Length = body.Length }, body)]);

        Assert.Equal(1, rig.Totals().Rejected["not-supported"]);
        Assert.Equal("not-supported", TrafficCore.Pipeline.Output.QuarantineRecordCodec.Decode(Assert.Single(rig.Outputs).Body).Reason);
        Assert.Equal(1, rig.Restart(1).Device("-", "environment", "-").Rejected["not-supported"]);
    }

    [Fact]
    public void Page_Memory_IsCountedAndGivenBack()
    {
        var tape = new InputTape();
        for (int i = 0; i < 3000; i++)
        {
            tape.At(i * 1000).Rain("x", "w", i * 1000);
        }

        var state = new ShardState(new ShardOptions(), 0, 1, new MemoryPages(), new ShardRig());
        tape.Records.ForEach(record => state.Apply(record.Position, record.Header, record.Body));
        long grown = state.ResidentPageBytes;
        Assert.InRange(grown, 12_000, 40_000);
        InputTape later = new InputTape().At(9 * Day);
        later.Tick().Tick().Records.ForEach(record => state.Apply(record.Position, record.Header, record.Body));
        Assert.Equal(0, state.ResidentPageBytes);
    }
}
