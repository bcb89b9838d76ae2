using TrafficCore.Host.Health;

namespace TrafficCore.Tests.Host;

public sealed class ReadinessTests
{
    [Theory]
    [InlineData(0, null, null)]
    [InlineData(64L << 20, null, null)]
    [InlineData((64L << 20) + 1, null, "sink influx is 67108865 bytes behind: delivering")]
    [InlineData((64L << 20) + 1, "connection refused", "sink influx is 67108865 bytes behind: connection refused")]
    [InlineData(5, "connection refused", "sink influx: connection refused")]
    public void SinkWarning_LagAndTrouble_AreSaid(long lagBytes, string? trouble, string? expected) =>
        Assert.Equal(expected, Readiness.SinkWarning("influx", lagBytes, trouble));
}
