using TrafficCore.Boards.Delivery;
using TrafficCore.Host.Api;
using TrafficCore.Host.Health;
using TrafficCore.Host.Security;
using TrafficCore.Traffic.Network;

namespace TrafficCore.Host.Live;

/// <summary>Compares what does not tell of its changes with what it was: boards, health, the network, and whether clients may go on.</summary>
/// <remarks>Ownership: the feed's loop.</remarks>
internal sealed class LiveLook(
    LiveClients clients, LiveContent content, CityDirectory city, BoardWorker boards, Readiness readiness, SecuritySource security, LiveOptions options, TimeProvider time)
{
    /// <summary>From look to look: boards judge once a second, and a quarter more is not noticed.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    // Health once a second. Open windows twice, in looks: a change is then told within half a second, though none more often than once a second.
    private const int LooksASecond = 4;
    private const int LooksForOpen = LooksASecond / OpenWindowLook.TimesASecond;

    private RoadNetwork? seenNetwork;
    private IReadOnlyList<BoardSnapshot> seenBoards = [];
    private int seenIntersections;
    private int looks;
    private long keptAlive;

    /// <summary>Looks for the first time after a while: everything is as it should be.</summary>
    public void Begin()
    {
        (seenNetwork, seenBoards, seenIntersections) = (city.Network, [], city.Intersections.Count);
        (looks, keptAlive) = (0, time.GetTimestamp());
        foreach (var board in content.Boards)
        {
            content.Forget(board);
        }

        LookAtBoards();
        content.Show(HealthEndpoints.Answer(readiness));
    }

    /// <summary>Looks again at what does not tell of its changes. True when open windows are due too.</summary>
    public bool LookAgain()
    {
        var now = time.GetUtcNow();
        clients.End(LiveEnd.Unauthorized, client => !client.Caller.Stands(security.Current, now));
        clients.End(LiveEnd.TooSlow, client => client.FlushingSince is > 0 and var since && time.GetElapsedTime(since) > options.SendTimeout);
        LookAtBoards();
        LookAtTheCity();
        if (time.GetElapsedTime(keptAlive) >= options.KeepAlive)
        {
            keptAlive = time.GetTimestamp();
            clients.Tell(new LiveKey(LiveTopic.KeepAlive));
        }

        if (++looks % LooksASecond == 0 && content.Show(HealthEndpoints.Answer(readiness)))
        {
            clients.Tell(new LiveKey(LiveTopic.Health));
        }

        return looks % LooksForOpen == 0;
    }

    private void LookAtBoards()
    {
        if (ReferenceEquals(boards.Boards, seenBoards))
        {
            return;
        }

        seenBoards = boards.Boards;
        var now = time.GetUtcNow();
        foreach (var board in seenBoards)
        {
            if (content.Show(board, now))
            {
                clients.Tell(new LiveKey(LiveTopic.Board, board.Definition.Key.Intersection, board.Definition.Key.Board));
            }
        }

        foreach (var gone in content.Boards.Except(seenBoards.Select(static b => b.Definition.Key)).ToList())
        {
            content.Forget(gone);
            clients.End(LiveEnd.NetworkChanged, static _ => true);
        }
    }

    private void LookAtTheCity()
    {
        if (!ReferenceEquals(city.Network, seenNetwork))
        {
            seenNetwork = city.Network;
            clients.End(LiveEnd.NetworkChanged, static _ => true);
        }

        // Within one version of the network intersections are only added.
        var ids = city.Intersections;
        foreach (var id in ids.Skip(seenIntersections))
        {
            clients.Tell(new LiveKey(LiveTopic.Intersection, id));
        }

        seenIntersections = ids.Count;
    }
}
