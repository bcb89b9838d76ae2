using System.Globalization;

namespace TrafficCore.Simulators.Load;

/// <summary>A report in words, for whoever ran the command.</summary>
internal static class LoadReportText
{
    /// <summary>Some lines.</summary>
    public static string Of(LoadReport report) => string.Join(Environment.NewLine, Lines(report));

    private static IEnumerable<string> Lines(LoadReport report)
    {
        if (report.Stopped)
        {
            yield return "stopped before the end";
        }

        var from = report.Generators > 1 ? $" from {report.Generators} generators" : "";
        yield return Text($"sent {report.Sent} of {report.Planned} messages ({report.Items} readings and events) over {report.Connections} connections at QoS {report.Qos}{from}");
        yield return Text($"in {report.Seconds} s: {report.AchievedRate} messages/s, {report.ItemRate} readings and events/s");
        yield return Text($"acknowledged {report.Acknowledged}, refused {report.Refused}, sent twice {report.Repeats}, sent again {report.Resent}");
        yield return Text($"connections lost {report.ConnectionsLost}, reconnects {report.Reconnects}, failed attempts {report.ConnectFailures}");
        foreach (var (reason, count) in report.Errors)
        {
            yield return $"reason {reason}: {count}";
        }

        (string Title, LatencySummary? Summary)[] times =
            [("due to acknowledged", report.Latency), ("due to sent", report.SendDelay), ("lost to reconnected", report.Reconnecting)];
        foreach (var (title, summary) in times)
        {
            if (summary is not null)
            {
                yield return Text($"{title + ", ms:",-25}p50 {summary.P50:0.0##}  p90 {summary.P90:0.0##}  p99 {summary.P99:0.0##}  p99.9 {summary.P999:0.0##}  max {summary.Max:0.0##}");
            }
        }

        if (report.Generator is { } cost)
        {
            yield return Text($"generator: {cost.CpuMicroseconds:0.0} us CPU and {cost.AllocatedBytes:0.0} bytes allocated a message, {cost.Collections} collections");
        }

        if (report.Ledger is { } ledger)
        {
            yield return Text($"ledger: received {ledger.Received}, stored {ledger.Stored}, duplicate {ledger.Duplicate}, late {ledger.Late}, rejected {ledger.Rejected}, unexplained {ledger.Unexplained}");
        }

        if (report.Windows is { } windows)
        {
            yield return Text($"windows: {windows.Found} vehicles of {windows.Expected}");
        }

        foreach (var problem in report.Problems)
        {
            yield return "PROBLEM: " + problem;
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
