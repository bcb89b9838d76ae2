namespace TrafficCore.Simulators.Verify;

/// <summary>What a check says.</summary>
internal enum CheckOutcome
{
    /// <summary>The device keeps the contract.</summary>
    Pass,

    /// <summary>It does not.</summary>
    Fail,

    /// <summary>Nothing was seen that would tell.</summary>
    NotSeen,
}

/// <summary>Which devices a check is for.</summary>
[Flags]
internal enum CheckScope
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Whatever connects.</summary>
    Connection = 1,

    /// <summary>Whatever sends readings.</summary>
    Detector = 2,

    /// <summary>Whatever sends events.</summary>
    Controller = 4,

    /// <summary>Whatever shows messages.</summary>
    Board = 8,
}

/// <summary>The outcome of a check with its reason.</summary>
/// <param name="Outcome">The outcome.</param>
/// <param name="Reason">Why.</param>
/// <param name="IsExcused">Not seen, and the contract lets a device do without.</param>
internal sealed record CheckResult(CheckOutcome Outcome, string Reason, bool IsExcused = false)
{
    public static CheckResult Pass(string reason) => new(CheckOutcome.Pass, reason);

    public static CheckResult Fail(string reason) => new(CheckOutcome.Fail, reason);

    public static CheckResult NotSeen(string reason) => new(CheckOutcome.NotSeen, reason);

    public static CheckResult Excused(string reason) => new(CheckOutcome.NotSeen, reason, IsExcused: true);

    /// <summary>Fails with the first of some faults, and says how many there are; passes when there are none.</summary>
    public static CheckResult Of(IReadOnlyList<string> faults, string whenNone) =>
        faults.Count == 0 ? Pass(whenNone) : Fail(faults.Count == 1 ? faults[0] : $"{faults[0]} (and {faults.Count - 1} more)");
}

/// <summary>One thing that a device must do.</summary>
/// <param name="Name">Its name, for <c>--checks</c> and scripts.</param>
/// <param name="Clause">Where the contract, or MQTT, says so.</param>
/// <param name="Scope">Which devices it is for.</param>
/// <param name="Stage">The last stage that it looks at: the bench goes no further than the checks that were asked for need.</param>
/// <param name="Judge">Judges what was seen.</param>
internal sealed record Check(string Name, string Clause, CheckScope Scope, BenchStage Stage, Func<Evidence, CheckResult> Judge)
{
    /// <summary>It is about connections, which can be seen only where the device talks to the bench itself.</summary>
    public bool NeedsOwnServer { get; init; }
}
