using System.Text;
using TrafficCore.Simulators.Replay;

namespace TrafficCore.Tests.Simulators;

public sealed class EventBatcherTests
{
    [Fact]
    public void Pack_TwoControllers_EachHasItsOwnBatchesAndSequence()
    {
        var log = new IndianaLog(["a", "b"], [new(1000, 0, 82, 1), new(1500, 1, 1, 2), new(1999, 0, 81, 1), new(2000, 0, 82, -1)]);

        var batches = EventBatcher.Pack(log);

        Assert.Equal(
            ["1500 b {\"seq\":1,\"events\":[[1500,1,2]]}", "1999 a {\"seq\":1,\"events\":[[1000,82,1],[1999,81,1]]}", "2000 a {\"seq\":2,\"events\":[[2000,82,-1]]}"],
            batches.Select(b => $"{b.DueMs} {log.Devices[b.Device]} {Encoding.UTF8.GetString(b.Payload.Span)}"));
    }

    [Fact]
    public void Pack_Burst_IsSplitAndNothingIsLostOrReordered()
    {
        var events = Enumerable.Range(0, EventBatcher.MaxEvents + 1).Select(static i => new IndianaEvent(5, 0, 82, i)).ToArray();

        var batches = EventBatcher.Pack(new IndianaLog(["a"], events));

        Assert.Equal([EventBatcher.MaxEvents, 1], batches.Select(static b => b.Events));
        Assert.EndsWith($"[[5,82,{EventBatcher.MaxEvents}]]}}", Encoding.UTF8.GetString(batches[1].Payload.Span), StringComparison.Ordinal);
    }
}
