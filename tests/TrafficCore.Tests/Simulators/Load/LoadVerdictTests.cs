using TrafficCore.Mqtt.Wire;
using TrafficCore.Simulators.Load;

namespace TrafficCore.Tests.Simulators.Load;

public sealed class LoadVerdictTests
{
    private static readonly LoadCounts Fine = new() { Sent = 10, ItemsSent = 30, Repeats = 2, ItemsRepeated = 6, Acknowledged = 10, ItemsAcknowledged = 30, RepeatsAcknowledged = 2 };

    private static readonly LedgerCounts FineLedger = LedgerCounts.None with { Received = 36, Stored = 30, Duplicate = 6 };

    [Fact]
    public void Problems_EverythingArrived_AreNone() =>
        Assert.Empty(LoadVerdict.Problems(QualityOfService.AtLeastOnce, 10, Fine, FineLedger, new WindowVolume(9, 9)));

    [Fact]
    public void Problems_ConnectionBrokeAndAllWasSentAgain_AreNone()
    {
        // Of what was sent again nobody knows whether it was there already: both ends of the range are right.
        var counts = Fine with { Lost = 1, Reconnects = 1, Resent = 1, ItemsResent = 3 };

        Assert.Empty(LoadVerdict.Problems(QualityOfService.AtLeastOnce, 10, counts, FineLedger, null));
        Assert.Empty(LoadVerdict.Problems(QualityOfService.AtLeastOnce, 10, counts, FineLedger with { Received = 39, Duplicate = 9 }, null));
        Assert.NotEmpty(LoadVerdict.Problems(QualityOfService.AtLeastOnce, 10, counts, FineLedger with { Received = 40, Duplicate = 10 }, null));
        Assert.NotEmpty(LoadVerdict.Problems(QualityOfService.AtMostOnce, 10, counts, null, null));
    }

    [Theory]
    [InlineData("1 messages could not be sent")]
    [InlineData("1 messages were not acknowledged")]
    [InlineData("1 messages were refused")]
    [InlineData("stored 29, and not 30")]
    [InlineData("stored 31, and not 30")]
    [InlineData("5 duplicates, and not 6")]
    [InlineData("rejected 3")]
    [InlineData("can't explain 1")]
    [InlineData("8 vehicles of 9")]
    public void Problems_SomethingMissing_IsSaid(string expected)
    {
        var (planned, counts, ledger, windows) = expected switch
        {
            "1 messages could not be sent" => (11, Fine, FineLedger, null),
            "1 messages were not acknowledged" => (10, Fine with { Acknowledged = 9, ItemsAcknowledged = 27 }, FineLedger, null),
            "1 messages were refused" => (10, Fine with { Acknowledged = 9, ItemsAcknowledged = 27, Refused = 1 }, FineLedger, null),
            "stored 29, and not 30" => (10, Fine, FineLedger with { Stored = 29 }, null),
            "stored 31, and not 30" => (10, Fine, FineLedger with { Stored = 31 }, null),
            "5 duplicates, and not 6" => (10, Fine, FineLedger with { Duplicate = 5 }, null),
            "rejected 3" => (10, Fine, FineLedger with { Rejected = 3 }, null),
            "can't explain 1" => (10, Fine, FineLedger with { Unexplained = 1 }, null),
            _ => (10, Fine, FineLedger, new WindowVolume(9, 8)),
        };

        Assert.Contains(
            LoadVerdict.Problems(QualityOfService.AtLeastOnce, planned, counts, ledger, windows),
            problem => problem.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void Expectation_QosZero_IsExactOnlyWithoutALoss()
    {
        var counts = new LoadCounts { Sent = 10, ItemsSent = 10, Repeats = 1, ItemsRepeated = 1 };

        Assert.Equal(new LedgerExpectation(10, 10, 1, 1), LedgerExpectation.Of(counts, QualityOfService.AtMostOnce));
        Assert.Equal(new LedgerExpectation(0, 10, 0, 1), LedgerExpectation.Of(counts with { Lost = 1 }, QualityOfService.AtMostOnce));
    }
}
