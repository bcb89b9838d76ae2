using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using TrafficCore.Boards.Arbitration;

namespace TrafficCore.Boards.Delivery;

/// <summary>What became of an operator's command.</summary>
public enum BoardCommandResult
{
    /// <summary>It is durable and carried out.</summary>
    Done,

    /// <summary>No such board is known.</summary>
    UnknownBoard,

    /// <summary>It could not be made durable, or too many wait: nothing was changed.</summary>
    NotTaken,
}

/// <summary>Takes operators' commands to the boards' loop and brings back what became of them.</summary>
/// <remarks>Ownership: <see cref="CommandAsync"/> and <see cref="ReleaseAsync"/> may be called from any thread; the rest belongs to the boards' loop.</remarks>
public sealed class BoardDesk
{
    // People type commands; a script that writes faster than a disk syncs is told so (NotTaken) instead of queued for ever.
    private const int Capacity = 256;

    private readonly BoardDirector director;
    private readonly BoardJournal journal;
    private readonly ILogger logger;
    private readonly Channel<Order> orders = Channel.CreateBounded<Order>(new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });
    private readonly List<Order> executed = [];

    internal BoardDesk(BoardDirector director, BoardJournal journal, ILogger logger) => (this.director, this.journal, this.logger) = (director, journal, logger);

    /// <summary>Puts a message on a board, in place of the manual message before it; completes when that is durable and arbitrated.</summary>
    /// <returns>What became of it, and the board afterwards; null when it is not known.</returns>
    public Task<(BoardCommandResult Result, BoardSnapshot? Board)> CommandAsync(BoardKey board, ManualMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        return OrderAsync(new Order(board, now => director.Command(board, message with { Since = now }), () => BoardsLog.Commanded(
            logger, board.ToString(), message.Author ?? "somebody", message.Multi, message.Priority)), cancellationToken);
    }

    /// <summary>Ends the manual message of a board; nothing happens when there is none.</summary>
    /// <returns>What became of it, and the board afterwards; null when it is not known.</returns>
    public Task<(BoardCommandResult Result, BoardSnapshot? Board)> ReleaseAsync(BoardKey board, string? author, CancellationToken cancellationToken) =>
        OrderAsync(new Order(board, now => director.Release(board, now, author), () => BoardsLog.Released(logger, board.ToString(), author ?? "somebody")), cancellationToken);

    /// <summary>Completes when an order waits.</summary>
    internal Task<bool> WaitAsync(CancellationToken cancellationToken) => orders.Reader.WaitToReadAsync(cancellationToken).AsTask();

    /// <summary>Carries out what waits. Each is saved before the next one is looked at, or taken back.</summary>
    internal void Execute(long now)
    {
        while (orders.Reader.TryRead(out var order))
        {
            var undo = director.Checkpoint(order.Board);
            if (!order.Act(now))
            {
                order.Result = BoardCommandResult.UnknownBoard;
            }
            else if (!journal.TrySave(now))
            {
                undo();
                order.Result = BoardCommandResult.NotTaken;
            }
            else
            {
                order.Log();
            }

            executed.Add(order);
        }
    }

    /// <summary>Answers what was carried out, with the boards as they are now.</summary>
    internal void Answer(IReadOnlyList<BoardSnapshot> boards)
    {
        foreach (var order in executed)
        {
            order.Done.TrySetResult((order.Result, boards.FirstOrDefault(b => b.Definition.Key == order.Board)));
        }

        executed.Clear();
    }

    /// <summary>The loop has ended: nothing is carried out any more.</summary>
    internal void Close()
    {
        orders.Writer.TryComplete();
        while (orders.Reader.TryRead(out var order))
        {
            executed.Add(order);
        }

        executed.ForEach(order => order.Result = BoardCommandResult.NotTaken);
        Answer([]);
    }

    private async Task<(BoardCommandResult, BoardSnapshot?)> OrderAsync(Order order, CancellationToken cancellationToken) => orders.Writer.TryWrite(order)
        ? await order.Done.Task.WaitAsync(cancellationToken)
        : (BoardCommandResult.NotTaken, null);

    private sealed class Order(BoardKey board, Func<long, bool> act, Action log)
    {
        public BoardKey Board => board;

        public Func<long, bool> Act => act;

        public Action Log => log;

        public BoardCommandResult Result { get; set; } = BoardCommandResult.Done;

        public TaskCompletionSource<(BoardCommandResult, BoardSnapshot?)> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
