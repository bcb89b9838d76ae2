using TrafficCore.Boards.Windows;

namespace TrafficCore.Tests.Boards;

public sealed class WindowFeedTests
{
    private readonly BoardRig scribe = new();
    private readonly WindowFeed feed = new("int-1", BoardRig.Length);

    [Fact]
    public void Take_WindowAndItsCorrections_StopsAtTheFirstPublicationOfTheEnd()
    {
        Assert.True(Offer(1));
        Assert.True(Offer(1));
        Assert.True(Offer(2));
        Assert.True(Offer(3));
        Assert.Equal([1], Take(1));
        Assert.Equal([1, 2], Take(2));
        Assert.Equal(BoardRig.At(3), feed.NextEnd(BoardRig.At(2)));
        Assert.Null(feed.NextEnd(BoardRig.At(3)));
    }

    [Fact]
    public void Take_EndThatWasLeftOut_TakesWhatCameBeforeIt()
    {
        Offer(1);
        Offer(1);
        Offer(4);
        Take(1);
        Assert.Equal([1], Take(2));
        Assert.Empty(Take(3));
        Assert.Equal([4], Take(4));
    }

    [Fact]
    public void Offer_CorrectionsWithoutANewWindow_AreNotQueued()
    {
        Offer(1);
        Take(1);
        for (var i = 0; i < 100_000; i++)
        {
            Assert.False(Offer(1 - (i % 50)));
        }

        Assert.Null(feed.FirstPending);
        Assert.True(Offer(2));
        Assert.True(Offer(1));
        Assert.NotNull(feed.FirstPending);
    }

    [Fact]
    public void Holds_GivenUp_DoesNotUntilItPublishesSomethingNew()
    {
        Assert.True(feed.Holds(BoardRig.At(5)));
        Assert.False(feed.Holds(BoardRig.At(5) + 1000));
        feed.GiveUp();
        Assert.False(feed.Holds(BoardRig.At(5)));
        feed.Offer(scribe.Window("int-1", 4), judged: BoardRig.At(5));
        Assert.False(feed.Holds(BoardRig.At(6)));
        feed.Offer(scribe.Window("int-1", 6), judged: BoardRig.At(5));
        Assert.False(feed.Holds(BoardRig.At(6)));
        Assert.True(feed.Holds(BoardRig.At(7)));
    }

    [Fact]
    public void IsFull_ADayOfMinutes_IsTheBound()
    {
        for (var minute = 1; minute < WindowFeed.Capacity; minute++)
        {
            Offer(minute);
        }

        Assert.False(feed.IsFull);
        Offer(WindowFeed.Capacity);
        Assert.True(feed.IsFull);
    }

    private bool Offer(long minute) => feed.Offer(scribe.Window("int-1", minute), judged: long.MinValue);

    private List<long> Take(long minute)
    {
        List<long> taken = [];
        feed.Take(BoardRig.At(minute), window => taken.Add((window.End - BoardRig.T0) / BoardRig.Length));
        return taken;
    }
}
