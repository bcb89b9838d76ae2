using TrafficCore.Boards.Delivery;
using TrafficCore.Boards.Multi;
using TrafficCore.Boards.Rules;

namespace TrafficCore.Boards.Arbitration;

/// <content>What wins the board, and what becomes of the one that had it.</content>
internal sealed partial class BoardState
{
    private enum Trigger
    {
        Window,
        Clock,
        Operator,
    }

    private void Arbitrate(long time, Trigger trigger, string? author = null)
    {
        var ranking = Rank();
        var winner = ranking.Find(c => c.Multi.Length > 0);
        var mine = shown is null ? null : ranking.Find(c => c.Multi.Length > 0 && c.IsSame(shown));
        if (winner is not null && winner == mine)
        {
            Keep(winner, ranking, time, isLimited: false);
            return;
        }

        // What operators begin and end is not limited; a rule's message that comes back by it still needs room for its blank.
        var isFree = trigger == Trigger.Operator || winner is { IsManual: true } || shown is { IsManual: true };
        var isLimited = winner is { IsManual: false } && (isFree ? limit.Left(time) < 1 : !limit.MayBegin(time));
        if (isLimited && mine is not null)
        {
            Keep(mine, ranking, time, isLimited);
            return;
        }

        winner = isLimited ? null : winner;
        if (winner is not null || shown is not null)
        {
            Begin(winner, Losers(ranking, winner, isLimited), time, WhyDark(trigger, author));
            if (!isFree)
            {
                limit.Note(decided);
            }
        }
    }

    private List<Candidate> Rank()
    {
        var ranking = rules.Where(r => r.Step > 0).Select(OfRule).ToList();
        if (Manual is { } manual)
        {
            var reason = new BoardReason { Rule = Candidate.Manual, Because = "manual", Since = manual.Since, Author = manual.Author, Note = manual.Note };
            ranking.Add(new Candidate(
                Candidate.Manual, FormattableString.Invariant($"{manual.Since}"), manual.Multi, manual.Priority, manual.Since, manual.Expires, Life: 0, reason));
        }

        ranking.Sort();
        return ranking;
    }

    private Candidate OfRule(RuleState rule)
    {
        var step = rule.Rule.Steps[rule.Step - 1];
        var about = rule.Cause!.Approach;
        var lines = step.Text.Select(line => line
            .Replace("{approach}", about.Approach, StringComparison.Ordinal)
            .Replace("{intersection}", about.Intersection, StringComparison.Ordinal));
        return new Candidate(
            rule.Rule.Name, step.Name, MultiText.Compose(lines, Definition.Face), step.Priority, rule.Since, rule.Expires, rule.Rule.ExpiryMs, rule.Reason!);
    }

    // The same message: its reason follows the numbers; it is sent again, with a later expiry, in the second half of its life only.
    private void Keep(Candidate candidate, List<Candidate> ranking, long time, bool isLimited)
    {
        shown = candidate;
        current = current with
        {
            Reason = candidate.Reason with { Lost = Losers(ranking, candidate, isLimited), Held = isLimited ? "change-limit" : candidate.Reason.Held },
        };
        Renew(time);
    }

    private void Renew(long time)
    {
        if (shown?.Expires > current.Expires && current.Expires - time <= shown.Life / 2)
        {
            current = current with { Expires = shown.Expires };
            unsent = true;
        }
    }

    private void Begin(Candidate? winner, IReadOnlyList<BoardLoser> lost, long time, BoardReason whyDark)
    {
        // Times rise for each board, whatever an operator's clock and the windows' ends are to each other.
        decided = Math.Max(time, decided + 1);
        current = winner is null
            ? new BoardMessage { Board = Definition.Key, Id = FormattableString.Invariant($"blank-{decided}"), Multi = "", Reason = whyDark with { Lost = lost } }
            : new BoardMessage
            {
                Board = Definition.Key,
                Id = FormattableString.Invariant($"{winner.Source}-{decided}"),
                Multi = winner.Multi,
                Priority = winner.Priority,
                Expires = winner.Expires,
                Reason = winner.Reason with { Lost = lost, ByClock = whyDark.ByClock },
            };
        shown = winner;
        unsent = true;
        decisions.Add(new BoardDecision(decided, current));
    }

    private static List<BoardLoser> Losers(List<Candidate> ranking, Candidate? winner, bool isLimited) =>
        [.. ranking.Where(c => !ReferenceEquals(c, winner)).Select(c => c.LosesTo(winner, isLimited))];

    /// <summary>Why the message that was shown until now is not asked for any more.</summary>
    private BoardReason WhyDark(Trigger trigger, string? author)
    {
        var byClock = trigger == Trigger.Clock;
        if (shown is not { } last)
        {
            return Idle with { ByClock = byClock };
        }

        if (last.IsManual)
        {
            return last.Reason with { Because = byClock ? "expired" : "ended", Author = author ?? last.Reason.Author, ByClock = byClock, Lost = [] };
        }

        var rule = Array.Find(rules, r => r.Rule.Name == last.Source);
        return rule is { Step: 0, Reason: { } reason }
            ? reason with { ByClock = byClock }
            : last.Reason with { Because = rule is null ? "rules-changed" : "change-limit", ByClock = byClock, Lost = [] };
    }
}
