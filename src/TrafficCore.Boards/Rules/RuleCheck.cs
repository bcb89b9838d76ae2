using System.ComponentModel.DataAnnotations;

namespace TrafficCore.Boards.Rules;

/// <summary>Everything that is wrong with a set of rules beyond single values, under the keys of configuration or rules file.</summary>
internal static class RuleCheck
{
    public static IEnumerable<ValidationResult> Errors(IReadOnlyList<BoardRule> rules)
    {
        for (var i = 0; i < rules.Count; i++)
        {
            foreach (var (member, error) in OfRule(rules[i]).Concat(OfSteps(rules[i])))
            {
                yield return new ValidationResult(error, [$"Rules:{i}:{member}"]);
            }

            if (rules.Take(i).Any(r => r.Name == rules[i].Name))
            {
                yield return new ValidationResult($"rule \"{rules[i].Name}\" is there twice", [$"Rules:{i}:Name"]);
            }
        }
    }

    private static IEnumerable<(string Member, string Error)> OfRule(BoardRule rule)
    {
        if (rule.Name is "manual" or "none")
        {
            yield return ("Name", $"\"{rule.Name}\" is kept for messages that come from no rule");
        }

        if (rule.Window < TimeSpan.FromSeconds(1))
        {
            yield return ("Window", "must be at least 1s");
        }

        if (rule.Expiry <= rule.Window)
        {
            yield return ("Expiry", "must be longer than Window, else the message lapses before the next window can uphold it");
        }

        foreach (var (name, value) in new[] { ("MinimumOn", rule.MinimumOn), ("MinimumOff", rule.MinimumOff), ("Expiry", rule.Expiry) })
        {
            if (value < TimeSpan.Zero || value > TimeSpan.FromDays(1))
            {
                yield return (name, "must be between 0s and 1d");
            }
        }

        foreach (var watch in rule.Watches.Where(w => ApproachKey.Parse(w) is null))
        {
            yield return ("Watches", $"\"{watch}\" is not of the form intersection/approach");
        }

        foreach (var board in rule.Boards.Where(b => ApproachKey.Parse(b) is null))
        {
            yield return ("Boards", $"\"{board}\" is not of the form intersection/board");
        }

        if (rule.Steps.Count == 0)
        {
            yield return ("Steps", "needs at least one step: when it holds and what the board shows");
        }
    }

    private static IEnumerable<(string Member, string Error)> OfSteps(BoardRule rule)
    {
        for (var i = 0; i < rule.Steps.Count; i++)
        {
            var step = rule.Steps[i];
            foreach (var (member, error) in OfStep(step).Concat(i == 0 ? [] : AgainstMilder(step, rule.Steps[i - 1])))
            {
                yield return ($"Steps:{i}:{member}", error);
            }

            if (rule.Steps.Take(i).Any(s => s.Name == step.Name))
            {
                yield return ($"Steps:{i}:Name", $"step \"{step.Name}\" is there twice");
            }
        }
    }

    private static IEnumerable<(string Member, string Error)> OfStep(RuleStep step)
    {
        if (step.When.SpeedRatio is null && step.When.Occupancy is null)
        {
            yield return ("When", "needs thresholds of SpeedRatio, of Occupancy, or of both");
        }

        if (step.When.SpeedRatio is { } ratio && !(ratio.Enter >= 0 && ratio.Enter < ratio.Exit))
        {
            yield return ("When:SpeedRatio:Exit", "must be above Enter, else the message flaps");
        }

        if (step.When.Occupancy is { } occupancy && !(occupancy.Enter <= 100 && occupancy.Enter > occupancy.Exit))
        {
            yield return ("When:Occupancy:Exit", "must be below Enter, and Enter at most 100, else the message flaps");
        }

        if (step.Text.Count == 0)
        {
            yield return ("Text", "is required: what the board shows, one entry per line");
        }
    }

    private static IEnumerable<(string Member, string Error)> AgainstMilder(RuleStep step, RuleStep milder)
    {
        if ((step.When.SpeedRatio is null) != (milder.When.SpeedRatio is null) || (step.When.Occupancy is null) != (milder.When.Occupancy is null))
        {
            yield return ("When", $"must judge by the same metrics as step \"{milder.Name}\"");
        }

        if (step.When.SpeedRatio is { } ratio && milder.When.SpeedRatio is { } milderRatio && (ratio.Enter >= milderRatio.Enter || ratio.Exit > milderRatio.Exit))
        {
            yield return ("When:SpeedRatio", $"must be lower than that of the milder step \"{milder.Name}\"");
        }

        if (step.When.Occupancy is { } occupancy && milder.When.Occupancy is { } milderOccupancy
            && (occupancy.Enter <= milderOccupancy.Enter || occupancy.Exit < milderOccupancy.Exit))
        {
            yield return ("When:Occupancy", $"must be higher than that of the milder step \"{milder.Name}\"");
        }

        if (step.Priority < milder.Priority)
        {
            yield return ("Priority", $"must be at least that of the milder step \"{milder.Name}\"");
        }
    }
}
