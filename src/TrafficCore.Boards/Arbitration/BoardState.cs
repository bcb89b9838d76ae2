using TrafficCore.Boards.Delivery;
using TrafficCore.Boards.Memory;
using TrafficCore.Boards.Multi;
using TrafficCore.Boards.Rules;

namespace TrafficCore.Boards.Arbitration;

/// <summary>One board: its rules, the message that won, and what the device says about it. Owned by the director.</summary>
internal sealed class BoardState
{
    private static readonly BoardReason Idle = new() { Rule = "none", Because = "idle" };

    private readonly RuleState[] rules;
    private readonly DeliveryState delivery;
    private BoardMessage? current;
    private RuleState? shown;
    private long since;
    private bool unsent;

    public BoardState(BoardDefinition definition, IEnumerable<RuleState> rules, long resendAfter)
    {
        Definition = definition;
        this.rules = [.. rules];
        delivery = new DeliveryState(resendAfter);
    }

    public BoardDefinition Definition { get; }

    /// <summary>Whether the last judgement changed what has to be remembered.</summary>
    public bool Changed { get; private set; }

    public void Report(BoardStatus status, long now) => delivery.Received(status, now);

    /// <summary>The channel did not take the message: it is due at the next judgement.</summary>
    public void NotSent(string id) => unsent |= current?.Id == id;

    /// <summary>Judges the rules; returns the message to send, null when the board already has it.</summary>
    public BoardMessage? Step(ApproachRows rows, long now, long maxAge)
    {
        Changed = false;
        foreach (var rule in rules)
        {
            Changed |= rule.Step(rows, now, maxAge);
        }

        var send = Decide(Winner(), now);
        if (delivery.IsDue(now) || unsent)
        {
            send ??= current;
        }

        unsent = false;
        if (send is not null)
        {
            delivery.Sent(send, now);
        }

        return send;
    }

    /// <summary>What to send when the board is no longer in the network: nothing of ours may stay on it.</summary>
    public BoardMessage? Withdraw(long now) =>
        current is null or { Multi.Length: 0 } ? null : Blank(new BoardReason { Rule = current.Reason.Rule, Because = "removed" }, now);

    /// <summary>What has to outlive the process; null before the first judgement.</summary>
    public BoardMemory? Remember() =>
        current is null ? null : new BoardMemory { Message = current, Since = since, Rules = [.. rules.Select(r => r.Remember())] };

    /// <summary>
    /// Takes over what an earlier process knew. A message whose rule still stands, and a blank, are due at once under their own id,
    /// because the broker may have forgotten them.
    /// </summary>
    public void Restore(BoardMemory memory, long now)
    {
        foreach (var rule in rules)
        {
            if (memory.Rules.FirstOrDefault(r => r.Rule == rule.Rule.Name) is { } known)
            {
                rule.Restore(known, now);
            }
        }

        var message = memory.Message;
        var cause = rules.FirstOrDefault(r => r.Active && r.Rule.Name == message.Reason.Rule);
        if (message.Multi.Length > 0)
        {
            if (cause is null)
            {
                return;
            }

            message = message with { Expires = cause.Expires, Priority = cause.Rule.Priority, Reason = cause.Reason! };
            shown = cause;
        }

        current = message;
        since = Math.Min(memory.Since, now);
        unsent = true;
    }

    public BoardSnapshot Snapshot(long now) => new()
    {
        Definition = Definition,
        Message = current,
        Since = current is null ? null : since,
        Delivery = delivery.Judge(now),
        Status = delivery.Status,
        StatusReceived = delivery.StatusReceived,
        Resends = delivery.Resends,
    };

    private RuleState? Winner()
    {
        RuleState? winner = null;
        foreach (var rule in rules)
        {
            // At equal priority the older message stays; at equal age the first in the configuration.
            if (rule.Active && (winner is null || rule.Rule.Priority > winner.Rule.Priority
                || (rule.Rule.Priority == winner.Rule.Priority && rule.Since < winner.Since)))
            {
                winner = rule;
            }
        }

        return winner;
    }

    private BoardMessage? Decide(RuleState? winner, long now)
    {
        var multi = winner is null ? "" : Compose(winner);
        if (winner is null || multi.Length == 0)
        {
            return current is { Multi.Length: 0 } ? null : Begin(Blank(shown?.Reason ?? Idle, now), null, now);
        }

        if (shown != winner || current!.Multi != multi)
        {
            return Begin(new BoardMessage
            {
                Board = Definition.Key,
                Id = $"{winner.Rule.Name}-{now}",
                Multi = multi,
                Priority = winner.Rule.Priority,
                Expires = winner.Expires,
                Reason = winner.Reason!,
            }, winner, now);
        }

        // The same message: its reason follows the numbers; it is sent again, with a later expiry, at half of its life only.
        var renew = winner.Expires > current.Expires && current.Expires - now <= winner.Rule.Expiry.TotalMilliseconds / 2;
        current = current with { Reason = winner.Reason!, Expires = renew ? winner.Expires : current.Expires };
        return renew ? current : null;
    }

    private BoardMessage Begin(BoardMessage message, RuleState? rule, long now)
    {
        current = message;
        shown = rule;
        since = now;
        Changed = true;
        return message;
    }

    private BoardMessage Blank(BoardReason reason, long now) =>
        new() { Board = Definition.Key, Id = $"blank-{now}", Multi = "", Reason = reason };

    private string Compose(RuleState winner)
    {
        var cause = winner.Reason!.Evidence!.Approach;
        var lines = winner.Rule.Text.Select(line => line
            .Replace("{approach}", cause.Approach, StringComparison.Ordinal)
            .Replace("{intersection}", cause.Intersection, StringComparison.Ordinal));
        return MultiText.Compose(lines, Definition.Lines, Definition.Characters, Definition.Pages);
    }
}
