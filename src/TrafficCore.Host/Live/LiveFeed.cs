using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using TrafficCore.Boards.Delivery;
using TrafficCore.Host.Api;
using TrafficCore.Host.Health;
using TrafficCore.Host.Security;
using TrafficCore.Host.Security.Http;
using TrafficCore.Pipeline;
using TrafficCore.Pipeline.Output;

namespace TrafficCore.Host.Live;

/// <summary>Tells clients of windows, boards and health as they change. While there are none it does nothing at all.</summary>
/// <remarks>
/// <para>Ownership: <see cref="Start"/> and <see cref="StopAsync"/> belong to the service; requests join and leave from any thread; the loop owns the rest.</para>
/// <para>It reads the output log as sinks do, with a reader of its own that holds nothing back, and not beyond what <see cref="LatestWindows"/> shows: what a client
/// is told of is durable, and found there when it is looked up.</para>
/// </remarks>
internal sealed class LiveFeed : IAsyncDisposable
{
    private readonly TrafficPipeline pipeline;
    private readonly CityDirectory city;
    private readonly IReadOnlyList<long> lengths;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly LiveClients clients;
    private readonly CancellationTokenSource stop = new();
    private Task loop = Task.CompletedTask;

    // The loop's.
    private readonly LiveLook look;
    private readonly OpenWindowLook openWindows;
    private OutputRecord? ahead; // read, and not shown yet
    private long readTo;

    public LiveFeed(
        LiveOptions options, TrafficPipeline pipeline, CityDirectory city, BoardWorker boards, Readiness readiness, SecuritySource security,
        WindowLengthsInUse windows, TimeProvider time, IMeterFactory meters, ILogger<LiveFeed> logger)
    {
        (this.pipeline, this.city, lengths, this.time, this.logger) = (pipeline, city, windows.Ms, time, logger);
        clients = new LiveClients(options.MaxClients);
        Metrics = new LiveMetrics(meters, () => clients.Count);
        Content = new LiveContent(pipeline.Latest, city, windows.ShortestMs);
        look = new LiveLook(clients, Content, city, boards, readiness, security, options, time);
        openWindows = new OpenWindowLook(pipeline, options.OpenIntersections);
    }

    public LiveContent Content { get; }

    public LiveMetrics Metrics { get; }

    public void Start() => loop = Task.Run(RunAsync);

    /// <summary>Ends every stream and lets no other in; nobody is waited for.</summary>
    public async Task StopAsync()
    {
        clients.Close();
        await stop.CancelAsync();
        await loop;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        stop.Dispose();
        Metrics.Dispose();
    }

    /// <summary>Makes a client that is told what it asked for, first as it is and then as it changes; it leaves again. False when there is no room.</summary>
    public bool TryJoin(LiveFilter filter, StandingCaller caller, [NotNullWhen(true)] out LiveClient? client, [NotNullWhen(false)] out string? why)
    {
        var made = new LiveClient(filter, caller, Metrics);
        client = clients.TryJoin(made, out why) ? made : null;
        if (client is null)
        {
            made.Dispose();
            Metrics.Refused();
        }

        return client is not null;
    }

    public void Leave(LiveClient client)
    {
        clients.Leave(client);
        client.Dispose();
    }

    /// <summary>Somebody has logged out: the streams of the account end. Where it is still logged in they come back.</summary>
    public void EndStreamsOf(string account) => clients.End(LiveEnd.Unauthorized, client => client.Caller.Account == account);

    private async Task RunAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await clients.WaitAsync(stop.Token);
                await ServeAsync();
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                LiveLog.Failed(logger, error);
                clients.Fail();
            }
        }
    }

    /// <summary>Serves until the last client has left.</summary>
    private async Task ServeAsync()
    {
        using var reader = pipeline.Output.OpenReader(pipeline.Output.ShownEnd);
        using var timer = new PeriodicTimer(LiveLook.Interval, time);
        using var here = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        try
        {
            ahead = null;
            Content.ForgetOpen(static _ => true);
            look.Begin();
            await ServeAsync(reader, timer, here.Token);
        }
        finally
        {
            await here.CancelAsync(); // what was waited for is not awaited any more
        }
    }

    private async Task ServeAsync(OutputReader reader, PeriodicTimer timer, CancellationToken cancellation)
    {
        Task tick = timer.WaitForNextTickAsync(cancellation).AsTask(), arrival = Task.CompletedTask, shown = Task.CompletedTask;
        Task<OpenWindowsFound>? open = null;
        do
        {
            Admit();
            Read(reader);
            if (tick.IsCompleted)
            {
                open = look.LookAgain() ? open ?? openWindows.LookAsync(Wanted(), cancellation) : open;
                tick = timer.WaitForNextTickAsync(cancellation).AsTask();
            }

            // One wait of each kind at a time: one that was not over is waited for again.
            arrival = arrival.IsCompleted ? clients.WaitAsync(cancellation) : arrival;
            shown = shown.IsCompleted ? pipeline.Output.WaitShownAsync(readTo, cancellation).AsTask() : shown;
            await await Task.WhenAny(tick, arrival, shown, open ?? tick);
            if (open is { IsCompleted: true })
            {
                Show(await open);
                open = null;
            }
        }
        while (clients.Count > 0);
    }

    /// <summary>Tells new clients of everything that they asked for.</summary>
    private void Admit()
    {
        while (clients.TryAdmit(out var client))
        {
            client.Tell(new LiveKey(LiveTopic.Health));
            foreach (var board in Content.Boards)
            {
                client.Tell(new LiveKey(LiveTopic.Board, board.Intersection, board.Board));
            }

            foreach (var id in client.Filter.Intersections ?? (IEnumerable<string>)city.Intersections)
            {
                TellOf(client, id);
            }
        }
    }

    private void TellOf(LiveClient client, string intersection)
    {
        client.Tell(new LiveKey(LiveTopic.Intersection, intersection));
        foreach (var length in lengths)
        {
            client.Tell(new LiveKey(LiveTopic.Window, intersection, Length: length));
            client.Tell(new LiveKey(LiveTopic.Open, intersection, Length: length));
        }
    }

    /// <summary>Tells of the windows that were published, as far as the latest windows show them.</summary>
    private void Read(OutputReader reader)
    {
        readTo = pipeline.Output.ShownEnd;
        while (true)
        {
            ahead ??= reader.Read(out var read) == OutputReadStatus.End ? null : read;
            if (ahead is not { } record || record.Position >= readTo)
            {
                return;
            }

            ahead = null;
            if (record.Window is { } window)
            {
                Tell(window, record.Position);
            }
        }
    }

    private void Tell(WindowRecord window, long position)
    {
        var id = window.Head.Intersection;
        var isLatest = pipeline.Latest.TryFind(id, window.Length, out var latest) && latest.Start <= window.Start;
        clients.Tell(isLatest
            ? new LiveKey(LiveTopic.Window, id, Length: window.Length)
            : new LiveKey(LiveTopic.Correction, id, Length: window.Length, Position: position, Rows: window));
    }

    /// <summary>Intersections whose open windows somebody asks for; what else was open is forgotten.</summary>
    private IReadOnlyList<string> Wanted()
    {
        HashSet<string> named = new(StringComparer.Ordinal);
        foreach (var filter in clients.Admitted.Select(static c => c.Filter).Where(static f => f.Windows))
        {
            if (filter.Intersections is null)
            {
                return city.Intersections;
            }

            named.UnionWith(filter.Intersections);
        }

        Content.ForgetOpen(key => !named.Contains(key.Intersection));
        return [.. named.Order(StringComparer.Ordinal)];
    }

    private void Show(OpenWindowsFound found)
    {
        var nowMs = time.GetTimestamp() * 1000 / time.TimestampFrequency;
        foreach (var window in found.Windows)
        {
            if (Content.Show(window, nowMs))
            {
                clients.Tell(new LiveKey(LiveTopic.Open, window.Intersection, Length: window.Length));
            }
        }

        if (found.Asked.Count > 0)
        {
            var (asked, open) = (found.Asked.ToHashSet(StringComparer.Ordinal), found.Windows.Select(static w => (w.Intersection, w.Length)).ToHashSet());
            Content.ForgetOpen(key => asked.Contains(key.Intersection) && !open.Contains(key));
        }
    }
}
