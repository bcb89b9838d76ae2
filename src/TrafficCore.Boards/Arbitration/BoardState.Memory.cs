using TrafficCore.Boards.Delivery;
using TrafficCore.Boards.Memory;

namespace TrafficCore.Boards.Arbitration;

/// <content>What outlives the process, and what others see.</content>
internal sealed partial class BoardState
{
    public BoardMemory Remember()
    {
        var (feeds, histories) = inputs.Remember();
        return new BoardMemory
        {
            Message = current,
            ShownStep = shown?.Step,
            Decided = decided == long.MinValue ? null : decided,
            Judged = judged == long.MinValue ? null : judged,
            Manual = Manual,
            Changes = [.. limit.Times],
            Rules = [.. rules.Select(r => r.Remember())],
            Feeds = feeds,
            Histories = histories,
        };
    }

    /// <summary>
    /// Takes over what an earlier process knew. What is shown then is due at once under its own id, because the broker may have forgotten it.
    /// </summary>
    public void Restore(BoardMemory memory)
    {
        (judged, decided) = (memory.Judged ?? long.MinValue, memory.Decided ?? long.MinValue);
        (current, Manual) = (memory.Message, memory.Manual);
        limit.Restore(memory.Changes);
        inputs.Restore(memory);
        foreach (var rule in rules)
        {
            if (memory.Rules.FirstOrDefault(r => r.Rule == rule.Rule.Name) is { } known)
            {
                rule.Restore(known);
            }
        }

        var reason = current.Reason;
        shown = memory.ShownStep is not { } step ? null : new Candidate(
            reason.Rule, step, current.Multi, current.Priority ?? 1, reason.Since ?? 0, current.Expires ?? long.MaxValue, Life: 0, reason);
        unsent = true;
    }

    /// <summary>Goes on where a board with another definition or other rules stopped, in the same process. The change shows with the next judgement.</summary>
    public void Adopt(BoardState before)
    {
        Restore(before.Remember());
        (Delivery, unsent) = (before.Delivery, before.unsent);
        decisions.AddRange(before.TakeDecisions());
        foreach (var window in before.inputs.Pending.OrderBy(w => w.Position))
        {
            Offer(window);
        }
    }

    public BoardSnapshot Snapshot(long now) => new()
    {
        Definition = Definition,
        Message = current,
        Since = decided == long.MinValue ? null : decided,
        JudgedUntil = judged == long.MinValue ? null : judged,
        Otherwise = Rank().Find(c => c.Multi.Length > 0 && (shown is null || !c.IsSame(shown))) is { } other
            ? new BoardMessage
            {
                Board = Definition.Key, Id = FormattableString.Invariant($"{other.Source}-{other.Since}"), Multi = other.Multi,
                Priority = other.Priority, Expires = other.Expires, Reason = other.Reason,
            }
            : null,
        Manual = Manual,
        ChangesLeft = limit.Left(Math.Max(judged, decided)),
        Delivery = Delivery.Judge(now),
        Status = Delivery.Status,
        StatusReceived = Delivery.StatusReceived,
        IsOnline = Delivery.IsOnline,
        OnlineSince = Delivery.OnlineSince,
        Resends = Delivery.Resends,
    };
}
