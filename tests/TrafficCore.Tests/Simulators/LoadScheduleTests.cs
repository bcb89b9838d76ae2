using TrafficCore.Simulators.Load;

namespace TrafficCore.Tests.Simulators;

public sealed class LoadScheduleTests
{
    [Theory]
    [InlineData(1000, 7, 100)]
    [InlineData(3, 2, 11)]
    [InlineData(1_000_000, 500, 12_345)]
    public void Schedule_AllConnectionsTogether_SendEveryReadingOnceAtItsTime(int rate, int connections, long total)
    {
        var schedule = new LoadSchedule(rate, connections, total);

        var indexes = Enumerable.Range(0, connections)
            .SelectMany(c => Enumerable.Range(0, (int)schedule.QuotaOf(c)).Select(n => schedule.IndexOf(c, n)));

        Assert.Equal(Enumerable.Range(0, (int)total).Select(static i => (long)i), indexes.Order());
        Assert.Equal((total - 1) * 1e9 / rate, schedule.DueNanoseconds(total - 1), 1.0);
    }

    [Fact]
    public void DueCount_AroundADueTime_CountsWhatIsDue()
    {
        var schedule = new LoadSchedule(1000, 1, 10);

        Assert.Equal([0, 1, 1, 2, 10], ((long[])[-1, 0, 999_999, 1_000_000, long.MaxValue / 2]).Select(schedule.DueCount));
    }

    [Fact]
    public void Problems_EverythingArrived_AreNone() =>
        Assert.Empty(LoadVerdict.Problems(1, 10, 10, 10, 0, 0, new LedgerCounts(12, 12, 0, 0, 0, 0, 0, 0)));

    [Theory]
    [InlineData(1, 10, 9, 9, 0, 0, 10, 10, 0, "1 readings could not be sent")]
    [InlineData(1, 10, 10, 9, 0, 0, 10, 10, 0, "1 readings were not acknowledged")]
    [InlineData(1, 10, 10, 9, 1, 0, 10, 10, 0, "1 readings were refused")]
    [InlineData(1, 10, 10, 10, 0, 1, 10, 10, 0, "1 connections broke")]
    [InlineData(1, 10, 10, 10, 0, 0, 9, 9, 0, "received 9")]
    [InlineData(1, 10, 10, 10, 0, 0, 10, 9, 0, "stored 9 of 10")]
    [InlineData(0, 10, 10, 0, 0, 0, 9, 9, 0, "received 9")]
    [InlineData(1, 10, 10, 10, 0, 0, 10, 10, 1, "can't explain 1")]
    public void Problems_SomethingMissing_IsSaid(
        int qos, long planned, long sent, long acknowledged, long refused, int lost, long received, long stored, long unexplained, string expected) =>
        Assert.Contains(
            LoadVerdict.Problems(qos, planned, sent, acknowledged, refused, lost, new LedgerCounts(received, stored, 0, 0, 0, 0, 0, unexplained)),
            problem => problem.Contains(expected, StringComparison.Ordinal));
}
