using TrafficCore.Host.Api;
using TrafficCore.Host.Live;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Output;
using TrafficCore.Pipeline.Shards;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Tests.Host;

/// <summary>What the live feed shows of open windows: the first change soon, the next ones no more often than once a second.</summary>
public sealed class LiveContentTests
{
    private static readonly LiveKey Key = new(LiveTopic.Open, "int-1", Length: 60_000);

    private readonly LiveContent content = new(new LatestWindows(), new CityDirectory(new DeviceRegistry()), 60_000);

    [Fact]
    public void Show_OpenWindowThatKeepsChanging_IsNewsOnceASecond()
    {
        List<long> told = [];
        for (long now = 0; now <= 5000; now += 500)
        {
            if (content.Show(Window(start: 0, volume: now), now))
            {
                told.Add(now);
            }
        }

        Assert.Equal([0, 1000, 2000, 3000, 4000, 5000], told);
    }

    [Fact]
    public void Show_ChangeAfterAQuietSecond_IsNewsAtTheNextLook()
    {
        Assert.True(content.Show(Window(0, 1), 0));
        Assert.False(content.Show(Window(0, 1), 1000));
        Assert.True(content.Show(Window(0, 2), 1500));
        Assert.False(content.Show(Window(0, 2), 2000));
    }

    [Fact]
    public void Show_ChangeWithinASecond_IsNewsLaterAndShownAsItIsThen()
    {
        content.Show(Window(0, 1), 0);
        var first = content.Read(Key);
        Assert.False(content.Show(Window(0, 2), 500));
        Assert.Same(first, content.Read(Key));
        Assert.True(content.Show(Window(0, 3), 1000));
        Assert.NotSame(first, content.Read(Key));
    }

    [Fact]
    public void Show_TheNextWindow_IsNewsAtOnce()
    {
        content.Show(Window(0, 1), 0);
        Assert.True(content.Show(Window(60_000, 1), 500));
    }

    private static OpenWindow Window(long start, long volume) => new(
        "int-1",
        start,
        60_000,
        [new FlowRow { Intersection = "int-1", Id = "int-1", Level = FlowLevel.Intersection, Start = start, Length = 60_000, Revision = 0, Volume = volume }]);
}
