using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Acceptance;

/// <summary>The promise itself: what was acknowledged is in the windows, or among the observations, exactly once, whenever the process is killed.</summary>
public sealed class SigkillTests
{
    private const int Kills = 5;
    private const int Seed = 20261123;

    private readonly DeviceFleet fleet = new(detectors: 200, readingsPerDevice: 1000, sensors: 10);

    [Fact]
    public async Task ReadingsAndObservations_SigkillAtRandomMoments_EachAcknowledgedExactlyOnce()
    {
        using var data = new TemporaryDirectory();
        var service = await ServiceProcess.StartAsync(data.FullName);
        try
        {
            using var done = new CancellationTokenSource(TimeSpan.FromMinutes(4));
            var current = service;
            var devices = fleet.RunAsync(() => Volatile.Read(ref current).MqttPort, done.Token);
            var random = new Random(Seed);
            for (var kill = 0; kill < Kills; kill++)
            {
                await fleet.WhenAcknowledgedAsync((kill * fleet.Total / Kills) + random.Next(fleet.Total / Kills), TimeSpan.FromMinutes(2));
                await service.KillAsync();
                await service.DisposeAsync();
                service = await ServiceProcess.StartAsync(data.FullName);
                Volatile.Write(ref current, service);
            }

            await devices;
            await fleet.AssertWindowsAsync(service);
            await fleet.AssertObservationsAsync(service);
            await fleet.AssertLedgerAsync(service);
        }
        finally
        {
            await service.DisposeAsync();
        }
    }
}
