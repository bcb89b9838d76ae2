using System.Text;
using TrafficCore.Simulators.Replay;

namespace TrafficCore.Tests.Simulators.Replay;

public sealed class EventRecordingTests
{
    [Fact]
    public void Messages_TwoControllers_EachHasItsOwnBatchesAndSequence()
    {
        var recording = new EventRecording(["a", "b"], [new(1000, 0, 82, 1), new(1500, 1, 1, 2), new(1999, 0, 81, 1), new(2000, 0, 82, -1)]);

        Assert.Equal(
            [
                "1500 traffic/v1/b/controller/b/events {\"seq\":1,\"events\":[[1500,1,2]]}",
                "1999 traffic/v1/a/controller/a/events {\"seq\":1,\"events\":[[1000,82,1],[1999,81,1]]}",
                "2000 traffic/v1/a/controller/a/events {\"seq\":2,\"events\":[[2000,82,-1]]}",
            ],
            recording.Messages.Select(m => $"{m.DueMs} {recording.Encode(m).Topic} {Encoding.UTF8.GetString(recording.Encode(m).Payload.Span)}"));
        Assert.Equal((4, 1000, 2000), (recording.Events, recording.FromMs, recording.ToMs));
    }

    [Fact]
    public void Messages_Burst_IsSplitAndNothingIsLostOrReordered()
    {
        var events = Enumerable.Range(0, EventRecording.MaxEvents + 1).Select(static i => new IndianaEvent(5, 0, 82, i)).ToArray();

        var recording = new EventRecording(["a"], events);

        Assert.Equal([EventRecording.MaxEvents, 1], recording.Messages.Select(static m => m.Items));
        Assert.EndsWith($"[[5,82,{EventRecording.MaxEvents}]]}}", Encoding.UTF8.GetString(recording.Encode(recording.Messages[1]).Payload.Span), StringComparison.Ordinal);
    }
}
