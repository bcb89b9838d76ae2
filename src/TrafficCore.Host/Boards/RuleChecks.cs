using TrafficCore.Boards.Rules;
using TrafficCore.Host.Configuration;

namespace TrafficCore.Host.Boards;

/// <summary>What rules cannot see of themselves: whether the service has the windows that they read.</summary>
internal static class RuleChecks
{
    public static IEnumerable<(string Member, string Error)> Errors(IReadOnlyList<BoardRule> rules, ServiceSettings settings)
    {
        for (var i = 0; i < rules.Count; i++)
        {
            if (!settings.Windows.Length.Contains(rules[i].Window))
            {
                yield return ($"Rules:{i}:Window", "is not one of Windows:Length");
            }

            if (rules[i].Window > settings.Boards.MaxInputAge)
            {
                yield return ($"Rules:{i}:Window", "is longer than Boards:MaxInputAge, so the rule would mostly have no input");
            }
        }
    }
}
