using TrafficCore.Simulators.Verify;

namespace TrafficCore.Tests.Simulators.Verify;

public sealed class MessageChecksTests
{
    [Theory]
    [InlineData("traffic/v1/i/detector/d", "Pass")]
    [InlineData("traffic/v1/i/detectors", "Pass")]
    [InlineData("traffic/v1/i/controller/c/events", "Pass")]
    [InlineData("traffic/v1/i/controller/c/plan/status", "Pass")]
    [InlineData("traffic/v1/i/board/b/status", "Pass")]
    [InlineData("traffic/v1/i/environment/e", "Pass")]
    [InlineData("traffic/v1/i/detector/d 1", "Fail")]
    [InlineData("traffic/v1/i/lane/d", "Fail")]
    [InlineData("traffic/v1/i", "Fail")]
    [InlineData("weather/i", "Fail")]
    [InlineData("traffic/v1/i/board/b/message", "Fail")]
    [InlineData("traffic/v1/i/detector/d/errors", "Fail")]
    [InlineData("traffic/v1/i/controller/c/plan", "Fail")]
    public void Topics_OfTheContract_Pass(string topic, string outcome) =>
        Assert.Equal(outcome, MessageChecks.Topics(new SeenDevice().Publish(0, topic, "{}").Evidence).Outcome.ToString());

    [Theory]
    [InlineData("{\"volume\":1}", "Pass", "1 readings and events")]
    [InlineData("[{\"volume\":1},{\"volume\":-1}]", "Fail", "bad-volume: {\"volume\":-1}")]
    [InlineData("{\"volume\":", "Fail", "bad-json: {\"volume\":")]
    [InlineData("{\"ts\":\"noon\",\"volume\":1}", "Fail", "bad-ts")]
    [InlineData("{\"volume\":1,\"occupancy\":130}", "Fail", "dropped: occupancy x 1")]
    public void Payload_TheServicesReasons_AreGiven(string payload, string outcome, string words)
    {
        var result = MessageChecks.Payload(new SeenDevice().Publish(0, "traffic/v1/i/detector/d", payload).Evidence);

        Assert.Equal(outcome, result.Outcome.ToString());
        Assert.Contains(words, result.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("traffic/v1/i/detector/d", true, "Fail")]
    [InlineData("traffic/v1/i/detector/d/state", false, "Fail")]
    [InlineData("traffic/v1/i/board/b/status", false, "Fail")]
    [InlineData("traffic/v1/i/board/b/status", true, "Pass")]
    public void Retain_FlagsOfTheContract_Pass(string topic, bool retain, string outcome) =>
        Assert.Equal(outcome, MessageChecks.Retain(new SeenDevice().Publish(0, topic, "{}", retain: retain).Evidence).Outcome.ToString());
}
