using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using TrafficCore.Boards;
using TrafficCore.Boards.Delivery;
using TrafficCore.Host.Api;
using TrafficCore.Pipeline.Output;
using TrafficCore.Pipeline.Shards;
using TrafficCore.Storage.History;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Host.Live;

/// <summary>What the feed shows: for each thing that can change its event as of now.</summary>
/// <remarks>
/// Ownership: the feed shows and forgets; streams read, from any thread. Published windows are looked up where the pipeline shows them, after they are durable.
/// An event is made when the first client takes it, and is gone when what it was made from is.
/// </remarks>
internal sealed class LiveContent(LatestWindows latest, CityDirectory city, long shortestMs)
{
    private readonly ConditionalWeakTable<LatestWindow, LiveEvent> published = [];
    // The contract's "once a second" of an open window, less what looks vary.
    private const long OpenMs = 900;

    private readonly ConcurrentDictionary<(string Intersection, long Length), (LiveEvent Event, long Start, long ToldMs)> open = new();
    private readonly ConcurrentDictionary<BoardKey, (BoardSnapshot Board, LiveEvent Event)> boards = new();
    private volatile LiveEvent? health;

    /// <summary>The boards that are shown.</summary>
    public ICollection<BoardKey> Boards => boards.Keys;

    /// <summary>The event of a key; null when there is nothing to be told of it now.</summary>
    public LiveEvent? Read(in LiveKey key) => key.Topic switch
    {
        LiveTopic.KeepAlive => LiveEvent.KeepAlive,
        LiveTopic.Health => health,
        LiveTopic.Board => boards.TryGetValue(new BoardKey(key.Intersection, key.Board), out var board) ? board.Event : null,
        LiveTopic.Intersection => LiveEvent.Of("intersection", null, FlowEndpoints.Answer(city, key.Intersection, LatestRow(key.Intersection))),
        LiveTopic.Window => latest.TryFind(key.Intersection, key.Length, out var window) ? published.GetValue(window, Of) : null,
        LiveTopic.Open => open.GetValueOrDefault((key.Intersection, key.Length)).Event,
        _ => LiveEvent.Of("window", key.Position, Answer(key.Intersection, key.Rows!.Start, key.Length, key.Rows.Rows, static _ => true)),
    };

    /// <summary>Takes whether the service is ready; true when that is news.</summary>
    public bool Show(HealthAnswer answer)
    {
        var (before, now) = (health, LiveEvent.Of("health", null, answer));
        health = now;
        return before?.SaysTheSame(now) != true;
    }

    /// <summary>Takes a board; true when it is news.</summary>
    public bool Show(BoardSnapshot board, DateTimeOffset now)
    {
        var key = board.Definition.Key;
        if (boards.TryGetValue(key, out var before) && before.Board == board)
        {
            return false;
        }

        // How old a status is would be wrong a second later: when it was received says it.
        var answer = BoardAnswers.Of(board, now);
        answer = answer with { Status = answer.Status is { } status ? status with { Age = null } : null };
        var made = LiveEvent.Of("board", null, answer);
        boards[key] = (board, made);
        return before.Event?.SaysTheSame(made) != true;
    }

    /// <summary>A board is no more.</summary>
    public void Forget(BoardKey board) => boards.TryRemove(board, out _);

    /// <summary>Takes an open window; true when it is news. What was told less than a second ago stays as it was, and is news later.</summary>
    /// <param name="window">As it is.</param>
    /// <param name="nowMs">A clock that never runs backwards.</param>
    public bool Show(OpenWindow window, long nowMs)
    {
        var key = (window.Intersection, window.Length);
        var isKnown = open.TryGetValue(key, out var before);
        if (isKnown && before.Start == window.Start && nowMs - before.ToldMs < OpenMs)
        {
            return false;
        }

        var answer = Answer(window.Intersection, window.Start, window.Length, window.Rows, static _ => false) with { Open = true, Detectors = null };
        var made = LiveEvent.Of("window", null, answer);
        var isNews = !isKnown || !before.Event.SaysTheSame(made);
        open[key] = (made, window.Start, isNews ? nowMs : before.ToldMs);
        return isNews;
    }

    /// <summary>Forgets open windows that are open no more, or that nobody asks for.</summary>
    public void ForgetOpen(Func<(string Intersection, long Length), bool> isGone)
    {
        foreach (var key in open.Keys.Where(isGone))
        {
            open.TryRemove(key, out _);
        }
    }

    private FlowRow? LatestRow(string intersection) =>
        latest.TryFind(intersection, shortestMs, out var window) ? window.ReadRows().FirstOrDefault(static r => r.Level == FlowLevel.Intersection) : null;

    private static LiveEvent Of(LatestWindow window) => LiveEvent.Of(
        "window", window.Positions[^1], Answer(window.Intersection, window.Start, window.Length, window.ReadRows(), static row => row.Health != RowHealth.Ok));

    private static LiveWindowAnswer Answer(string intersection, long start, long length, IReadOnlyList<FlowRow> rows, Func<FlowRow, bool> isTold) => new()
    {
        Intersection = intersection,
        Window = FlowWindow.Name(length),
        Start = ApiJson.Instant(start),
        Row = rows.FirstOrDefault(static r => r.Level == FlowLevel.Intersection) is { } whole ? FlowEndpoints.Row(whole) : null,
        Approaches = ById(rows.Where(static r => r.Level == FlowLevel.Approach)),
        Detectors = ById(rows.Where(r => r.Level == FlowLevel.Detector && isTold(r))),
    };

    private static Dictionary<string, FlowRowAnswer> ById(IEnumerable<FlowRow> rows) => rows.ToDictionary(static r => r.Id, FlowEndpoints.Row, StringComparer.Ordinal);
}
