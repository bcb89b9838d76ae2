using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Tests.Mqtt.Client;

public sealed class ReconnectPolicyTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ReconnectOptions options = new() { FirstPause = Second, LongestPause = 10 * Second, RefusedPause = 60 * Second };

    [Fact]
    public void Pauses_Double_UpToTheLongestWithHalfOfEachRandom()
    {
        var policy = new ReconnectPolicy(options, new Random(3));
        var pauses = Enumerable.Range(0, 200).Select(_ => policy.Next(null, TimeSpan.Zero, TimeSpan.Zero)!.Value.TotalSeconds).ToList();

        Assert.Collection(
            pauses.Take(5), p => Assert.InRange(p, 0.5, 1), p => Assert.InRange(p, 1, 2), p => Assert.InRange(p, 2, 4), p => Assert.InRange(p, 4, 8), p => Assert.InRange(p, 5, 10));
        var late = pauses.Skip(5).ToList();
        Assert.All(late, p => Assert.InRange(p, 5, 10));
        Assert.InRange(late.Max() - late.Min(), 4, 5);
    }

    [Fact]
    public void Pauses_TwoClients_AreNotTheSame() => Assert.NotEqual(
        new ReconnectPolicy(options, new Random(1)).Next(null, default, default), new ReconnectPolicy(options, new Random(2)).Next(null, default, default));

    [Fact]
    public void Pauses_AfterAGoodConnection_BeginAgainAndAfterAShortOneDoNot()
    {
        var policy = new ReconnectPolicy(options, new Random(3));
        for (var i = 0; i < 4; i++)
        {
            policy.Next(null, TimeSpan.Zero, TimeSpan.Zero);
        }

        // A broker that lets everybody in and drops them at once must not be asked for ever at the first pause.
        Assert.InRange(policy.Next(ReasonCode.ServerShuttingDown, Second, default)!.Value.TotalSeconds, 5, 10);
        Assert.InRange(policy.Next(null, 10 * Second, default)!.Value.TotalSeconds, 0.5, 1);
        Assert.InRange(policy.Next(null, default, default)!.Value.TotalSeconds, 1, 2);
    }

    [Theory]
    [InlineData(ReasonCode.BadUserNameOrPassword)]
    [InlineData(ReasonCode.NotAuthorized)]
    [InlineData(ReasonCode.Banned)]
    [InlineData(ReasonCode.SessionTakenOver)]
    [InlineData(ReasonCode.ServerMoved)]
    public void Refusal_IsNotRepeatedSoon(ReasonCode reason)
    {
        Assert.InRange(new ReconnectPolicy(options, new Random(3)).Next(reason, default, default)!.Value.TotalSeconds, 30, 60);
        Assert.Null(new ReconnectPolicy(options with { RetryRefused = false }, new Random(3)).Next(reason, default, default));
    }

    [Theory]
    [InlineData(ReasonCode.ServerBusy)]
    [InlineData(ReasonCode.ServerUnavailable)]
    [InlineData(ReasonCode.ServerShuttingDown)]
    [InlineData(ReasonCode.ConnectionRateExceeded)]
    [InlineData(ReasonCode.MalformedPacket)]
    public void Trouble_ThatPasses_IsTriedAgainSoon(ReasonCode reason) =>
        Assert.InRange(new ReconnectPolicy(options with { RetryRefused = false }, new Random(3)).Next(reason, default, default)!.Value.TotalSeconds, 0.5, 1);

    [Fact]
    public void Patience_Over_GivesUp()
    {
        var policy = new ReconnectPolicy(options with { GiveUpAfter = 5 * Second }, new Random(3));
        Assert.NotNull(policy.Next(null, default, 3 * Second));
        Assert.Null(policy.Next(null, default, 5 * Second));
    }
}
