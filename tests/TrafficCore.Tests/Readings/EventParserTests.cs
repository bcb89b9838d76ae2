using System.Text;
using TrafficCore.Traffic.Readings;

namespace TrafficCore.Tests.Readings;

public sealed class EventParserTests
{
    private readonly EventParser _parser = new();

    [Fact]
    public void Parse_Batch_GivesEventsInOrder()
    {
        Assert.Equal(PayloadStatus.Ok, Parse("""{"seq":7,"events":[[1713182400000,82,5],[1713182400100,1,-1]]}"""));
        Assert.Equal(7u, _parser.Sequence);
        Assert.Equal([(1713182400000L, 82, 5), (1713182400100L, 1, -1)], _parser.Events.ToArray().Select(e => (e.Timestamp, (int)e.Code, e.Parameter)));
    }

    [Theory]
    [InlineData("""{"events":[]}""", 0)]
    [InlineData("""{"seq":null,"events":[[1,2,3]]}""", 1)]
    [InlineData("""{"events":[[1,2,3]],"seq":5}""", 1)]
    public void Parse_SequenceAbsentOrLast_IsFine(string json, int count)
    {
        Assert.Equal(PayloadStatus.Ok, Parse(json));
        Assert.Equal(count, _parser.Events.Length);
        Assert.False(_parser.SequenceDropped);
    }

    [Fact]
    public void Parse_BadElements_AreJudgedOneByOne()
    {
        byte[] payload = """{"seq":-1,"events":[[1,82,1],[1,82],[1,82,1,1],["a",82,1],[1,70000,1],{},[1,82,3000000000],[1,82,2]]}"""u8.ToArray();
        Assert.Equal(PayloadStatus.Ok, _parser.Parse(payload));
        Assert.True(_parser.SequenceDropped);
        ParsedEvent[] events = _parser.Events.ToArray();
        Assert.Equal([false, true, true, true, true, true, true, false], events.Select(e => e.Fault == ReadingFault.BadEvent));
        Assert.Equal("[1,82]", Encoding.UTF8.GetString(payload, events[1].Offset, events[1].Length));
        Assert.Equal("{}", Encoding.UTF8.GetString(payload, events[5].Offset, events[5].Length));
    }

    [Theory]
    [InlineData("""{"events":[[1,2,3]}""", PayloadStatus.BadJson)]
    [InlineData("""{"seq":1}""", PayloadStatus.BadShape)]
    [InlineData("""{"events":{}}""", PayloadStatus.BadShape)]
    [InlineData("""[[1,2,3]]""", PayloadStatus.BadShape)]
    [InlineData("", PayloadStatus.BadJson)]
    public void Parse_NotABatch_IsRefusedWhole(string json, PayloadStatus status) => Assert.Equal(status, Parse(json));

    private PayloadStatus Parse(string json) => _parser.Parse(Encoding.UTF8.GetBytes(json));
}
