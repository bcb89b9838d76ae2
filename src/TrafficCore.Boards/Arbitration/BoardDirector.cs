using TrafficCore.Boards.Delivery;
using TrafficCore.Boards.Memory;
using TrafficCore.Boards.Rules;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Boards.Arbitration;

/// <summary>
/// Decides what each board shows, from the newest windows and the boards' own status.
/// </summary>
/// <remarks>
/// Ownership: one loop calls every method; nothing here reads a clock, waits or does I/O, so the same calls give the same
/// messages. What is handed out (messages, snapshots) is immutable and may go anywhere.
/// </remarks>
public sealed class BoardDirector
{
    private readonly BoardsOptions options;
    private readonly IReadOnlyList<BoardRule> rules;
    private readonly ApproachRows rows = new();
    private readonly List<BoardMessage> withdrawn = [];
    private Dictionary<BoardKey, BoardState> boards = [];
    private DirectorMemory? restored;

    /// <summary>A director without boards; <see cref="Configure"/> gives it some.</summary>
    public BoardDirector(BoardsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
        rules = options.Rules.Count > 0 ? options.Rules : BoardsOptions.DefaultRules;
    }

    /// <summary>Whether something changed that <see cref="Remember"/> gives and that <see cref="Saved"/> has not confirmed.</summary>
    public bool Changed { get; private set; }

    /// <summary>What has to outlive the process.</summary>
    public DirectorMemory Remember() => new() { Boards = [.. boards.Values.Select(b => b.Remember()).OfType<BoardMemory>()] };

    /// <summary>What <see cref="Remember"/> gave last is kept.</summary>
    public void Saved() => Changed = false;

    /// <summary>Takes what an earlier process remembered; the first network that comes says which of its boards there still are.</summary>
    public void Restore(DirectorMemory memory) => restored = memory;

    /// <summary>
    /// Takes over the boards of a network. A board that did not change keeps its state; one that is gone is blanked.
    /// </summary>
    public void Configure(IEnumerable<BoardDefinition> definitions, long now)
    {
        ArgumentNullException.ThrowIfNull(definitions);
        var next = new Dictionary<BoardKey, BoardState>();
        foreach (var definition in definitions)
        {
            var known = boards.GetValueOrDefault(definition.Key);
            next[definition.Key] = known is not null && Same(known.Definition, definition) ? known : Create(definition);
        }

        foreach (var memory in restored?.Boards ?? [])
        {
            next.GetValueOrDefault(memory.Message.Board)?.Restore(memory, now);
        }

        restored = null;
        Changed = true;

        foreach (var (key, state) in boards)
        {
            if (!next.ContainsKey(key) && state.Withdraw(now) is { } blank)
            {
                withdrawn.Add(blank);
            }
        }

        boards = next;
    }

    /// <summary>Takes a published row; only the newest of each approach counts.</summary>
    public void Observe(FlowRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        rows.Offer(row);
    }

    /// <summary>Takes a board's status. False when no such board is known.</summary>
    public bool Report(BoardKey board, BoardStatus status, long now)
    {
        ArgumentNullException.ThrowIfNull(status);
        if (!boards.TryGetValue(board, out var state))
        {
            return false;
        }

        state.Report(status, now);
        return true;
    }

    /// <summary>The message could not be handed over: it comes again with the next judgement.</summary>
    public void NotSent(BoardMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (boards.TryGetValue(message.Board, out var state))
        {
            state.NotSent(message.Id);
        }
    }

    /// <summary>Judges all rules and returns what has to be sent: new messages, renewals, repeats and blanks.</summary>
    /// <param name="now">Unix milliseconds UTC.</param>
    public IReadOnlyList<BoardMessage> Evaluate(long now)
    {
        List<BoardMessage> due = [.. withdrawn];
        withdrawn.Clear();
        foreach (var state in boards.Values)
        {
            if (state.Step(rows, now, (long)options.MaxInputAge.TotalMilliseconds) is { } message)
            {
                due.Add(message);
            }

            Changed |= state.Changed;
        }

        return due;
    }

    /// <summary>What each board shows and why, ordered by intersection and board.</summary>
    public IReadOnlyList<BoardSnapshot> Snapshot(long now) =>
    [
        .. boards.Values.Select(b => b.Snapshot(now))
            .OrderBy(b => b.Definition.Key.Intersection, StringComparer.Ordinal).ThenBy(b => b.Definition.Key.Board, StringComparer.Ordinal),
    ];

    private BoardState Create(BoardDefinition definition)
    {
        var own = rules.Where(r => r.Boards.Count == 0 || r.Boards.Contains(definition.Key.ToString()));
        return new BoardState(
            definition,
            own.Select(r => new RuleState(r, r.Watches.Count == 0 ? definition.Watches : [.. r.Watches.Select(w => ApproachKey.Parse(w)!.Value)])),
            (long)options.ResendAfter.TotalMilliseconds);
    }

    private static bool Same(BoardDefinition a, BoardDefinition b) =>
        a with { Watches = b.Watches } == b && a.Watches.SequenceEqual(b.Watches);
}
