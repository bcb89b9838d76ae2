using System.ComponentModel.DataAnnotations;
using TrafficCore.Boards.Rules;

namespace TrafficCore.Boards;

/// <summary>Options of the boards, section <c>Boards</c>.</summary>
public sealed class BoardsOptions : IValidatableObject
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Boards";

    /// <summary>Only windows that ended within this time of the clock are believed.</summary>
    /// <value>5 min: older numbers say nothing about what a driver will meet.</value>
    public TimeSpan MaxInputAge { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>A message is sent again when the board's status still differs after this time; the wait doubles with each repeat.</summary>
    /// <value>30 s: a board polls its link and redraws within seconds, cellular links within tens of seconds.</value>
    public TimeSpan ResendAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often rules are judged.</summary>
    /// <value>1 s: windows close to the second, and expiry should be seen within one.</value>
    public TimeSpan EvaluateEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The rules. Empty: <see cref="DefaultRules"/>.</summary>
    public IReadOnlyList<BoardRule> Rules { get; set; } = [];

    /// <summary>
    /// What boards show without configuration: slow traffic (below half of the free-flow speed, urban-street level of service D,
    /// until it is back above 0.67, level B) and dense traffic (occupancy of 35 %, where flow breaks down, until below 25 %).
    /// </summary>
    public static IReadOnlyList<BoardRule> DefaultRules { get; } =
    [
        new() { Name = "slow-traffic", Metric = BoardMetric.SpeedRatio, Enter = 0.5, Exit = 0.67, Priority = 9, Text = ["SLOW TRAFFIC|SLOW", "AHEAD"] },
        new() { Name = "dense-traffic", Metric = BoardMetric.Occupancy, Enter = 35, Exit = 25, Priority = 8, Text = ["DENSE TRAFFIC|DENSE", "AHEAD"] },
    ];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        for (var i = 0; i < Rules.Count; i++)
        {
            foreach (var (member, error) in Errors(Rules[i]))
            {
                yield return new ValidationResult(error, [$"Rules:{i}:{member}"]);
            }

            if (Rules.Take(i).Any(r => r.Name == Rules[i].Name))
            {
                yield return new ValidationResult($"rule \"{Rules[i].Name}\" is there twice", [$"Rules:{i}:Name"]);
            }
        }
    }

    private IEnumerable<(string Member, string Error)> Errors(BoardRule rule)
    {
        var gap = rule.Metric == BoardMetric.Occupancy ? rule.Enter > rule.Exit : rule.Enter < rule.Exit;
        if (!gap)
        {
            yield return ("Exit", rule.Metric == BoardMetric.Occupancy
                ? "must be below Enter, else the message flaps" : "must be above Enter, else the message flaps");
        }

        if (rule.Window > MaxInputAge)
        {
            yield return ("Window", "is longer than Boards:MaxInputAge, so the rule would mostly have no input");
        }

        if (rule.Expiry <= rule.Window)
        {
            yield return ("Expiry", "must be longer than Window, else the message lapses before the next window can uphold it");
        }

        if (rule.Text.Count == 0)
        {
            yield return ("Text", "is required: what the board shows, one entry per line");
        }

        foreach (var watch in rule.Watches.Where(w => ApproachKey.Parse(w) is null))
        {
            yield return ("Watches", $"\"{watch}\" is not of the form intersection/approach");
        }
    }
}
