using TrafficCore.IntegrationTests.Acceptance;
using TrafficCore.TestKit.Mqtt;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Upstream;

/// <summary>The service behind somebody else's broker: what that broker acknowledged is in the windows exactly once, whichever of the two is restarted.</summary>
public sealed class UpstreamAcceptanceTests
{
    // B: the broker is restarted; S: the service is killed.
    private const string Plan = "BBSBBSB";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData("5.0")]
    [InlineData("3.1.1")]
    public async Task Readings_BrokerRestartsAndServiceIsKilled_EachAcknowledgedExactlyOnce(string version)
    {
        await using var broker = await StartBrokerAsync();
        using var data = new TemporaryDirectory();
        var fleet = new DeviceFleet(detectors: 40, readingsPerDevice: 700);
        var service = await StartAsync(data, broker, $"--Mqtt:UpstreamVersion={version}");
        try
        {
            using var done = new CancellationTokenSource(TimeSpan.FromMinutes(4));
            var devices = fleet.RunAsync(() => broker.Port, done.Token);
            for (var step = 0; step < Plan.Length; step++)
            {
                await fleet.WhenAcknowledgedAsync(fleet.Total / (Plan.Length + 1) * (step + 1), Limit);
                if (Plan[step] == 'B')
                {
                    await broker.TerminateAsync();
                    await broker.StartAsync();
                }
                else
                {
                    await service.KillAsync();
                    await service.DisposeAsync();
                    service = await StartAsync(data, broker, $"--Mqtt:UpstreamVersion={version}");
                }
            }

            await devices;
            Assert.Equal(fleet.Total, fleet.Acknowledged);
            await fleet.AssertWindowsAsync(service);
            await fleet.AssertLedgerAsync(service);
            Assert.Equal(0, await service.TerminateAsync());
        }
        finally
        {
            await service.DisposeAsync();
        }
    }

    [Fact]
    public async Task Readings_ThroughTheOwnServerAndThroughMosquitto_GiveEqualWindows()
    {
        await using var broker = await StartBrokerAsync();
        var fleet = new DeviceFleet(detectors: 30, readingsPerDevice: 300);
        using var done = new CancellationTokenSource(Limit);
        using var ownData = new TemporaryDirectory();
        using var upstreamData = new TemporaryDirectory();
        await using var own = await ServiceProcess.StartAsync(ownData.FullName);
        await fleet.RunAsync(() => own.MqttPort, done.Token);
        await fleet.AssertWindowsAsync(own);
        await using var upstream = await StartAsync(upstreamData, broker);
        await fleet.RunAsync(() => broker.Port, done.Token);
        await fleet.AssertWindowsAsync(upstream);

        Assert.Equal(await fleet.RowsAsync(own), await fleet.RowsAsync(upstream));
        await fleet.AssertLedgerAsync(upstream);
    }

    private static async Task<MosquittoServer> StartBrokerAsync()
    {
        var broker = await MosquittoServer.TryStartPersistentAsync();
        Assert.SkipWhen(broker is null, "mosquitto is not installed");
        return broker;
    }

    /// <summary>Starts the service and waits until it has subscribed: what is sent before the first subscription, no broker keeps.</summary>
    private static async Task<ServiceProcess> StartAsync(TemporaryDirectory data, MosquittoServer broker, params string[] more)
    {
        var service = await ServiceProcess.StartAsync(data.FullName, [$"--Mqtt:Upstream=mqtt://127.0.0.1:{broker.Port}", "--Mqtt:Listen=false", .. more]);
        using var api = new ServiceApi(service.Http);
        await api.WhenReadyAsync(Limit);
        return service;
    }
}
