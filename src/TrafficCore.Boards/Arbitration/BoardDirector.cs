using TrafficCore.Boards.Delivery;
using TrafficCore.Boards.Memory;
using TrafficCore.Boards.Rules;
using TrafficCore.Boards.Windows;

namespace TrafficCore.Boards.Arbitration;

/// <summary>
/// Decides what each board shows, from the windows that were published, from operators, and from the boards' own status.
/// </summary>
/// <remarks>
/// Ownership: one loop calls every method; nothing here reads a clock, waits or does I/O, so the same calls give the same
/// decisions. What is handed out (messages, decisions, snapshots) is immutable and may go anywhere.
/// </remarks>
public sealed class BoardDirector
{
    private readonly BoardsOptions options;
    private readonly Action onGivenUp;
    private readonly Dictionary<(string Intersection, long Length), List<BoardState>> routes = [];
    private readonly List<BoardMessage> withdrawn = [];
    private readonly List<BoardDecision> decisions = [];
    private Dictionary<BoardKey, BoardState> boards = [];
    private BoardNetwork? network;
    private IReadOnlyList<BoardRule> rules;
    private DirectorMemory? restored;

    /// <summary>A director without boards; <see cref="Configure(BoardNetwork, long)"/> gives it some.</summary>
    /// <param name="options">Options; their rules are in force until others are given.</param>
    /// <param name="onGivenUp">Told each time that an intersection is not waited for any more.</param>
    public BoardDirector(BoardsOptions options, Action? onGivenUp = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
        this.onGivenUp = onGivenUp ?? (static () => { });
        rules = options.OwnRules;
    }

    /// <summary>Whether there is anything to judge.</summary>
    public bool HasBoards => boards.Count > 0;

    /// <summary>Whether a network was ever given.</summary>
    public bool IsConfigured => network is not null;

    /// <summary>Decisions that <see cref="TakeDecisions"/> will give.</summary>
    public IReadOnlyList<BoardDecision> Decisions => decisions;

    /// <summary>Something changed that must be saved before it is shown or answered; <see cref="Saved"/> takes it back.</summary>
    public bool MustSave { get; private set; }

    /// <summary>Takes what an earlier process remembered; the first network that comes says which of its boards there still are.</summary>
    public void Restore(DirectorMemory memory) => restored = memory;

    /// <summary>What has to outlive the process.</summary>
    /// <param name="position">Up to where the output was read.</param>
    /// <param name="unlogged">Decisions that are not in the board log yet.</param>
    public DirectorMemory Remember(long position, IReadOnlyList<BoardDecision> unlogged) => new()
    {
        Cursor = Math.Min(position, boards.Values.Min(b => b.Inputs.FirstPending) ?? long.MaxValue),
        Boards = [.. boards.Values.Select(b => b.Remember())],
        Unlogged = unlogged,
    };

    /// <summary>What <see cref="Remember"/> gave last is kept.</summary>
    public void Saved() => MustSave = false;

    /// <summary>Takes over the boards of a network. One that is gone is blanked.</summary>
    public void Configure(BoardNetwork next, long now)
    {
        ArgumentNullException.ThrowIfNull(next);
        network = next;
        Rebuild(now);
    }

    /// <summary>Takes over another set of rules. What a board shows by them changes with its next judgement.</summary>
    public void Configure(IReadOnlyList<BoardRule> next, long now)
    {
        ArgumentNullException.ThrowIfNull(next);
        rules = next;
        Rebuild(now);
    }

    /// <summary>Whether any board is judged by windows of a length, ms, of an intersection.</summary>
    public bool IsWatched(string intersection, long length) => routes.ContainsKey((intersection, length));

    /// <summary>Takes a publication of the pipeline's output; they come in its order.</summary>
    public void Observe(BoardWindow window)
    {
        ArgumentNullException.ThrowIfNull(window);
        foreach (var board in routes.GetValueOrDefault((window.Intersection, window.Length)) ?? [])
        {
            board.Offer(window);
        }
    }

    /// <summary>Judges every board up to the last window end that is complete for it.</summary>
    public void Judge(long now)
    {
        foreach (var board in boards.Values)
        {
            board.Judge(now, options.MaxInputAgeMs, GivenUp);
            Collect(board);
        }
    }

    /// <summary>Ends by the clock what has expired. Only to be called when every durable window has been observed.</summary>
    public void Expire(long now)
    {
        foreach (var board in boards.Values)
        {
            MustSave |= board.Expire(now, rulesToo: options.MaxInputAge is not null);
            Collect(board);
        }
    }

    /// <summary>An operator's message for a board; false when no such board is known.</summary>
    public bool Command(BoardKey key, ManualMessage message) => With(key, board => board.Command(message));

    /// <summary>Ends an operator's message, if there is one; false when no such board is known.</summary>
    public bool Release(BoardKey key, long now, string? author) => With(key, board => board.Release(now, author));

    /// <summary>Remembers what an operator may change on a board; calling the result takes back what happened since, when it could not be saved.</summary>
    internal Action Checkpoint(BoardKey key)
    {
        var undo = boards.GetValueOrDefault(key)?.Checkpoint();
        var made = decisions.Count;
        return () =>
        {
            undo?.Invoke();
            decisions.RemoveRange(made, decisions.Count - made);
        };
    }

    /// <summary>Takes a board's status. False when no such board is known.</summary>
    public bool Report(BoardKey key, BoardStatus status, long now)
    {
        ArgumentNullException.ThrowIfNull(status);
        boards.GetValueOrDefault(key)?.Delivery.Received(status, now);
        return boards.ContainsKey(key);
    }

    /// <summary>Takes whether a board's device is connected.</summary>
    public void Connected(BoardKey key, bool online, long now) => boards.GetValueOrDefault(key)?.Connected(online, now);

    /// <summary>The message could not be handed over: it comes again with the next look.</summary>
    public void NotSent(BoardMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        boards.GetValueOrDefault(message.Board)?.NotSent(message.Id);
    }

    /// <summary>Decisions since the last call, in order of time for each board.</summary>
    public IReadOnlyList<BoardDecision> TakeDecisions()
    {
        BoardDecision[] taken = [.. decisions];
        decisions.Clear();
        return taken;
    }

    /// <summary>What boards say that is news for their history.</summary>
    public IReadOnlyList<BoardStatusChange> TakeStatuses(long now) =>
        [.. from board in boards.Values let news = board.Delivery.TakeNews(now) where news is not null
            select new BoardStatusChange(board.Definition.Key, board.Delivery.StatusReceived!.Value, news)];

    /// <summary>What has to be sent now: new messages, renewals, repeats and blanks.</summary>
    public IReadOnlyList<BoardMessage> TakeDue(long now)
    {
        List<BoardMessage> due = [.. withdrawn];
        withdrawn.Clear();
        due.AddRange(boards.Values.Select(b => b.TakeDue(now, byClock: options.MaxInputAge is not null)).OfType<BoardMessage>());
        return due;
    }

    /// <summary>What each board shows and why, ordered by intersection and board.</summary>
    public IReadOnlyList<BoardSnapshot> Snapshot(long now) =>
    [
        .. boards.Values.Select(b => b.Snapshot(now))
            .OrderBy(b => b.Definition.Key.Intersection, StringComparer.Ordinal).ThenBy(b => b.Definition.Key.Board, StringComparer.Ordinal),
    ];

    private void Rebuild(long now)
    {
        if (network is null)
        {
            return;
        }

        var next = new Dictionary<BoardKey, BoardState>();
        foreach (var definition in network.Boards)
        {
            next[definition.Key] = Create(definition);
        }

        foreach (var memory in restored?.Boards ?? [])
        {
            next.GetValueOrDefault(memory.Message.Board)?.Restore(memory);
        }

        restored = null;
        foreach (var (key, board) in boards)
        {
            if (next.TryGetValue(key, out var successor))
            {
                successor.Adopt(board);
            }
            else
            {
                Withdraw(board, now);
            }
        }

        boards = next;
        MustSave = true;
        Route();
    }

    private void Withdraw(BoardState board, long now)
    {
        board.Withdraw(now);
        var made = board.TakeDecisions();
        decisions.AddRange(made);
        withdrawn.AddRange(made.TakeLast(1).Select(d => d.Message));
    }

    private void Route()
    {
        routes.Clear();
        foreach (var board in boards.Values)
        {
            foreach (var series in board.Inputs.Series)
            {
                (routes.TryGetValue(series, out var known) ? known : routes[series] = []).Add(board);
            }
        }
    }

    private BoardState Create(BoardDefinition definition)
    {
        var own = rules.Where(r => r.Boards.Count == 0 || r.Boards.Contains(definition.Key.ToString()));
        return new BoardState(
            definition,
            network!,
            [.. own.Select(r => (r, r.Watches.Count == 0 ? definition.Watches : [.. r.Watches.Select(w => ApproachKey.Parse(w)!.Value)]))],
            options);
    }

    private bool With(BoardKey key, Action<BoardState> act)
    {
        if (!boards.TryGetValue(key, out var board))
        {
            return false;
        }

        act(board);
        MustSave = true;
        Collect(board);
        return true;
    }

    private void Collect(BoardState board)
    {
        var made = board.TakeDecisions();
        MustSave |= made.Count > 0;
        decisions.AddRange(made);
    }

    private void GivenUp()
    {
        MustSave = true;
        onGivenUp();
    }
}
