using TrafficCore.Simulators.Verify;

namespace TrafficCore.Tests.Simulators.Verify;

public sealed class DeliveryChecksTests
{
    [Theory]
    [InlineData("0 10 20 30 40 50", "Pass", "")]
    [InlineData("0 10 20 40 50", "Fail", "1 are missing")]
    [InlineData("0 10 50", "Fail", "3 are missing")]
    [InlineData("0 10 20.5 30 40 50", "Fail", "another time")]
    [InlineData("0 10 30 20 40 50", "Fail", "out of order")]
    [InlineData("0 10", "Fail", "nothing after it")]
    public void Buffer_ReadingsOfTheOutage_MustComeWithTheirTimesAndInOrder(string starts, string outcome, string words)
    {
        var seen = new SeenDevice().Stage(0, BenchStage.Observing);
        var isOut = false;
        foreach (var start in starts.Split(' ').Select(static text => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture)))
        {
            if (start > 10 && !isOut)
            {
                seen.Stage(21, BenchStage.Outage).Stage(55, BenchStage.CatchingUp);
                isOut = true;
            }

            seen.Reading(isOut ? 56 + (start / 100) : start + 10, start);
        }

        if (!isOut)
        {
            seen.Stage(21, BenchStage.Outage).Stage(55, BenchStage.CatchingUp);
        }

        var result = BufferCheck.Judge(seen.Stage(80, BenchStage.Done).Evidence);

        Assert.Equal(outcome, result.Outcome.ToString());
        Assert.Contains(words, result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Buffer_NoIntervalEndsInTheOutage_IsNotSeen()
    {
        var seen = new SeenDevice().Stage(0, BenchStage.Observing).Reading(10, 0).Reading(20, 10).Stage(21, BenchStage.Outage).Stage(25, BenchStage.CatchingUp).Reading(30, 20).Stage(31, BenchStage.Done);

        Assert.Equal((CheckOutcome.NotSeen, false), (BufferCheck.Judge(seen.Evidence).Outcome, BufferCheck.Judge(seen.Evidence).IsExcused));
    }

    [Theory]
    [InlineData(true, "Pass")]
    [InlineData(false, "Fail")]
    public void Resend_WhatWasNotAcknowledged_MustComeAgain(bool comesAgain, string outcome)
    {
        var seen = Withheld().Connect(22, 2);
        if (comesAgain)
        {
            // In an array with the next one: it is the reading that counts, not the packet.
            seen.Publish(23, "traffic/v1/i/detector/d", $"[{{\"ts\":{SeenDevice.Ms(10)},\"interval\":10000,\"volume\":1}},{{\"ts\":{SeenDevice.Ms(20)},\"interval\":10000,\"volume\":1}}]", 2);
        }

        Assert.Equal(outcome, DeliveryChecks.Resend(seen.Stage(40, BenchStage.Done).Evidence).Outcome.ToString());
    }

    [Theory]
    [InlineData(true, true, 7, "Pass")] // the session goes on: same id, marked
    [InlineData(true, false, 7, "Fail")]
    [InlineData(true, true, 8, "Fail")]
    [InlineData(false, false, 8, "Pass")] // a new session: a new message
    [InlineData(false, true, 7, "Fail")]
    public void SessionPresent_IsObeyed(bool present, bool duplicate, int id, string outcome)
    {
        var seen = Withheld().Connect(22, 2, f => f with { SessionPresent = present }).Reading(23, 10, connection: 2, duplicate: duplicate, id: (ushort)id);

        Assert.Equal(outcome, DeliveryChecks.SessionPresent(seen.Evidence).Outcome.ToString());
    }

    [Fact]
    public void Acknowledged_AnAnswerThatMayHaveBeenLost_ExcusesARepeat()
    {
        var seen = new SeenDevice().Connect(0, 1).Stage(0, BenchStage.Observing).Reading(10, 0).Reading(20, 10).Gone(20.2, 1).Connect(21, 2).Reading(22, 10, connection: 2);
        Assert.Equal(CheckOutcome.Pass, DeliveryChecks.Acknowledged(seen.Evidence).Outcome);

        seen.Reading(23, 0, connection: 2);
        Assert.Equal(CheckOutcome.Fail, DeliveryChecks.Acknowledged(seen.Evidence).Outcome);
    }

    [Fact]
    public void Duplicates_SameValuesInOtherOrder_AreTheSame()
    {
        var seen = new SeenDevice().Stage(0, BenchStage.Observing)
            .Publish(1, "traffic/v1/i/detector/d", $"{{\"ts\":{SeenDevice.Ms(0)},\"volume\":1}}").Publish(2, "traffic/v1/i/detector/d", $"{{ \"volume\": 1, \"ts\": {SeenDevice.Ms(0)} }}");
        Assert.Equal(CheckOutcome.Pass, DeliveryChecks.Duplicates(seen.Evidence).Outcome);

        seen.Publish(3, "traffic/v1/i/detectors", $"[{{\"detector\":\"d\",\"ts\":{SeenDevice.Ms(0)},\"volume\":2}}]");
        Assert.Equal(CheckOutcome.Fail, DeliveryChecks.Duplicates(seen.Evidence).Outcome);
    }

    /// <summary>One acknowledged reading, one that was not, under packet 7, and the connection dropped.</summary>
    private static SeenDevice Withheld() => new SeenDevice().Connect(0, 1).Stage(0, BenchStage.Observing).Reading(10, 0, id: 6)
        .Stage(11, BenchStage.Withholding).Reading(20, 10, isAnswered: false, id: 7).Stage(21, BenchStage.Resending).Gone(21.1, 1);
}
