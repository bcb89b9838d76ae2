using System.Globalization;
using System.Text;
using TrafficCore.IntegrationTests.Acceptance;
using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Client;

/// <summary>The client and the service that is killed under it: what was handed to the client is stored once.</summary>
public sealed class ClientOnServiceTests
{
    private const int Readings = 4000;
    private const int Kills = 4;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task Readings_ServiceIsKilled_AreStoredOnce(MqttVersion version)
    {
        using var data = new TemporaryDirectory();
        var service = await ServiceProcess.StartAsync(data.FullName);
        try
        {
            var port = service.MqttPort;
            await using var client = ReconnectingMqttClient.Start(
                new MqttClientOptions { Host = "127.0.0.1", Port = port, ClientId = "device", Version = version, SessionExpiry = TimeSpan.FromHours(1) },
                new ReconnectOptions { FirstPause = TimeSpan.FromMilliseconds(50), LongestPause = TimeSpan.FromMilliseconds(500) },
                new Random(1));
            var publishing = PublishAsync(client);
            for (var kill = 1; kill <= Kills; kill++)
            {
                await Eventually.ReachesAsync(
                    () => Task.FromResult(client.Counts.Acknowledged >= Readings / (Kills + 1) * kill ? null : client.Counts.ToString()), Limit);
                await service.KillAsync();
                await service.DisposeAsync();
                service = await ServiceProcess.StartAsync(data.FullName, $"--Mqtt:Port={port.ToString(CultureInfo.InvariantCulture)}");
            }

            await publishing;
            await client.DrainAsync().WaitAsync(Limit);
            Assert.Equal((Readings, 0), (client.Counts.Acknowledged, client.Counts.Refused));
            using var api = new ServiceApi(service.Http);
            await Eventually.ReachesAsync(
                async () => (await api.LedgerAsync()) is var ledger && ledger.GetProperty("stored").GetInt64() == Readings && ledger.GetProperty("unexplained").GetInt64() == 0
                    ? null
                    : ledger.ToString(),
                Limit);
        }
        finally
        {
            await service.DisposeAsync();
        }
    }

    /// <summary>QoS 1 and 2 in turn.</summary>
    private static async Task PublishAsync(ReconnectingMqttClient client)
    {
        var start = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - (Readings * 1000L);
        for (var i = 0; i < Readings; i++)
        {
            var payload = string.Create(CultureInfo.InvariantCulture, $"{{\"ts\":{start + (i * 1000L)},\"interval\":1000,\"volume\":{i % 10}}}");
            var publication = new MqttPublication("traffic/v1/a/detector/d", Encoding.UTF8.GetBytes(payload), (QualityOfService)(1 + (i % 2)));
            await client.EnqueueAsync(publication).AsTask().WaitAsync(Limit);
        }
    }
}
