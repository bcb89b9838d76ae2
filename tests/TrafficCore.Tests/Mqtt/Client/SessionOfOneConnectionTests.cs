using TrafficCore.Mqtt.Client;
using TrafficCore.TestKit.Mqtt;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.Tests.Mqtt.Client;

/// <summary>A 5.0 session that ends with its connection is never asked for again.</summary>
public sealed class SessionOfOneConnectionTests
{
    [Theory]
    [InlineData(0, "clean=True")]
    [InlineData(3600, "clean=False")]
    public async Task Reconnect_WhetherTheSessionIsKept_AsksForItOrNot(int expirySeconds, string asked)
    {
        var rig = new ClientRig();
        var options = rig.Options() with { CleanStart = false, SessionExpiry = TimeSpan.FromSeconds(expirySeconds) };
        await using var client = ReconnectingMqttClient.Start(options, new ReconnectOptions(), new Random(1));
        using (var first = await rig.Broker.AcceptAsync())
        {
            Assert.Contains(asked, await first.WelcomeAsync(), StringComparison.Ordinal);
            await ClientRig.SoonAsync(client.WhenConnectedAsync());
        }

        await Eventually.ReachesAsync(() => Task.FromResult(client.Status.State == MqttClientState.Pausing ? null : client.Status.ToString()), ScriptedPeer.Patience);
        await rig.Time.WhenTimersAsync(1);
        rig.Time.Advance(client.Status.Pause);
        using var second = await rig.Broker.AcceptAsync();
        Assert.Contains(asked, await second.WelcomeAsync(), StringComparison.Ordinal);
        await ClientRig.SoonAsync(client.WhenConnectedAsync());
    }
}
