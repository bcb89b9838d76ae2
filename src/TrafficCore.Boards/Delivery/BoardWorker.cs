using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using TrafficCore.Boards.Arbitration;
using TrafficCore.Boards.Memory;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Boards.Delivery;

/// <summary>
/// The loop that owns the director: takes windows, status and network changes, judges, sends.
/// </summary>
/// <remarks>
/// Ownership: <see cref="RunAsync"/> owns the director. <see cref="Observe"/>, <see cref="Report"/> and <see cref="Configure"/>
/// may be called from any thread and never block; <see cref="Boards"/> is an immutable snapshot, swapped whole.
/// </remarks>
public sealed class BoardWorker
{
    // 4,096 inputs: the windows of 2,000 intersections that close together. When it is full the oldest goes: boards need only
    // the newest, and the drop is counted.
    private const int QueueCapacity = 4096;

    private readonly BoardDirector director;
    private readonly MemoryKeeper keeper;
    private readonly BoardsOptions options;
    private readonly IBoardChannel channel;
    private readonly TimeProvider time;
    private readonly BoardsMetrics metrics;
    private readonly ILogger<BoardWorker> logger;
    private readonly Channel<Action<long>> inputs;
    private volatile IReadOnlyList<BoardDefinition>? network;
    private volatile IReadOnlyList<BoardSnapshot> boards = [];

    /// <summary>A worker that sends through the given channel once it runs, and begins with what the store remembers.</summary>
    public BoardWorker(
        BoardsOptions options, IBoardChannel channel, IBoardStore store, TimeProvider time, IMeterFactory meters, ILogger<BoardWorker> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
        this.channel = channel;
        this.time = time;
        this.logger = logger;
        director = new BoardDirector(options);
        keeper = new MemoryKeeper(director, store, logger);
        metrics = new BoardsMetrics(meters);
        inputs = Channel.CreateBounded<Action<long>>(
            new BoundedChannelOptions(QueueCapacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
            _ => metrics.Dropped());
    }

    /// <summary>What each board shows and why, as of the last judgement.</summary>
    public IReadOnlyList<BoardSnapshot> Boards => boards;

    /// <summary>Takes the published rows of a window.</summary>
    public void Observe(IReadOnlyList<FlowRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        inputs.Writer.TryWrite(_ =>
        {
            foreach (var row in rows)
            {
                director.Observe(row);
            }
        });
    }

    /// <summary>Takes a board's status.</summary>
    public void Report(BoardKey board, BoardStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        inputs.Writer.TryWrite(now =>
        {
            if (director.Report(board, status, now))
            {
                metrics.Status(status.State);
                if (status.State is "rejected" or "failed")
                {
                    BoardsLog.Refused(logger, board.ToString(), status.State, status.Error);
                }
            }
        });
    }

    /// <summary>Takes over the boards of a network. Never dropped: only the newest network matters.</summary>
    public void Configure(IReadOnlyList<BoardDefinition> definitions) => network = definitions;

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        keeper.Restore();
        using var timer = new PeriodicTimer(options.EvaluateEvery, time);
        try
        {
            do
            {
                await StepAsync(cancellationToken);
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The retained messages stay with their expiry: a service that is being restarted must not blank the city.
        }
    }

    private async Task StepAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        try
        {
            Drain(now);
            var due = director.Evaluate(now);

            // Before any of it is published: what a driver has seen must not be unknown to the next process.
            keeper.Save();
            foreach (var message in due)
            {
                await SendAsync(message, cancellationToken);
            }

            boards = director.Snapshot(now);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            BoardsLog.LoopFailed(logger, error);
        }
    }

    private void Drain(long now)
    {
        if (Interlocked.Exchange(ref network, null) is { } definitions)
        {
            director.Configure(definitions, now);
        }

        while (inputs.Reader.TryRead(out var input))
        {
            input(now);
        }
    }

    private async ValueTask SendAsync(BoardMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await channel.SendAsync(message, cancellationToken);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            director.NotSent(message);
            metrics.Failed();
            BoardsLog.NotSent(logger, error, message.Board.ToString());
            return;
        }

        metrics.Sent(message.Multi.Length == 0);
        var (reason, board) = (message.Reason, message.Board.ToString());
        if (message.Multi.Length == 0)
        {
            BoardsLog.Blank(logger, board, reason.Rule, reason.Because);
        }
        else if (logger.IsEnabled(LogLevel.Information))
        {
            BoardsLog.Shows(logger, board, message.Multi, reason.Rule, reason.Because, reason.Evidence!.Approach.ToString(), reason.Evidence.Value);
        }
    }
}
