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
        var isStale = Step > 0 && Expires <= end;
        Array.ForEach(levels, level => level.Judge(end));
        var worst = Worst(levels, end);
        if (Step == 0)
        {
            if (worst is not null && (Ended is not { } ended || end - ended >= Rule.MinimumOffMs))
            {
                Go(worst, end, "entered");
            }
        }
        else if (worst?.Step > Step && (freedom.ToStep || isStale))
        {
            Go(worst, end, "escalated");
        }
        else if (worst?.Step >= Step)
        {
            cause = freedom.ToStep || cause!.Step < Step ? worst : cause;
            Uphold(worst.Step > Step ? "change-limit" : null);
        }
        else
        {
            Leave(worst, end, isStale, freedom);
        }
    }

    /// <summary>Ends what the clock has left behind, or goes over to an approach of which something is still known; true when anything changed.</summary>
    public bool Expire(long now)
    {
        if (Step == 0 || Expires > now)
        {
            return false;
        }

        var at = Expires;
        if (Worst(levels.Where(l => l.Expires > now), at) is { } other)
        {
            Go(other, other.Step == Step ? Since : at, other.Step == Step ? "upheld" : "eased");
        }
        else
        {
            End(at, "expired");
        }

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

    /// <summary>
    /// The approach that is worst off; of equals one whose window was believed, then the one that the message names: two approaches that take turns in
    /// being the worst must not make the text alternate.
    /// </summary>
    private ApproachLevel? Worst(IEnumerable<ApproachLevel> among, long end)
    {
        ApproachLevel? worst = null;
        foreach (var level in among)
        {
            if (level.Step > 0 && (worst is null || IsWorse(level, worst, end)))
            {
                worst = level;
            }
        }

        return worst;
    }

    private bool IsWorse(ApproachLevel level, ApproachLevel than, long end)
    {
        if (level.Step != than.Step)
        {
            return level.Step > than.Step;
        }

        return (level.Believed == end) != (than.Believed == end)
            ? level.Believed == end
            : than != cause && (level == cause || level.IsWorseThan(than));
    }

    private void Leave(ApproachLevel? milder, long end, bool isStale, RuleFreedom freedom)
    {
        if (isStale && milder is null)
        {
            End(end, "expired");
        }
        else if (!isStale && end - Since < Rule.MinimumOnMs)
        {
            Uphold("minimum-on");
        }
        else if (!isStale && !(milder is null ? freedom.ToClear : freedom.ToStep))
        {
            Uphold("change-limit");
        }
        else if (milder is null)
        {
            End(end, "cleared");
        }
        else
        {
            Go(milder, end, "eased");
        }
    }

    private void Go(ApproachLevel about, long since, string because)
    {
        (Step, Since, cause) = (about.Step, since, about);
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
