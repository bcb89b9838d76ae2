using TrafficCore.Boards.Delivery;
using TrafficCore.Boards.Rules;
using TrafficCore.Boards.Windows;

namespace TrafficCore.Boards.Arbitration;

/// <summary>
/// One board: judges its rules window end by window end, lets the best message win, and keeps what the device says about it. Owned by the director.
/// </summary>
internal sealed partial class BoardState
{
    private static readonly BoardReason Idle = new() { Rule = "none", Because = "idle" };

    private readonly RuleState[] rules;
    private readonly BoardInputs inputs;
    private readonly ChangeLimit limit;
    private readonly List<BoardDecision> decisions = [];
    private long judged = long.MinValue;
    private long decided = long.MinValue;
    private BoardMessage current;
    private Candidate? shown;
    private bool unsent = true;

    public BoardState(
        BoardDefinition definition, BoardNetwork network, IReadOnlyList<(BoardRule Rule, IReadOnlyList<ApproachKey> Watches)> rules, BoardsOptions options)
    {
        Definition = definition;
        inputs = new BoardInputs(network, rules);
        this.rules = [.. rules.Select(r => new RuleState(r.Rule, r.Watches.Distinct().Select(w => inputs.Find(w, r.Rule.WindowMs))))];
        limit = new ChangeLimit(options.MaxChangesPerHour);
        Delivery = new DeliveryState((long)options.ConfirmWithin.TotalMilliseconds, (long)options.ResendAfter.TotalMilliseconds);

        // Dark until something asks for it: whatever an earlier life left on the board goes.
        current = new BoardMessage { Board = definition.Key, Id = "blank", Multi = "", Reason = Idle };
    }

    public BoardDefinition Definition { get; }

    public BoardInputs Inputs => inputs;

    public DeliveryState Delivery { get; private set; }

    public ManualMessage? Manual { get; private set; }

    public void Offer(BoardWindow window) => inputs.Offer(window, judged);

    /// <summary>Judges every window end that is complete.</summary>
    /// <param name="now">Clock, Unix ms: for what is too old and for how long to wait.</param>
    /// <param name="maxAge">How old a window end may be, ms; null: as old as it likes.</param>
    /// <param name="onGivenUp">Told when an intersection is not waited for any more.</param>
    public void Judge(long now, long? maxAge, Action onGivenUp)
    {
        while (inputs.Ready(judged, now, onGivenUp) is { } end)
        {
            inputs.Take(end);
            judged = end;
            if (now - end > maxAge)
            {
                continue;
            }

            var freedom = new RuleFreedom(limit.MayClear(end), limit.MayBegin(end));
            foreach (var rule in rules)
            {
                if (end % rule.Rule.WindowMs == 0)
                {
                    rule.Judge(end, rule.Rule.Name == shown?.Source ? freedom : RuleFreedom.Full);
                }
                else
                {
                    rule.Expire(end);
                }
            }

            Arbitrate(end, Trigger.Window);
        }
    }

    /// <summary>
    /// Ends by the clock what has expired, each at its own time, and prolongs what has not; windows up to an expiry are not judged any more.
    /// </summary>
    /// <param name="now">Clock, Unix ms.</param>
    /// <param name="rulesToo">False: only the operator's message; times of rules are those of old data.</param>
    /// <returns>Whether anything ended.</returns>
    public bool Expire(long now, bool rulesToo)
    {
        var ended = false;
        while (NextExpiry(rulesToo) is { } at && at <= now)
        {
            ended = true;
            if (Manual?.Expires == at)
            {
                Manual = null;
            }

            foreach (var rule in rulesToo ? rules : [])
            {
                judged = rule.Expire(at) ? Math.Max(judged, at) : judged;
            }

            Arbitrate(at, Trigger.Clock);
        }

        if (rulesToo)
        {
            Renew(now);
        }

        return ended;
    }

    /// <summary>An operator's message begins, or replaces the one before it.</summary>
    public void Command(ManualMessage message)
    {
        Manual = message;
        Arbitrate(message.Since, Trigger.Operator);
    }

    /// <summary>The operator's message ends; nothing happens when there is none.</summary>
    public void Release(long now, string? author)
    {
        if (Manual is not null)
        {
            Manual = null;
            Arbitrate(now, Trigger.Operator, author);
        }
    }

    /// <summary>What takes back an operator's command: everything that one can change is as it is now.</summary>
    public Action Checkpoint()
    {
        var (manual, message, candidate, at, due, changes) = (Manual, current, shown, decided, unsent, limit.Times.ToArray());
        return () =>
        {
            (Manual, current, shown, decided, unsent) = (manual, message, candidate, at, due);
            limit.Restore(changes);
        };
    }

    /// <summary>The board is no longer in the network: nothing of ours may stay on it.</summary>
    public void Withdraw(long now)
    {
        if (shown is not null)
        {
            Begin(null, [], now, shown.Reason with { Because = "removed", Lost = [] });
        }
    }

    /// <summary>The channel did not take the message: it is due at the next look.</summary>
    public void NotSent(string id) => unsent |= current.Id == id;

    /// <summary>The device's connection state; when it comes back the message is due at once.</summary>
    public void Connected(bool online, long now) => unsent |= Delivery.Connected(online, now);

    /// <summary>Decisions since the last call, in order of time.</summary>
    public IReadOnlyList<BoardDecision> TakeDecisions()
    {
        BoardDecision[] taken = [.. decisions];
        decisions.Clear();
        return taken;
    }

    /// <summary>The message to send now: new, renewed, or one that the device has not taken; null when there is nothing to do.</summary>
    public BoardMessage? TakeDue(long now, bool byClock)
    {
        var isDue = unsent | Delivery.IsDue(now);
        if (!isDue || (byClock && current.Expires <= now))
        {
            return null;
        }

        unsent = false;
        Delivery.Sent(current, now);
        return current;
    }

    private long? NextExpiry(bool rulesToo)
    {
        var next = Manual?.Expires;
        foreach (var rule in rulesToo ? rules : [])
        {
            if (rule.Step > 0 && !(rule.Expires >= next))
            {
                next = rule.Expires;
            }
        }

        return next;
    }
}
