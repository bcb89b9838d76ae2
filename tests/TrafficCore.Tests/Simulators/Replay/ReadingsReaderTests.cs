using System.Text;
using TrafficCore.Simulators.Cli;
using TrafficCore.Simulators.Replay;

namespace TrafficCore.Tests.Simulators.Replay;

public sealed class ReadingsReaderTests
{
    private const string Good = "{\"due\":2000,\"topic\":\"traffic/v1/b/detector/d\",\"payload\":{\"ts\":1000,\"volume\":1}}";

    [Fact]
    public void Read_Lines_AreSentAsTheyAreInOrderOfTime()
    {
        var (recording, findings) = Read(
            Good,
            "{\"due\":1000,\"topic\":\"traffic/v1/a/controller/c/events\",\"payload\":{\"seq\":1,\"events\":[[1,82,1],[2,81,1]]}}",
            "",
            "{\"due\":2000,\"topic\":\"traffic/v1/b/detectors\",\"payload\":[ {\"detector\":\"x\",\"volume\":1}, 7 ]}",
            "{\"due\":3000,\"topic\":\"traffic/v1/b/detector/d\",\"text\":\"{\\\"ts\\\":\"}");

        Assert.Equal(["b", "a"], recording.Intersections);
        Assert.Equal((3, 2, 4, 1000, 3000), (recording.Readings, recording.Events, findings.Rows, recording.FromMs, recording.ToMs));
        Assert.Equal(
            [
                "traffic/v1/a/controller/c/events {\"seq\":1,\"events\":[[1,82,1],[2,81,1]]}",
                "traffic/v1/b/detector/d {\"ts\":1000,\"volume\":1}",
                "traffic/v1/b/detectors [ {\"detector\":\"x\",\"volume\":1}, 7 ]",
                "traffic/v1/b/detector/d {\"ts\":",
            ],
            recording.Messages.Select(m => $"{recording.Encode(m).Topic} {Encoding.UTF8.GetString(recording.Encode(m).Payload.Span)}"));
    }

    [Theory]
    [InlineData("{\"due\":1", "bad-line")]
    [InlineData("[1]", "bad-line")]
    [InlineData("{\"topic\":\"traffic/v1/b/detector/d\",\"payload\":1}", "bad-due")]
    [InlineData("{\"due\":\"1\",\"topic\":\"traffic/v1/b/detector/d\",\"payload\":1}", "bad-due")]
    [InlineData("{\"due\":1,\"payload\":1}", "bad-topic")]
    [InlineData("{\"due\":1,\"topic\":\"weather/b/detector/d\",\"payload\":1}", "bad-topic")]
    [InlineData("{\"due\":1,\"topic\":\"traffic/v1/b\",\"payload\":1}", "bad-topic")]
    [InlineData("{\"due\":1,\"topic\":\"traffic/v1/b/detector/+\",\"payload\":1}", "bad-topic")]
    [InlineData("{\"due\":1,\"topic\":\"traffic/v1/b/detector/d\"}", "no-payload")]
    [InlineData("{\"due\":1,\"topic\":\"traffic/v1/b/detector/d\",\"text\":1}", "no-payload")]
    public void Read_BadLine_IsToldWithItsNumber(string line, string reason)
    {
        var (recording, findings) = Read(Good, line);

        Assert.Single(recording.Messages);
        Assert.Equal(1, findings.Malformed[reason]);
        Assert.StartsWith("line 2:", Assert.Single(findings.Told), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NoMessageAtAll_IsRefused() => Assert.Throws<UsageException>(() => Read("not json"));

    private static (LineRecording Recording, RowFindings Findings) Read(params string[] lines) =>
        RecordedText.Read<LineRecording>(string.Join('\n', lines), RecordingFormat.Readings);
}
