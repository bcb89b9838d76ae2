using System.ComponentModel.DataAnnotations;
using TrafficCore.Boards.Rules;

namespace TrafficCore.Boards;

/// <summary>Options of the boards, section <c>Boards</c>.</summary>
public sealed class BoardsOptions : IValidatableObject
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Boards";

    /// <summary>
    /// Only windows that ended within this time of the clock are judged. <c>unlimited</c> is for replays and tests on old data: then times are those
    /// of the data alone and no rule's message ends by the clock, so no real board may be connected.
    /// </summary>
    /// <value>5 min: older numbers say nothing about what a driver will meet.</value>
    public TimeSpan? MaxInputAge { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>A board that has not answered a message within this time is unconfirmed, or a mismatch when it says that it shows something else.</summary>
    /// <value>30 s: a board polls its link and redraws within seconds, cellular links within tens of seconds.</value>
    public TimeSpan ConfirmWithin { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>An unconfirmed, wrong or failed message is sent again after this time; the wait doubles with each repeat.</summary>
    /// <value>30 s, as long as an answer may take.</value>
    public TimeSpan ResendAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often boards are looked at.</summary>
    /// <value>1 s: windows close to the second, and expiry should be seen within one.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan EvaluateEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>What boards know is saved at least this often while windows come; decisions, manual messages and changes of rules are saved at once.</summary>
    /// <value>30 s: so much output is read again after a crash.</value>
    public TimeSpan SaveEvery { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Changes by rule on one board in any hour at most. Near the limit a message stays, or a board stays dark, until there is room again.</summary>
    /// <value>6: one every ten minutes; what changes more often is noise to drivers.</value>
    [Range(4, 3600)]
    public int MaxChangesPerHour { get; set; } = 6;

    /// <summary>How long a manual message stays when its author does not say.</summary>
    /// <value>1 h: an operator who forgets a message forgets it for no longer.</value>
    public TimeSpan ManualDuration { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Rules file (JSON); watched. Its rules are added to <see cref="Rules"/>. Empty: none.</summary>
    public string RulesFile { get; set; } = "";

    /// <summary>The rules. Empty, and no rules file: <see cref="DefaultRules"/>.</summary>
    public IReadOnlyList<BoardRule> Rules { get; set; } = [];

    /// <summary>
    /// What boards show without configuration. Slow traffic: below half of the free-flow speed (urban-street level of service D) until it is back
    /// above 0.67 (B), or occupancy of 67 % until 35 %. Congestion: 0.3 (F) until 0.4 (E), or 85 % until 60 %. All of them on average over six minutes. And slow traffic, too, where
    /// occupancy is 65 % over a quarter of an hour.
    /// </summary>
    /// <remarks>
    /// On an open road speed breaks down before occupancy is that high. In front of a signal whoever crosses a detector moves, so that its speeds say little; there an ordinary queue covers the
    /// detector while it is red and a little longer, and one that covers it for more than two thirds of several cycles does not get through its green. Six minutes are whole cycles of 60, 72,
    /// 90 and 120 s, so that red counts as often as green. A long green lets a queue that never ends roll over the detector for so much of the cycle that it is covered for 64 to 67 % of the
    /// time, hour after hour: over 15 minutes chance moves the mean less, so that the limit may lie closer to what ordinary queues do.
    /// </remarks>
    public static IReadOnlyList<BoardRule> DefaultRules { get; } =
    [
        Rule(
            "congestion",
            version: 3,
            enterWindows: 6,
            Slow(67),
            new() { Name = "severe", Priority = 9, When = Condition(0.3, 0.4, 85, 60), Text = ["CONGESTION|JAM", "AHEAD"] }),
        Rule("lasting-congestion", version: 1, enterWindows: 15, Slow(65)),
    ];

    /// <summary>The rules of the configuration, with the default where nothing is configured.</summary>
    internal IReadOnlyList<BoardRule> OwnRules => Rules.Count == 0 && RulesFile.Length == 0 ? DefaultRules : Rules;

    internal long? MaxInputAgeMs => (long?)MaxInputAge?.TotalMilliseconds;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var error in RuleCheck.Errors(Rules))
        {
            yield return error;
        }
    }

    private static BoardRule Rule(string name, int version, int enterWindows, params RuleStep[] steps) =>
        new() { Name = name, Version = version, EnterWindows = enterWindows, ExitWindows = 6, Average = true, Steps = steps };

    private static RuleStep Slow(double enterOccupancy) =>
        new() { Name = "slow", Priority = 8, When = Condition(0.5, 0.67, enterOccupancy, 35), Text = ["SLOW TRAFFIC|SLOW", "AHEAD"] };

    private static RuleCondition Condition(double enterRatio, double exitRatio, double enterOccupancy, double exitOccupancy) => new()
    {
        SpeedRatio = new RuleThresholds { Enter = enterRatio, Exit = exitRatio },
        Occupancy = new RuleThresholds { Enter = enterOccupancy, Exit = exitOccupancy },
    };
}
