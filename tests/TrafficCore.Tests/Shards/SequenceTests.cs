using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Ledger;
using TrafficCore.Pipeline.Shards;

namespace TrafficCore.Tests.Shards;

/// <summary>What a device's own counter tells about the way in. A reading is "number@minute"; minutes are event time.</summary>
public sealed class SequenceTests
{
    [Theory]
    [InlineData("5@0 6@1 7@2", 0, 0, 0)]
    [InlineData("5@0 6@1 9@4", 2, 0, 0)]

    // A reboot begins at 2; what is lost after it counts.
    [InlineData("5@0 6@1 9@2 2@3 3@4 4@5", 2, 0, 1)]
    [InlineData("5@0 0@1 3@4", 2, 0, 1)]

    // A device that was away: live first, then what it kept, in either order, or between live readings.
    [InlineData("1@1 5@5 2@2 3@3 4@4 6@6", 3, 3, 0)]
    [InlineData("1@1 5@5 4@4 3@3 2@2 6@6", 3, 3, 0)]
    [InlineData("1@1 5@5 2@2 6@6 3@3 7@7 4@4 8@8", 3, 3, 0)]
    [InlineData("1@1 6@6 3@3", 4, 1, 0)]

    // Sent again after a lost acknowledgement.
    [InlineData("1@1 2@2 3@3 1@1 2@2 3@3 4@4", 0, 0, 0)]
    [InlineData("4294967294@0 4294967295@1 0@2 1@3", 0, 0, 0)]
    [InlineData("4294967294@0 1@3 4294967295@1 0@2", 2, 2, 0)]

    // A reboot whose kept readings still have numbers of the counter before it.
    [InlineData("5000@1 0@9 5001@2 5002@3 1@10 2@11", 0, 0, 3)]

    // A reboot into a hole: time goes on, so it is none of the missing ones.
    [InlineData("0@0 4@4 1@5 2@6", 3, 0, 1)]

    // A clock that is put back does not break the count.
    [InlineData("1@90 2@91 3@31 4@32 5@33 6@92", 0, 0, 0)]
    [InlineData("7@1 3000000007@2 3000000008@3", 0, 0, 1)]
    [InlineData("7@1 3000007@2 3000008@3", 0, 0, 1)]
    public void Counter_OfADetector(string readings, long gaps, long filled, long restarts)
    {
        LedgerTotals totals = ShardRig.Play(Tape(readings)).Totals();

        Assert.Equal((gaps, filled, restarts), (totals.Gaps, totals.Filled, totals.Restarts));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Counter_AfterARestartOfTheService_FillsTheHolesOfBefore(int shards)
    {
        ShardRig before = ShardRig.Play(Tape("1@1 6@6"));
        LedgerTotals totals = before.Restart(shards).Feed(Tape("1@1 6@6 3@3 7@7").Records.Skip(3)).Totals();

        Assert.Equal((4L, 1L, 0L), (totals.Gaps, totals.Filled, totals.Restarts));
    }

    [Fact]
    public void Counter_MoreHolesThanAreKept_ForgetsTheOldest()
    {
        string jumps = string.Join(' ', Enumerable.Range(0, SequenceCounter.MaxHoles + 2).Select(i => $"{2 * i}@{2 * i}"));
        LedgerTotals totals = ShardRig.Play(Tape($"{jumps} 1@1 3@3")).Totals();

        Assert.Equal((SequenceCounter.MaxHoles + 1L, 1L), (totals.Gaps, totals.Filled));
    }

    [Fact]
    public void Counter_RefusedOrLateReadings_AreNotMissing()
    {
        InputTape tape = Tape("1@1");
        uint device = tape.Detector("x", "a");
        tape.Rejection(device, DeviceKind.Detector, "x", "a", RejectionReason.TooOld, sequence: 2);
        tape.Readings([Entry(tape, 3, minute: -8 * 24 * 60)]);
        tape.Readings([Entry(tape, 4, minute: 4)]);
        LedgerTotals totals = ShardRig.Play(tape).Totals();

        Assert.Equal((1L, 0L, 0L), (totals.Late, totals.Gaps, totals.Restarts));
    }

    [Fact]
    public void Counter_OfAController_CountsBatchesAndTakesEmptyOnes()
    {
        var tape = new InputTape();
        tape.At(60_000).Events("x", "c", 1, (1_000, 1, 2)).Events("x", "c", 2).Events("x", "c", 3, (3_000, 1, 2)).Events("x", "c", 3, (3_000, 1, 2)).Events("x", "c", 6, (9_000, 1, 2));
        LedgerTotals totals = ShardRig.Play(tape).Device("x", "controller", "c");

        Assert.Equal((2L, 0L, 0L), (totals.Gaps, totals.Filled, totals.Restarts));
    }

    private static InputTape Tape(string readings)
    {
        var tape = new InputTape();
        foreach (string[] reading in readings.Split(' ').Select(r => r.Split('@')))
        {
            tape.Readings([Entry(tape, uint.Parse(reading[0]), int.Parse(reading[1]))]);
        }

        return tape;
    }

    private static ReadingEntry Entry(InputTape tape, uint sequence, int minute)
    {
        tape.At(100 * 60_000);
        return tape.Entry("x", "a", InputTape.Origin + (minute * 60_000L), 60_000, 1) with { Flags = ReadingFlags.HasSequence, Sequence = sequence };
    }
}
