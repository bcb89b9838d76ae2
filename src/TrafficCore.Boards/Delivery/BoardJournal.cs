using Microsoft.Extensions.Logging;
using TrafficCore.Boards.Arbitration;
using TrafficCore.Boards.Memory;
using TrafficCore.Boards.Rules;
using TrafficCore.Boards.Windows;

namespace TrafficCore.Boards.Delivery;

/// <summary>
/// Brings windows to the director and what it decided to the disk, in the order that a crash at any point asks for: the memory with the
/// decisions in it, then the board log, then the boards.
/// </summary>
/// <remarks>Ownership: the boards' loop.</remarks>
internal sealed class BoardJournal(
    BoardsOptions options, BoardDirector director, IBoardWindows windows, IBoardLog log, IBoardStore store, BoardsMetrics metrics, ILogger logger)
{
    // About 0.1 s of work: then commands and statuses are looked at again.
    private const int WindowsAStep = 20_000;

    private readonly MemoryKeeper keeper = new(store, logger);
    private readonly List<BoardDecision> unlogged = [];
    private IBoardWindowReader? reader;
    private long position;
    private long saved;
    private long savedAt = long.MinValue / 2;

    /// <summary>Begins where the last process stopped; without a memory of one, at the live end.</summary>
    public void Open()
    {
        position = windows.DurableEnd;
        if (keeper.Load() is { } memory)
        {
            if (memory.Cursor > position)
            {
                BoardsLog.CursorBeyondEnd(logger, memory.Cursor, position);
            }

            position = Math.Min(position, memory.Cursor);
            unlogged.AddRange(memory.Unlogged);
            director.Restore(memory);
        }

        saved = position;
    }

    public void Close()
    {
        if (director.HasBoards && reader is not null)
        {
            TrySave();
        }

        reader?.Dispose();
    }

    /// <summary>Hands durable windows to the director; true when none is left for now.</summary>
    public bool Read(long now)
    {
        if (!director.HasBoards)
        {
            // Nobody to judge: later boards begin at the live end. Before the first network nothing is known, and nothing is skipped.
            position = director.IsConfigured ? windows.DurableEnd : position;
            reader?.Dispose();
            reader = null;
            return true;
        }

        reader ??= windows.OpenReader(position, options.MaxInputAgeMs is { } age ? now - age : long.MinValue, director.IsWatched);
        var left = WindowsAStep;
        while (left-- > 0 && reader.TryRead(out var window))
        {
            director.Observe(window);
        }

        position = reader.Position;
        return left >= 0;
    }

    /// <summary>Makes durable what was decided since the last call.</summary>
    public async ValueTask KeepAsync(long now, CancellationToken cancellationToken)
    {
        unlogged.AddRange(director.TakeDecisions());
        if (director.MustSave || (position != saved && now - savedAt >= options.SaveEvery.TotalMilliseconds))
        {
            TrySave(now);
        }

        var statuses = director.TakeStatuses(now);
        if (unlogged.Count > 0 || statuses.Count > 0)
        {
            await log.AppendAsync(unlogged, statuses, cancellationToken);
            unlogged.ForEach(Logged);
            unlogged.Clear();
        }
    }

    /// <summary>Saves what the director knows; true when it is durable.</summary>
    public bool TrySave(long now)
    {
        savedAt = now;
        return TrySave();
    }

    private bool TrySave()
    {
        if (!keeper.TrySave(director.Remember(position, [.. unlogged, .. director.Decisions])))
        {
            metrics.Unsaved();
            return false;
        }

        saved = position;
        director.Saved();
        return true;
    }

    private void Logged(BoardDecision decision)
    {
        metrics.Decided(decision.State);
        var (board, why) = (decision.Message.Board.ToString(), ReasonText.Of(decision.Message.Reason));
        if (decision.Message.Multi.Length > 0)
        {
            BoardsLog.Shows(logger, board, decision.Message.Multi, why);
        }
        else
        {
            BoardsLog.Blank(logger, board, why);
        }
    }
}
