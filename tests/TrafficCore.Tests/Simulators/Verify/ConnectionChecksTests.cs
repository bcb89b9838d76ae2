using TrafficCore.Mqtt.Wire;
using TrafficCore.Simulators.Verify;

namespace TrafficCore.Tests.Simulators.Verify;

public sealed class ConnectionChecksTests
{
    private const string State = "traffic/v1/i/detector/d/state";

    [Theory]
    [InlineData(40, "Pass")]
    [InlineData(46, "Fail")] // 1.5 x 30 s
    public void KeepAlive_LongestSilence_IsHeldAgainstThePromise(double silence, string outcome) =>
        Assert.Equal(outcome, ConnectionChecks.KeepAlive(new SeenDevice().Connect(0, 1).Ping(10, 1).Ping(10 + silence, 1).Evidence).Outcome.ToString());

    [Theory]
    [InlineData(State, "offline", true, "Pass")]
    [InlineData(State, "{\"state\":\"offline\",\"model\":\"x\"}", true, "Pass")]
    [InlineData(State, "offline", false, "Fail")]
    [InlineData(State, "gone", true, "Fail")]
    [InlineData("traffic/v1/i/detector/d/errors", "offline", true, "Fail")]
    [InlineData("status/d", "offline", true, "Fail")]
    public void Will_OfTheContract_Passes(string topic, string payload, bool retain, string outcome)
    {
        var will = new WillFacts(topic, System.Text.Encoding.UTF8.GetBytes(payload), QualityOfService.AtMostOnce, retain);

        Assert.Equal(outcome, ConnectionChecks.Will(new SeenDevice().Connect(0, 1, f => f with { Will = will }).Evidence).Outcome.ToString());
    }

    [Theory]
    [InlineData(State, "online", true, 1, "Pass")]
    [InlineData(State, "{\"state\":\"online\",\"firmware\":\"7\"}", true, 1, "Pass")]
    [InlineData(State, "online", false, 1, "Fail")]
    [InlineData(State, "offline", true, 1, "Fail")]
    [InlineData("traffic/v1/i/detector/other/state", "online", true, 1, "Fail")]
    [InlineData(State, "online", true, 11, "Fail")]
    public void Online_WhereTheWillIs_Passes(string topic, string payload, bool retain, double after, string outcome) =>
        Assert.Equal(outcome, ConnectionChecks.Online(new SeenDevice().Connect(0, 1).Publish(after, topic, payload, retain: retain).Evidence).Outcome.ToString());

    [Fact]
    public void Reconnect_EveryClientThatWasThere_MustComeBack()
    {
        var seen = new SeenDevice().Connect(0, 1).Connect(0, 2, static f => f with { ClientId = "other" }).Stage(1, BenchStage.Observing)
            .Stage(9, BenchStage.Withholding).Stage(10, BenchStage.Resending).Gone(10, 1).Gone(10, 2).Connect(12, 3);
        Assert.Contains("other did not come back", ConnectionChecks.Reconnect(seen.Evidence).Reason, StringComparison.Ordinal);

        seen.Connect(13, 4, static f => f with { ClientId = "other" });
        Assert.Equal("back after 2.0 s", ConnectionChecks.Reconnect(seen.Evidence).Reason);
    }

    [Fact]
    public void Session_AskedForAndForgottenAtOnce_IsAContradiction()
    {
        Assert.Equal(CheckOutcome.Fail, Judge(static f => f with { SessionExpiry = TimeSpan.Zero }));
        Assert.Equal(CheckOutcome.Pass, Judge(static f => f with { SessionExpiry = TimeSpan.Zero, CleanStart = true }));
        Assert.Equal(CheckOutcome.Pass, Judge(static f => f with { SessionExpiry = TimeSpan.Zero, Version = MqttVersion.V311 }));

        static CheckOutcome Judge(Func<ConnectFacts, ConnectFacts> change) => ConnectionChecks.Session(new SeenDevice().Connect(0, 1, change).Evidence).Outcome;
    }
}
