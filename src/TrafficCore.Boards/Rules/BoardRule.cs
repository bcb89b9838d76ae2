using System.ComponentModel.DataAnnotations;

namespace TrafficCore.Boards.Rules;

/// <summary>What a rule looks at. Each kind has conditions of its own; everything else of a rule is the same for all.</summary>
public enum BoardRuleKind
{
    /// <summary>The state of the watched approaches, by speed ratio and by occupancy.</summary>
    LevelOfService = 1,
}

/// <summary>
/// One rule: when the watched approaches are this bad, boards that watch them show this.
/// </summary>
/// <remarks>Bound from <c>Boards:Rules</c> or from the rules file, and never changed after. A changed rule is another object.</remarks>
public sealed class BoardRule
{
    /// <summary>Name by which messages and the API refer to the rule.</summary>
    [Required]
    [RegularExpression("^[A-Za-z0-9._-]{1,64}$", ErrorMessage = "must be 1 to 64 letters, digits, dots, underscores or hyphens")]
    public string Name { get; set; } = "";

    /// <summary>Its author counts it up with each change; every reason carries it.</summary>
    [Range(1, int.MaxValue)]
    public int Version { get; set; } = 1;

    /// <summary>What the rule looks at.</summary>
    public BoardRuleKind Kind { get; set; } = BoardRuleKind.LevelOfService;

    /// <summary>Length of the windows that the rule reads; one of <c>Windows:Length</c>.</summary>
    /// <value>60 s: the shortest default window.</value>
    public TimeSpan Window { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>So many windows in a row must be bad, or with <see cref="Average"/> their mean, before a step begins.</summary>
    /// <value>2: one slow platoon or one red signal is no congestion (domain practice for queue warnings: two periods).</value>
    [Range(1, 60)]
    public int EnterWindows { get; set; } = 2;

    /// <summary>So many windows in a row must be good, or with <see cref="Average"/> their mean, before a step ends.</summary>
    /// <value>2: the same on the way back.</value>
    [Range(1, 60)]
    public int ExitWindows { get; set; } = 2;

    /// <summary>Whether the mean of those windows decides, instead of each of them.</summary>
    /// <value>
    /// False: each. True is for detectors in front of signals: a window that is no multiple of the cycle sees now more of red and now more of green, so that in a queue that stands for an
    /// hour hardly ever three windows in a row are bad.
    /// </value>
    public bool Average { get; set; }

    /// <summary>A step stays at least this long, unless its message expires or a worse step begins.</summary>
    /// <value>3 min: drivers who come one after the other see the same message.</value>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan MinimumOn { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>A rule that ended does not begin again before this time.</summary>
    /// <value>2 min: two windows of the default length.</value>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan MinimumOff { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Windows with a lower or unknown coverage neither start, keep nor end a message.</summary>
    /// <value>0.5: at least half of the expected readings; below that a few vehicles stand for many.</value>
    [Range(0.0, 1.0)]
    public double MinimumCoverage { get; set; } = 0.5;

    /// <summary>A message is valid this long after the end of the last believed window of the approach that it is about.</summary>
    /// <value>5 min: as old as input may be (<see cref="BoardsOptions.MaxInputAge"/>).</value>
    public TimeSpan Expiry { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Degrees of the same thing, from the mildest to the worst, each with its own condition, text and priority.</summary>
    public IReadOnlyList<RuleStep> Steps { get; set; } = [];

    /// <summary>Approaches, <c>intersection/approach</c>. Empty: what the board watches according to the network file.</summary>
    public IReadOnlyList<string> Watches { get; set; } = [];

    /// <summary>Boards that the rule may use, <c>intersection/board</c>. Empty: every board of the network file.</summary>
    public IReadOnlyList<string> Boards { get; set; } = [];

    internal long WindowMs => (long)Window.TotalMilliseconds;

    internal long ExpiryMs => (long)Expiry.TotalMilliseconds;

    internal long MinimumOnMs => (long)MinimumOn.TotalMilliseconds;

    internal long MinimumOffMs => (long)MinimumOff.TotalMilliseconds;
}

/// <summary>One degree of what a rule warns of.</summary>
public sealed class RuleStep
{
    /// <summary>Name in reasons, e.g. <c>severe</c>.</summary>
    [Required]
    [RegularExpression("^[A-Za-z0-9._-]{1,64}$", ErrorMessage = "must be 1 to 64 letters, digits, dots, underscores or hyphens")]
    public string Name { get; set; } = "";

    /// <summary>When it holds.</summary>
    public RuleCondition When { get; set; } = new();

    /// <summary>The highest priority wins the board. NTCIP 1203 knows 1 (low) to 255 (high).</summary>
    /// <value>8: "medium" on the ladder that IRIS uses, so that an operator's message (11 and above) goes first.</value>
    [Range(1, 255)]
    public int Priority { get; set; } = 8;

    /// <summary>
    /// What the board says, one plain text per line. <c>{approach}</c> and <c>{intersection}</c> are replaced by the ids that
    /// caused the message; shorter wordings may follow behind <c>|</c>.
    /// </summary>
    public IReadOnlyList<string> Text { get; set; } = [];
}

/// <summary>The condition of a step: thresholds by metric. A window is bad when it is by one of them, and good when it is by all that are known.</summary>
public sealed class RuleCondition
{
    /// <summary>Speed as a share of the approach's free-flow speed, 0..1; low is bad.</summary>
    public RuleThresholds? SpeedRatio { get; set; }

    /// <summary>
    /// Occupancy in percent, of the lanes of that phase of which it is highest; high is bad. Detectors at the stop bar have no part in it: there it is high at every red.
    /// </summary>
    public RuleThresholds? Occupancy { get; set; }
}

/// <summary>Two values of a metric with a gap between them, in which nothing changes.</summary>
public sealed class RuleThresholds
{
    /// <summary>At this value and beyond a window is bad.</summary>
    public double Enter { get; set; }

    /// <summary>At this value and back from it a window is good.</summary>
    public double Exit { get; set; }
}
