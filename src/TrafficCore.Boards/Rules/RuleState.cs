using TrafficCore.Boards.Memory;

namespace TrafficCore.Boards.Rules;

/// <summary>
/// One rule on one board: on or off, with hysteresis and minimum times. Owned by the director.
/// </summary>
internal sealed class RuleState(BoardRule rule, IReadOnlyList<ApproachKey> watches)
{
    private long endedAt = long.MinValue;

    public BoardRule Rule { get; } = rule;

    public bool Active { get; private set; }

    /// <summary>Since when the rule asks for its message.</summary>
    public long Since { get; private set; }

    /// <summary>Until when the last believed window carries it.</summary>
    public long Expires { get; private set; }

    /// <summary>What started or ended it, with the numbers of that moment.</summary>
    public BoardReason? Reason { get; private set; }

    /// <summary>Judges the rule; true when that changed anything.</summary>
    public bool Step(ApproachRows rows, long now, long maxAge) => Active ? StepOn(rows, now, maxAge) : StepOff(rows, now, maxAge);

    public RuleMemory Remember() => new()
    {
        Rule = Rule.Name, Active = Active, Since = Since, Expires = Expires, Ended = endedAt == long.MinValue ? null : endedAt, Reason = Reason,
    };

    /// <summary>
    /// Takes over what an earlier process knew, as far as the configuration still allows it. A clock that was set back in
    /// between makes no time longer than the rule does.
    /// </summary>
    public void Restore(RuleMemory memory, long now)
    {
        endedAt = memory.Ended is { } ended ? Math.Min(ended, now) : long.MinValue;
        if (!memory.Active || memory.Reason?.Evidence is not { } evidence || evidence.Metric != Rule.Metric || !watches.Contains(evidence.Approach))
        {
            return;
        }

        if (memory.Expires <= now)
        {
            endedAt = memory.Expires;
            return;
        }

        Active = true;
        Since = Math.Min(memory.Since, now);
        Expires = Math.Min(memory.Expires, now + Milliseconds(Rule.Expiry));
        Reason = memory.Reason;
    }

    private bool StepOff(ApproachRows rows, long now, long maxAge)
    {
        if (endedAt != long.MinValue && now - endedAt < Milliseconds(Rule.MinimumOff))
        {
            return false;
        }

        var worst = Worst(rows, now, maxAge, Rule.Starts);
        if (worst is null || ExpiryOf(worst) <= now)
        {
            return false;
        }

        Active = true;
        Since = now;
        Expires = ExpiryOf(worst);
        Reason = Because("entered", worst);
        return true;
    }

    private bool StepOn(ApproachRows rows, long now, long maxAge)
    {
        // The approach that the message names is kept while it is bad at all: two approaches that take turns in being the worst
        // must not make the text alternate.
        var named = Reason!.Evidence!.Approach;
        var own = rows.Find(Rule, named, now, maxAge);
        var upheld = own is not null && Rule.Upholds(own.Value) ? own : Worst(rows, now, maxAge, Rule.Upholds);
        if (upheld is not null && ExpiryOf(upheld) > now)
        {
            if (upheld == Reason.Evidence && Expires == ExpiryOf(upheld))
            {
                return false;
            }

            Expires = ExpiryOf(upheld);
            Reason = Because(upheld == Reason.Evidence ? Reason.Because : "upheld", upheld);
        }
        else if (now >= Expires)
        {
            // Inputs stopped. This comes before the minimum time: a stale warning must not outlive its expiry.
            End(now, Because("expired", Reason.Evidence));
        }
        else if (own is not null && upheld is null && now - Since >= Milliseconds(Rule.MinimumOn))
        {
            End(now, Because("cleared", own));
        }
        else
        {
            return false;
        }

        return true;
    }

    private void End(long now, BoardReason reason)
    {
        Active = false;
        endedAt = now;
        Reason = reason;
    }

    private BoardEvidence? Worst(ApproachRows rows, long now, long maxAge, Func<double, bool> isBad)
    {
        BoardEvidence? worst = null;
        foreach (var approach in watches)
        {
            var evidence = rows.Find(Rule, approach, now, maxAge);
            if (evidence is not null && isBad(evidence.Value) && (worst is null || Rule.IsWorse(evidence.Value, worst.Value)))
            {
                worst = evidence;
            }
        }

        return worst;
    }

    private BoardReason Because(string what, BoardEvidence? evidence) => new() { Rule = Rule.Name, Because = what, Evidence = evidence };

    private long ExpiryOf(BoardEvidence evidence) => evidence.Start + evidence.Length + Milliseconds(Rule.Expiry);

    private static long Milliseconds(TimeSpan time) => (long)time.TotalMilliseconds;
}
