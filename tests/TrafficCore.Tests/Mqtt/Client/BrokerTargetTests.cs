using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Tests.Mqtt.Client;

public sealed class BrokerTargetTests
{
    private readonly BrokerTarget target = new(new MqttClientOptions { Host = "a", ClientId = "c", Port = 1884, Tls = new MqttTlsOptions { ServerName = "a.example" } });

    [Fact]
    public void UseAnotherServer_IsForOneConnection()
    {
        Assert.True(target.Follow(Why(ReasonCode.UseAnotherServer, "b:99 c"), wasGood: false));
        Assert.Equal(("b", 99, (string?)null), (target.Current.Host, target.Current.Port, target.Current.Tls!.ServerName));

        Assert.False(target.Follow(Why(null), wasGood: true));
        Assert.Equal(("a", 1884, "a.example"), (target.Current.Host, target.Current.Port, target.Current.Tls!.ServerName));
    }

    [Fact]
    public void ServerMoved_StaysUntilNobodyAnswersThere()
    {
        Assert.True(target.Follow(Why(ReasonCode.ServerMoved, "[::1]"), wasGood: false));
        Assert.Equal(("::1", 1884), (target.Current.Host, target.Current.Port));
        Assert.False(target.Follow(Why(null), wasGood: true));
        Assert.Equal("::1", target.Current.Host);

        Assert.False(target.Follow(Why(null), wasGood: false));
        Assert.Equal("a", target.Current.Host);
    }

    [Fact]
    public void References_InACircle_AreNotFollowedForEver()
    {
        var followed = Enumerable.Range(0, 100).Count(i => target.Follow(Why(ReasonCode.UseAnotherServer, i % 2 == 0 ? "b" : "a"), wasGood: false));

        Assert.Equal(5, followed);
        Assert.Equal("a", target.Current.Host);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("user:pass@b")]
    [InlineData(":17")]
    [InlineData("b:99999")]
    public void Reference_ThatIsNone_IsNotFollowed(string? reference)
    {
        Assert.False(target.Follow(Why(ReasonCode.ServerMoved, reference), wasGood: false));
        Assert.Equal("a", target.Current.Host);
    }

    private static MqttConnectionException Why(ReasonCode? reason, string? reference = null) => new("why", reason) { ServerReference = reference };
}
