using TrafficCore.Simulators.Verify;

namespace TrafficCore.Tests.Simulators.Verify;

public sealed class VerifyReportTests
{
    [Fact]
    public void Report_ChecksOfKindsThatAreNotThere_AreLeftOut()
    {
        var seen = new SeenDevice().Stage(0, BenchStage.Observing).Reading(10, 0);

        Assert.DoesNotContain(Report(seen, CheckScope.None).Checks, static c => c.Name.StartsWith("board", StringComparison.Ordinal) || c.Name.StartsWith("event", StringComparison.Ordinal));
        Assert.Contains(Report(seen, CheckScope.Board).Checks, static c => c is { Name: "board-shows", Result: CheckOutcome.NotSeen, Required: true });
    }

    [Fact]
    public void Report_WhatIsExcused_IsNotRequired()
    {
        // No seq and nothing twice: allowed. No connection: not.
        var report = Report(new SeenDevice().Stage(0, BenchStage.Observing).Reading(10, 0), CheckScope.None);

        Assert.Equal(["seq", "duplicates"], report.Checks.Where(static c => !c.Required).Select(static c => c.Name));
        Assert.False(report.Passed);
    }

    [Fact]
    public void Report_NothingButNotSeen_IsNotPassed() =>
        Assert.False(VerifyReport.Of(new SeenDevice().Evidence, new VerifyOptions { Checks = [] }, TimeSpan.Zero).Passed);

    [Fact]
    public void Sheet_TableAndLines_ShowEveryCheck()
    {
        var report = Report(new SeenDevice().Stage(0, BenchStage.Observing).Reading(10, 0), CheckScope.None);

        Assert.Equal(report.Checks.Count + 1, PassSheet.ToLines(report).Count());
        Assert.Equal(report.Checks.Count, PassSheet.ToTable(report).Rows.Count);
    }

    [Fact]
    public void Catalog_Names_AreDifferent() => Assert.Distinct(CheckCatalog.All.Append(CheckCatalog.Tls).Select(static c => c.Name));

    private static VerifyReport Report(SeenDevice seen, CheckScope devices) => VerifyReport.Of(seen.Evidence, new VerifyOptions { Devices = devices }, TimeSpan.FromSeconds(1));
}
