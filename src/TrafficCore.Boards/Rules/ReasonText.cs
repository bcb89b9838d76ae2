using System.Globalization;
using System.Text;

namespace TrafficCore.Boards.Rules;

/// <summary>A reason in words, for people.</summary>
public static class ReasonText
{
    /// <summary>One or two sentences.</summary>
    public static string Of(BoardReason reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        var text = new StringBuilder(What(reason));
        if (reason.Evidence is { } evidence)
        {
            text.Append(": ").Append(evidence.Approach).Append(' ').AppendJoin(", ", evidence.Windows.DefaultIfEmpty(evidence.Latest).Select(w => Window(w, evidence.Length)));
        }

        text.Append(reason.Held switch
        {
            "minimum-on" => "; its condition no longer holds, it stays for its minimum time",
            "change-limit" => "; it stays because the board has changed often in this hour",
            _ => "",
        });
        text.Append(reason.ByClock ? "; decided by the clock" : "");
        if (reason.Note is { Length: > 0 } note)
        {
            text.Append(" (").Append(note).Append(')');
        }

        if (reason.Lost.Count > 0)
        {
            text.Append("; not shown: ").AppendJoin(", ", reason.Lost.Select(l => $"{Name(l.Rule, l.Step)} ({l.Why}, {l.Priority.ToString(CultureInfo.InvariantCulture)})"));
        }

        return text.ToString();
    }

    /// <summary>The name of a metric as the contract writes it.</summary>
    public static string Metric(BoardMetric metric) => metric == BoardMetric.Occupancy ? "occupancy" : "speedRatio";

    private static string What(BoardReason reason)
    {
        var who = reason.Author is { } author ? $" by {author}" : "";
        return reason.Because switch
        {
            "idle" => "nothing asks for a message",
            "manual" => "an operator's message" + who,
            "removed" => "the board left the network file",
            "rules-changed" => $"rule {Name(reason.Rule, reason.Step)} is no longer in force",
            "ended" => "an operator's message ended" + who,
            _ => string.Create(CultureInfo.InvariantCulture, $"rule {Name(reason.Rule, reason.Step)} (version {reason.Version ?? 0}) {reason.Because}"),
        };
    }

    private static string Name(string rule, string? step) => step is null ? rule : $"{rule}/{step}";

    private static string Window(WindowEvidence window, long length) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Metric(window.Metric)} {window.Value:0.###} (enter {window.Enter:0.###}, exit {window.Exit:0.###}) at {DateTimeOffset.FromUnixTimeMilliseconds(window.Start):HH:mm:ss}Z for {length / 1000}s, coverage {window.Coverage:0.##}, revision {window.Revision}{(window.IsStanding ? ", standing" : "")}");
}
