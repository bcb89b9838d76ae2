using System.Text;
using TrafficCore.Host.Upstream;
using TrafficCore.Mqtt.Topics;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Tests.Upstream;

public sealed class UpstreamFiltersTests
{
    private static readonly string[] OfBoards = ["r/+/board/+/status", "r/+/board/+/state"];

    [Theory]
    [InlineData("traffic/v1/a/detector/d", 1)]
    [InlineData("traffic/v1/a/detectors", 1)]
    [InlineData("traffic/v1/a/controller/c/events", 1)]
    [InlineData("traffic/v1/a/environment/e", 1)]
    [InlineData("traffic/v1/a/parking/p", 1)]
    [InlineData("traffic/v1/a/board/b/status", 1)]
    [InlineData("traffic/v1/a/board/b/state", 1)]
    [InlineData("traffic/v1/a/board/b/message", 0)]
    [InlineData("traffic/v1/a/controller/c/plan", 0)]
    [InlineData("traffic/v1/a/detector/d/errors", 0)]
    [InlineData("traffic/v2/a/detector/d", 0)]
    public void Filters_OfDevicesTopics_TakeEachOnceAndNothingThatTheServiceSays(string topic, int count) =>
        Assert.Equal(count, UpstreamFilters.Of("traffic/v1", "").Count(s => TopicFilter.IsMatch(Encoding.UTF8.GetBytes(s.Filter), Encoding.UTF8.GetBytes(topic))));

    [Fact]
    public void Subscriptions_AreAtQoS1AndAskForNoKeptTelemetry()
    {
        var subscriptions = UpstreamFilters.Of("r", "");
        Assert.All(subscriptions, s => Assert.Equal((QualityOfService.AtLeastOnce, true), (s.QoS, s.NoLocal)));
        Assert.Equal(OfBoards, subscriptions.Where(s => s.RetainHandling == RetainHandling.Send).Select(s => s.Filter));
    }

    [Fact]
    public void Share_IsForTelemetryAndWithoutNoLocal()
    {
        var subscriptions = UpstreamFilters.Of("r", "g");
        Assert.Equal(OfBoards, subscriptions.Where(s => !s.Filter.StartsWith("$share/g/r/", StringComparison.Ordinal)).Select(s => s.Filter));
        Assert.All(subscriptions.Where(s => s.Filter[0] == '$'), s => Assert.False(s.NoLocal)); // [MQTT-3.8.3-4]
    }
}
