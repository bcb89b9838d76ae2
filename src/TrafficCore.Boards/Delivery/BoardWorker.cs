using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using TrafficCore.Boards.Arbitration;
using TrafficCore.Boards.Memory;
using TrafficCore.Boards.Rules;
using TrafficCore.Boards.Windows;

namespace TrafficCore.Boards.Delivery;

/// <summary>
/// The loop that owns the director: takes windows, operators' commands, status and changes of network and rules; judges, keeps, sends.
/// </summary>
/// <remarks>
/// Ownership: <see cref="RunAsync"/> owns the director. Everything else may be called from any thread and never blocks;
/// <see cref="Boards"/> is an immutable snapshot, swapped whole.
/// </remarks>
public sealed class BoardWorker
{
    // Status messages of a city whose boards all come back at once. When it is full the oldest goes: only the newest of a
    // board matters, and the drop is counted.
    private const int QueueCapacity = 4096;

    private readonly BoardDirector director;
    private readonly BoardJournal journal;
    private readonly BoardDesk desk;
    private readonly BoardsOptions options;
    private readonly IBoardChannel channel;
    private readonly TimeProvider time;
    private readonly BoardsMetrics metrics;
    private readonly DeliveryWatch watch;
    private readonly ILogger<BoardWorker> logger;
    private readonly Channel<Action<long>> inputs;
    private volatile BoardNetwork? network;
    private volatile IReadOnlyList<BoardRule>? rules;
    private volatile IReadOnlyList<BoardSnapshot> boards = [];

    /// <summary>A worker that does nothing before it runs, and then begins with what the store remembers.</summary>
    public BoardWorker(
        BoardsOptions options,
        IBoardWindows windows,
        IBoardLog log,
        IBoardChannel channel,
        IBoardStore store,
        TimeProvider time,
        IMeterFactory meters,
        ILogger<BoardWorker> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
        this.channel = channel;
        this.time = time;
        this.logger = logger;
        metrics = new BoardsMetrics(meters);
        metrics.Watch(() => boards);
        watch = new DeliveryWatch(logger);
        director = new BoardDirector(options, metrics.GivenUp);
        journal = new BoardJournal(options, director, windows, log, store, metrics, logger);
        desk = new BoardDesk(director, journal, logger);
        inputs = Channel.CreateBounded<Action<long>>(
            new BoundedChannelOptions(QueueCapacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
            _ => metrics.Dropped());
    }

    /// <summary>What each board shows and why, as of the last look.</summary>
    public IReadOnlyList<BoardSnapshot> Boards => boards;

    /// <summary>Where operators' commands go.</summary>
    public BoardDesk Desk => desk;

    /// <summary>Takes a board's status.</summary>
    public void Report(BoardKey board, BoardStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        inputs.Writer.TryWrite(now =>
        {
            if (director.Report(board, status, now))
            {
                metrics.Status(status.State);
            }
        });
    }

    /// <summary>Takes whether a board's device is connected.</summary>
    public void Connected(BoardKey board, bool online) => inputs.Writer.TryWrite(now => director.Connected(board, online, now));

    /// <summary>Takes over the boards of a network. Never dropped: only the newest network matters.</summary>
    public void Configure(BoardNetwork next) => network = next;

    /// <summary>Takes over another set of rules. Never dropped: only the newest matters.</summary>
    public void Configure(IReadOnlyList<BoardRule> next) => rules = next;

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        journal.Open();
        using var timer = new PeriodicTimer(options.EvaluateEvery, time);
        var (tick, order) = (Task.FromResult(true), Task.FromResult(true));
        try
        {
            while (true)
            {
                var caughtUp = await StepAsync(cancellationToken);

                // One wait of each kind at a time: one that was not over is waited for again. Operators do not wait for the next look.
                tick = tick.IsCompleted ? timer.WaitForNextTickAsync(cancellationToken).AsTask() : tick;
                order = order.IsCompleted ? desk.WaitAsync(cancellationToken) : order;
                if (caughtUp)
                {
                    await await Task.WhenAny(tick, order);
                }

                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The retained messages stay with their expiry: a service that is being restarted must not blank the city.
        }
        finally
        {
            journal.Close();
            desk.Close();
        }
    }

    private async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        try
        {
            Drain(now);
            var caughtUp = journal.Read(now);
            director.Judge(now);
            if (caughtUp)
            {
                director.Expire(now);
            }

            await journal.KeepAsync(now, cancellationToken);

            // What is shown in between while old windows are read again is nobody's business.
            foreach (var message in caughtUp ? director.TakeDue(now) : [])
            {
                await SendAsync(message, cancellationToken);
            }

            boards = director.Snapshot(now);
            watch.Look(boards);
            desk.Answer(boards);
            return caughtUp;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            BoardsLog.LoopFailed(logger, error);
            return true;
        }
    }

    private void Drain(long now)
    {
        if (Interlocked.Exchange(ref rules, null) is { } set)
        {
            director.Configure(set, now);
        }

        if (Interlocked.Exchange(ref network, null) is { } definitions)
        {
            director.Configure(definitions, now);
        }

        while (inputs.Reader.TryRead(out var input))
        {
            input(now);
        }

        desk.Execute(now);
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
    }
}
