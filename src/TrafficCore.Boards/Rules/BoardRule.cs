using System.ComponentModel.DataAnnotations;

namespace TrafficCore.Boards.Rules;

/// <summary>What a rule compares with its thresholds.</summary>
public enum BoardMetric
{
    /// <summary>Occupancy of the approach, percent; high is bad.</summary>
    Occupancy = 1,

    /// <summary>Speed as a share of the approach's free-flow speed, 0..1; low is bad.</summary>
    SpeedRatio = 2,
}

/// <summary>
/// One rule: when a watched approach is this bad, boards that watch it show this.
/// </summary>
/// <remarks>Bound once from <c>Boards:Rules</c> and never changed after.</remarks>
public sealed class BoardRule
{
    /// <summary>Name by which messages and the API refer to the rule.</summary>
    [Required]
    [RegularExpression("^[A-Za-z0-9._-]{1,64}$", ErrorMessage = "must be 1 to 64 letters, digits, dots, underscores or hyphens")]
    public string Name { get; set; } = "";

    /// <summary>What is compared.</summary>
    public BoardMetric Metric { get; set; } = BoardMetric.Occupancy;

    /// <summary>The message starts when the metric is at or beyond this value (at or above for occupancy, at or below for the speed ratio).</summary>
    public double Enter { get; set; }

    /// <summary>The message may end when the metric has come back to this value. Between the two thresholds nothing changes.</summary>
    public double Exit { get; set; }

    /// <summary>Length of the windows that the rule reads; one of <c>Windows:Length</c>.</summary>
    /// <value>60 s: the shortest default window.</value>
    public TimeSpan Window { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>A message stays at least this long, unless it expires.</summary>
    /// <value>2 min: drivers on the approach all see the same message; two windows of the default length.</value>
    public TimeSpan MinimumOn { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>A message that ended does not come back before this time.</summary>
    /// <value>1 min: one window of the default length.</value>
    public TimeSpan MinimumOff { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Rows with a lower or unknown coverage neither start nor keep a message.</summary>
    /// <value>0.5: at least half of the expected readings; below that a few vehicles stand for many.</value>
    [Range(0.0, 1.0)]
    public double MinimumCoverage { get; set; } = 0.5;

    /// <summary>A message is valid this long after the end of the window that last upheld it.</summary>
    /// <value>5 min: the age at which input is no longer believed (<see cref="BoardsOptions.MaxInputAge"/>).</value>
    public TimeSpan Expiry { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The highest priority wins the board. NTCIP 1203 knows 1 (low) to 255 (high).</summary>
    /// <value>8: "medium" on the ladder that IRIS uses, so that an operator's message (11 and above) goes first.</value>
    [Range(1, 255)]
    public int Priority { get; set; } = 8;

    /// <summary>
    /// What the board says, one plain text per line. <c>{approach}</c> and <c>{intersection}</c> are replaced by the ids that
    /// caused the message; shorter wordings may follow behind <c>|</c>.
    /// </summary>
    public IReadOnlyList<string> Text { get; set; } = [];

    /// <summary>Approaches, <c>intersection/approach</c>. Empty: what the board watches according to the network file.</summary>
    public IReadOnlyList<string> Watches { get; set; } = [];

    /// <summary>Boards that the rule may use, <c>intersection/board</c>. Empty: every board of the network file.</summary>
    public IReadOnlyList<string> Boards { get; set; } = [];

    internal bool Starts(double value) => Metric == BoardMetric.Occupancy ? value >= Enter : value <= Enter;

    internal bool Upholds(double value) => Metric == BoardMetric.Occupancy ? value > Exit : value < Exit;

    /// <summary>True when the first value is worse than the second.</summary>
    internal bool IsWorse(double value, double than) => Metric == BoardMetric.Occupancy ? value > than : value < than;
}
