using TrafficCore.Pipeline.Output;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Tests.Pipeline;

public sealed class LatestWindowsTests
{
    private readonly LatestWindows _latest = new();
    private int _records;

    [Fact]
    public void Publish_ANewerWindow_ReplacesTheOlder()
    {
        Publish(0, "d1", "d2");
        Publish(60_000, "d1");

        Assert.True(_latest.TryFind("a", 60_000, out var window));
        Assert.Equal((60_000, 1), (window.Start, window.ReadRows().Count));
    }

    [Fact]
    public void Publish_ACorrectionOfSomeRows_KeepsTheOthers()
    {
        Publish(60_000, "d1", "d2");
        Publish(60_000, "d2");

        Assert.True(_latest.TryFind("a", 60_000, out var window));
        Assert.Equal(["d1", "d2"], window.ReadRows().Select(static row => row.Id));
        Assert.Equal(2, window.Positions.Count);
    }

    [Fact]
    public void Publish_ManyCorrections_KeepsTheRecordsThatStillSaySomething()
    {
        Publish(60_000, "d1", "d2", "d3");
        for (var i = 0; i < 100; i++)
        {
            Publish(60_000, "d2");
        }

        Publish(60_000, "d3");
        Assert.True(_latest.TryFind("a", 60_000, out var window));
        Assert.Equal([1, 101, 102], window.Positions);
        Assert.Equal([("d1", 1), ("d2", 101), ("d3", 102)], window.ReadRows().Select(static row => (row.Id, row.Revision)));
    }

    [Fact]
    public void Publish_ACorrectionOfAnOlderWindow_ChangesNothing()
    {
        Publish(60_000, "d1");
        Publish(0, "d1", "d2");

        Assert.True(_latest.TryFind("a", 60_000, out var window));
        Assert.Equal((60_000, 1), (window.Start, window.ReadRows().Count));
        Assert.Single(_latest.All);
    }

    private void Publish(long start, params string[] ids)
    {
        _records++;
        var rows = Array.ConvertAll(ids, id => new FlowRow
        {
            Intersection = "a",
            Id = id,
            Level = FlowLevel.Detector,
            Start = start,
            Length = 60_000,
            Revision = _records,
        });
        _latest.Publish(WindowRecordCodec.Encode(new WindowRecord(new OutputHead(0, 0, "a"), start, 60_000, rows)), position: _records, receivedMs: 0);
    }
}
