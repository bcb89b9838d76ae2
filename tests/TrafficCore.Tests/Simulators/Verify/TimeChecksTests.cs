using TrafficCore.Simulators.Verify;

namespace TrafficCore.Tests.Simulators.Verify;

public sealed class TimeChecksTests
{
    [Theory]
    [InlineData(0.2, "Pass", "0.2 s behind")]
    [InlineData(4.9, "Pass", "4.9 s behind")]
    [InlineData(9.9, "Pass", "9.9 s behind")] // at its own moment of the next interval
    [InlineData(11, "Fail", "11.0 s behind")]
    [InlineData(3600, "Fail", "3600.0 s behind")]
    [InlineData(-4, "Pass", "4.0 s ahead")]
    [InlineData(-400, "Fail", "400.0 s ahead")]
    public void Clock_Skew_IsEstimatedAndBounded(double lag, string outcome, string words)
    {
        var seen = Observed(n => (n * 10) + lag, static n => (n - 1) * 10);

        var result = TimeChecks.Clock(seen.Evidence);

        Assert.Equal(outcome, result.Outcome.ToString());
        Assert.Contains(words, result.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1000, "Fail")] // 1,000 ppm over 1,990 s: 2 s
    [InlineData(-1000, "Fail")]
    [InlineData(300, "Pass")]
    public void Clock_Drift_IsTheChangeOfTheLag(double ppm, string outcome)
    {
        var seen = Observed(n => (n * 10 * (1 + (ppm * 1e-6))) + 0.1, static n => (n - 1) * 10, count: 200);

        var result = TimeChecks.Clock(seen.Evidence);

        Assert.Equal(outcome, result.Outcome.ToString());
        Assert.Equal(ppm, ClockLag.OfReadings(seen.Evidence).Single().Drift!.Value * 1e6, 3.0);
        Assert.True(outcome == "Pass" || result.Reason.Contains("drifts", StringComparison.Ordinal), result.Reason);
    }

    [Fact]
    public void Clock_LateOnes_DoNotMoveTheEstimate()
    {
        // Every third reading waits for the network; and one comes again much later.
        var seen = Observed(static n => (n * 10) + (n % 3 == 0 ? 7 : 0.3), static n => (n - 1) * 10).Reading(500, 0);

        Assert.Equal("i/d 0.3 s behind", TimeChecks.Clock(seen.Evidence).Reason);
    }

    [Fact]
    public void Clock_ArraysOfOldReadings_AreJudgedByTheirNewest()
    {
        var seen = new SeenDevice().Stage(0, BenchStage.Observing);
        for (var n = 1; n <= 4; n++)
        {
            var elements = Enumerable.Range(0, 6).Select(i => $"{{\"ts\":{SeenDevice.Ms(((n - 1) * 60) + (i * 10))},\"interval\":10000,\"volume\":1}}");
            seen.Publish((n * 60) + 0.5, "traffic/v1/i/detector/d", $"[{string.Join(',', elements)}]");
        }

        Assert.Equal("i/d 0.5 s behind", TimeChecks.Clock(seen.Evidence).Reason);
        Assert.Equal(CheckOutcome.Pass, TimeChecks.TsStart(seen.Evidence).Outcome);
        Assert.Equal(CheckOutcome.Pass, TimeChecks.Interval(seen.Evidence).Outcome);
    }

    [Fact]
    public void TsStart_EndOfTheInterval_IsToldFromAWrongClock()
    {
        var seen = Observed(static n => (n * 10) + 0.4, static n => n * 10);

        Assert.Contains("END of the interval", TimeChecks.TsStart(seen.Evidence).Reason, StringComparison.Ordinal);
        Assert.Equal("i/d 0.4 s behind", TimeChecks.Clock(seen.Evidence).Reason);
    }

    [Theory]
    [InlineData(10_000, 0, "Pass")]
    [InlineData(10_000, 0.1, "Pass")]
    [InlineData(10_000, 1.5, "Fail")]
    [InlineData(60_000, 0, "Fail")]
    public void Interval_Steps_MustBeWhatIsSaid(int stated, double shift, string outcome)
    {
        var seen = new SeenDevice().Stage(0, BenchStage.Observing);
        for (var n = 1; n <= 8; n++)
        {
            seen.Reading((n * 10) + 0.1, ((n - 1) * 10) + (n == 4 ? shift : 0), interval: stated);
        }

        Assert.Equal(outcome, TimeChecks.Interval(seen.Evidence).Outcome.ToString());
    }

    [Fact]
    public void Interval_FirstAfterAStart_MayBeShorter()
    {
        var seen = new SeenDevice().Stage(0, BenchStage.Observing).Reading(10.1, 6, interval: 4000).Reading(20.1, 10).Reading(30.1, 20).Reading(40.1, 30);

        Assert.Equal(CheckOutcome.Pass, TimeChecks.Interval(seen.Evidence).Outcome);
        Assert.Equal("i/d 0.1 s behind", TimeChecks.Clock(seen.Evidence).Reason);
    }

    [Theory]
    [InlineData("0 1 2 3 4", "Pass")]
    [InlineData("0 1 3 4 5", "Fail")]
    [InlineData("5 5 5 5 5", "Fail")]
    [InlineData("4294967294 4294967295 0 1 2", "Pass")] // the counter is taken modulo 2^32
    public void Sequence_Steps_MustBeOne(string numbers, string outcome)
    {
        var seen = new SeenDevice().Stage(0, BenchStage.Observing);
        foreach (var (number, n) in numbers.Split(' ').Select(static (text, n) => (text, n)))
        {
            seen.Publish((n * 10) + 10.1, "traffic/v1/i/detector/d", $"{{\"ts\":{SeenDevice.Ms(n * 10)},\"interval\":10000,\"volume\":1,\"seq\":{number}}}");
        }

        Assert.Equal(outcome, TimeChecks.Sequence(seen.Evidence).Outcome.ToString());
    }

    [Fact]
    public void AllChecks_ReadingsWithoutTime_AreExcused()
    {
        var seen = new SeenDevice().Stage(0, BenchStage.Observing).Publish(1, "traffic/v1/i/detector/d", "{\"volume\":1}").Publish(2, "traffic/v1/i/detector/d", "{\"volume\":1}");

        foreach (var check in (Func<Evidence, CheckResult>[])[TimeChecks.Clock, TimeChecks.TsStart, TimeChecks.Interval, TimeChecks.Sequence])
        {
            var result = check(seen.Evidence);
            Assert.Equal((CheckOutcome.NotSeen, true), (result.Outcome, result.IsExcused));
        }
    }

    [Fact]
    public void Clock_Controller_IsJudgedByItsQuickestBatch()
    {
        var seen = new SeenDevice().Stage(0, BenchStage.Observing);
        foreach (var (at, last) in ((double, double)[])[(10, 5), (20, 19.5), (30, 21)])
        {
            seen.Publish(at, "traffic/v1/i/controller/c/events", $"{{\"seq\":{at},\"events\":[[{SeenDevice.Ms(last)},82,1]]}}");
        }

        Assert.Equal("i/c 0.5 s behind", TimeChecks.Clock(seen.Evidence).Reason);
    }

    private static SeenDevice Observed(Func<int, double> arrival, Func<int, double> start, int count = 12)
    {
        var seen = new SeenDevice().Stage(0, BenchStage.Observing);
        for (var n = 1; n <= count; n++)
        {
            seen.Reading(arrival(n), start(n));
        }

        return seen;
    }
}
