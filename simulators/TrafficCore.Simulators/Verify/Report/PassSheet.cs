using Spectre.Console;

namespace TrafficCore.Simulators.Verify;

/// <summary>Prints the sheet: a table on a terminal, plain lines otherwise.</summary>
internal static class PassSheet
{
    /// <summary>For a terminal.</summary>
    public static Table ToTable(VerifyReport report)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("check", "result", "reason", "clause");
        foreach (var line in report.Checks)
        {
            table.AddRow(Markup.Escape(line.Name), $"[{Colour(line)}]{Word(line)}[/]", Markup.Escape(line.Reason), $"[grey]{Markup.Escape(line.Clause)}[/]");
        }

        return table.Caption(Markup.Escape(Summary(report)));
    }

    /// <summary>For a file or a pipe.</summary>
    public static IEnumerable<string> ToLines(VerifyReport report) =>
        [.. report.Checks.Select(static line => $"{Word(line),-9} {line.Name,-16} {line.Reason} [{line.Clause}]"), Summary(report)];

    private static string Summary(VerifyReport report) =>
        $"{(report.Passed ? "PASSED" : "NOT PASSED")}: {report.Checks.Count(static l => l.Result == CheckOutcome.Pass)} passed, {report.Checks.Count(static l => l.Result == CheckOutcome.Fail)} failed, "
        + $"{report.Checks.Count(static l => l.Result == CheckOutcome.NotSeen)} not seen; {string.Join(", ", report.Devices.Take(8))}{(report.Devices.Count > 8 ? ", ..." : "")}";

    private static string Word(SheetLine line) => line.Result switch
    {
        CheckOutcome.Pass => "PASS",
        CheckOutcome.Fail => "FAIL",
        _ => "NOT SEEN",
    };

    private static string Colour(SheetLine line) => line.Result switch
    {
        CheckOutcome.Pass => "green",
        CheckOutcome.Fail => "red",
        _ => line.Required ? "yellow" : "grey",
    };
}
