using TrafficCore.Boards.Memory;

namespace TrafficCore.Boards.Rules;

/// <summary>What a board's change limit allows the rule whose message it shows.</summary>
/// <param name="ToClear">Whether it may end although it may soon have to begin again.</param>
/// <param name="ToStep">Whether it may go to another step.</param>
internal readonly record struct RuleFreedom(bool ToClear, bool ToStep)
{
    public static readonly RuleFreedom Full = new(true, true);
}

/// <summary>
/// One rule on one board: which step it asks for, with minimum times and expiry. All times are event times. Owned by its board.
/// </summary>
internal sealed class RuleState
{
    private readonly ApproachLevel[] levels;
    private ApproachLevel? cause;

    public RuleState(BoardRule rule, IEnumerable<ApproachHistory> histories)
    {
        Rule = rule;
        levels = [.. histories.Select(h => new ApproachLevel(rule, h))];
    }

    public BoardRule Rule { get; }

    public IReadOnlyList<ApproachLevel> Levels => levels;

    /// <summary>The step that it asks for, from 1; 0: none.</summary>
    public int Step { get; private set; }

    /// <summary>The approach that the message is about; null while there is none.</summary>
    public ApproachLevel? Cause => cause;

    /// <summary>Since when it asks for this step.</summary>
    public long Since { get; private set; }

    /// <summary>When it last ended; null when it never did.</summary>
    public long? Ended { get; private set; }

    /// <summary>What started, upheld or ended it, with the numbers of that moment; null before.</summary>
    public BoardReason? Reason { get; private set; }

    /// <summary>Until when the newest believed window carries the message.</summary>
    public long Expires => cause?.Expires ?? long.MinValue;

    /// <summary>Judges the windows of one end, which are all that will come.</summary>
    public void Judge(long end, RuleFreedom freedom)
    {
        foreach (var level in levels)
        {
            level.Judge(end);
        }

        var worst = Worst();
        if (Step == 0)
        {
            if (worst.Step > 0 && (Ended is not { } ended || end - ended >= Rule.MinimumOffMs))
            {
                Go(worst.Step, worst.Level!, end, "entered");
            }
        }
        else if (worst.Step > Step && freedom.ToStep)
        {
            Go(worst.Step, worst.Level!, end, "escalated");
        }
        else if (worst.Step >= Step)
        {
            cause = cause!.Step >= Step ? cause : worst.Level;
            Uphold(worst.Step > Step ? "change-limit" : null);
        }
        else
        {
            Leave(worst, end, freedom);
        }
    }

    /// <summary>Ends the rule because nothing carries its message any more; true when it did.</summary>
    public bool Expire(long now)
    {
        if (Step == 0 || Expires > now)
        {
            return false;
        }

        End(Expires, "expired");
        return true;
    }

    public RuleMemory Remember() => new()
    {
        Rule = Rule.Name,
        Step = NameOf(Step),
        Cause = cause?.Approach,
        Since = Since,
        Ended = Ended,
        Reason = Reason,
        Levels = [.. levels.Select(l => new LevelMemory(l.Approach, NameOf(l.Step), l.Believed, l.Latest, l.Windows))],
    };

    /// <summary>
    /// Takes over what an earlier process, or an earlier version of the rule, knew. Steps are found by name: one that is gone counts as none.
    /// </summary>
    public void Restore(RuleMemory memory)
    {
        foreach (var known in memory.Levels)
        {
            Array.Find(levels, l => l.Approach == known.Approach)?.Restore(known, NumberOf(known.Step));
        }

        cause = memory.Cause is { } about ? Array.Find(levels, l => l.Approach == about) : null;
        Step = cause is null ? 0 : NumberOf(memory.Step);
        (Since, Ended, Reason) = (memory.Since, memory.Ended, memory.Reason);
    }

    // The approach that the message names is kept while it is as bad as any: two approaches that take turns in being the worst
    // must not make the text alternate.
    private (int Step, ApproachLevel? Level) Worst()
    {
        ApproachLevel? worst = null;
        foreach (var level in levels)
        {
            if (level.Step > 0 && (worst is null || level.Step > worst.Step || (level.Step == worst.Step && worst != cause && (level == cause || level.IsWorseThan(worst)))))
            {
                worst = level;
            }
        }

        return (worst?.Step ?? 0, worst);
    }

    private void Leave((int Step, ApproachLevel? Level) worst, long end, RuleFreedom freedom)
    {
        if (Expires <= end)
        {
            if (worst.Level is null)
            {
                End(end, "expired");
            }
            else
            {
                Go(worst.Step, worst.Level, end, "eased");
            }
        }
        else if (end - Since < Rule.MinimumOnMs)
        {
            Uphold("minimum-on");
        }
        else if (worst.Level is null ? !freedom.ToClear : !freedom.ToStep)
        {
            Uphold("change-limit");
        }
        else if (worst.Level is null)
        {
            End(end, "cleared");
        }
        else
        {
            Go(worst.Step, worst.Level, end, "eased");
        }
    }

    private void Go(int step, ApproachLevel about, long end, string because)
    {
        (Step, Since, cause) = (step, end, about);
        Reason = Because(because, about.Windows);
    }

    private void Uphold(string? held) => Reason = Because("upheld", cause!.Step >= Step ? cause.Windows : Reason?.Evidence?.Windows ?? []) with { Held = held };

    private void End(long at, string because)
    {
        Reason = Because(because, cause!.Windows);
        (Step, Ended, cause) = (0, at, null);
    }

    private BoardReason Because(string what, IReadOnlyList<WindowEvidence> windows) => new()
    {
        Rule = Rule.Name,
        Version = Rule.Version,
        Step = NameOf(Step),
        Because = what,
        Since = Since,
        Evidence = cause!.Latest is { } latest
            ? new BoardEvidence { Approach = cause.Approach, Length = Rule.WindowMs, Latest = latest, Windows = windows }
            : null,
    };

    private string? NameOf(int step) => step == 0 ? null : Rule.Steps[step - 1].Name;

    private int NumberOf(string? name) => 1 + Rule.Steps.ToList().FindIndex(s => s.Name == name);
}
