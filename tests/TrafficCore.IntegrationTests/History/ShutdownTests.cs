using System.Net;
using System.Net.Sockets;
using TrafficCore.IntegrationTests.Acceptance;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.History;

/// <summary>SIGTERM under load loses nothing and takes at most ten seconds, or says what took longer.</summary>
public sealed class ShutdownTests
{
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Sigterm_UnderFullLoad_EndsInTimeAndEachAcknowledgedReadingIsThereOnce()
    {
        const int Stops = 4;
        var fleet = new DeviceFleet(detectors: 200, readingsPerDevice: 1500, sensors: 10);
        using var directory = new TemporaryDirectory();
        var service = await ServiceProcess.StartAsync(directory["data"]);
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(4));
            var current = service;
            var devices = fleet.RunAsync(() => Volatile.Read(ref current).MqttPort, limit.Token);
            for (var stop = 0; stop < Stops; stop++)
            {
                // The devices go on sending, and go on trying to connect, until the next one is there.
                await fleet.WhenAcknowledgedAsync(((2 * stop) + 1) * fleet.Total / (3 * Stops), TimeSpan.FromMinutes(2));
                Assert.False(devices.IsCompleted, "The load ended before the stop.");
                var began = TimeProvider.System.GetTimestamp();
                Assert.Equal(0, await service.TerminateAsync());
                var took = TimeProvider.System.GetElapsedTime(began);
                Assert.True(took < Promised, $"{took}\n{service.Output}");
                await service.DisposeAsync();
                service = await ServiceProcess.StartAsync(directory["data"]);
                Volatile.Write(ref current, service);
            }

            // What was acknowledged is not sent again: it is there because it was kept.
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

    [Fact]
    public async Task Sigterm_WhileADatabaseNeverAnswers_EndsInTimeAndSaysWhatIsLeft()
    {
        // It takes connections, by the kernel's backlog, and never says a word.
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var fleet = new DeviceFleet(detectors: 20, readingsPerDevice: 300);
        using var directory = new TemporaryDirectory();
        await using var service = await ServiceProcess.StartAsync(directory["data"], $"--Influx:Url=http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}");
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await fleet.RunAsync(() => service.MqttPort, limit.Token);
        await fleet.AssertWindowsAsync(service);

        var began = TimeProvider.System.GetTimestamp();
        Assert.Equal(0, await service.TerminateAsync());

        Assert.True(TimeProvider.System.GetElapsedTime(began) < Promised, service.Output);
        Assert.Matches(@"\[5009\] Stop:Flush is over: [1-9][0-9]* bytes of output are not delivered to influx yet \(.+\); the next start delivers them", service.Output);
        Assert.Matches(@"\[5002\] Stopped in [0-9]+ ms", service.Output);
    }
}
