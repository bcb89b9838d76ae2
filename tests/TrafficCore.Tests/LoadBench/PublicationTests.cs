using System.Text;
using TrafficCore.LoadBench.Publication;

namespace TrafficCore.Tests.LoadBench;

public sealed class PublicationTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeMilliseconds(1_763_802_000_000);
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Reader_EventsAndComments_GivesEventsWithTheirNames()
    {
        const string Stream = "retry: 2000\n\n: still here\n\nevent: health\ndata: {}\n\nid: 7\nevent: window\ndata: {\"a\":1}\n\nevent: window\ndata: {\"cut";
        var seen = new List<(string, string)>();

        await foreach (var found in FeedReader.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(Stream)), CancellationToken.None))
        {
            seen.Add(found);
        }

        Assert.Equal([("health", "{}"), ("window", "{\"a\":1}")], seen);
    }

    [Fact]
    public void Window_OpenPublishedAndWithoutRow_AreTold()
    {
        const string Head = "{\"intersection\":\"i\",\"window\":\"60s\",\"start\":\"2025-11-22T09:00:00Z\",";

        Assert.Equal(new FeedWindow("i", Start, true, 0, 3), FeedWindow.Parse(Head + "\"open\":true,\"row\":{\"readings\":3,\"revision\":0},\"approaches\":{}}"));
        Assert.Equal(new FeedWindow("i", Start, false, 1, 4), FeedWindow.Parse(Head + "\"row\":{\"readings\":4,\"revision\":1},\"approaches\":{}}"));
        Assert.Equal(new FeedWindow("i", Start, false, null, null), FeedWindow.Parse(Head + "\"approaches\":{}}"));
    }

    [Fact]
    public void Watch_FirstPublications_AreTakenOfWindowsThatEndedUnderLoad()
    {
        var watch = new PublicationWatch();
        void Publish(int minute, long revision, int ms) => watch.Take(new FeedWindow("a", Start.AddMinutes(minute), false, revision, 9), Start.AddMinutes(minute + 1).AddMilliseconds(ms));
        Publish(0, 1, 100);
        Publish(1, 1, 300);
        Publish(1, 1, 900);
        Publish(1, 2, 950);
        Publish(2, 1, 200);
        watch.Take(new FeedWindow("a", Start.AddMinutes(3), true, 0, 1), Start.AddMinutes(3));
        watch.Take(new FeedWindow("b", Start.AddMinutes(1), false, 1, 9), Start.AddMinutes(2.5));

        Assert.Equal([300.0, 200.0], watch.Delays("a", Start.AddMinutes(1), Start.AddMinutes(3), Length));
    }

    [Fact]
    public void Watch_Probes_AreSeenWhenAsManyOrMoreShow()
    {
        var watch = new PublicationWatch();
        watch.Expect(Start, 1, Start.AddSeconds(1));
        watch.Expect(Start, 2, Start.AddSeconds(2));
        watch.Expect(Start, 3, Start.AddSeconds(3));
        watch.Expect(Start.AddMinutes(1), 1, Start.AddSeconds(61));

        watch.Take(new FeedWindow(PublicationBench.ProbeIntersection, Start, true, 0, 2), Start.AddSeconds(2.5));

        Assert.Equal([500.0, 1500.0], watch.Changes.Order());
        Assert.Equal(2, watch.Unseen);
    }
}
