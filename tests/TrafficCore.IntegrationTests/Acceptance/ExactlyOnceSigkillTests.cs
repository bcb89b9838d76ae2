using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using TrafficCore.IntegrationTests.Mqtt;
using TrafficCore.Mqtt.Wire;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Acceptance;

/// <summary>
/// QoS 2 over SIGKILL. The readings carry no time of their own, so nothing but the packet id can tell a repeat from a new one: one taken in twice would count twice.
/// </summary>
public sealed class ExactlyOnceSigkillTests
{
    private const string Topic = "traffic/v1/int-1/detector/d-1";
    private const string Reading = """{"interval":1000,"volume":1}""";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    /// <summary>Where in the exchange the service is killed.</summary>
    public enum Moment
    {
        PublishSent,
        PubrecReceived,
        PubrelSent,
        PubcompReceived,
    }

    [Theory]
    [InlineData(Moment.PublishSent)]
    [InlineData(Moment.PubrecReceived)]
    [InlineData(Moment.PubrelSent)]
    [InlineData(Moment.PubcompReceived)]
    public async Task Exchange_KilledAtAMoment_StoresTheReadingOnce(Moment moment)
    {
        using var data = new TemporaryDirectory();
        await using (var killed = await ServiceProcess.StartAsync(data.FullName))
        {
            using var client = await ConnectAsync(killed, isPresent: false);
            await client.PublishAsync(Topic, Reading, 2, 7);
            if (moment >= Moment.PubrecReceived)
            {
                Assert.Equal("Pubrec 7 00", await client.ReadAsync());
            }

            if (moment >= Moment.PubrelSent)
            {
                await client.AckAsync(PacketType.Pubrel, 7);
            }

            if (moment >= Moment.PubcompReceived)
            {
                Assert.Equal("Pubcomp 7 00", await client.ReadAsync());
            }

            await killed.KillAsync();
        }

        await using var service = await ServiceProcess.StartAsync(data.FullName);

        // A PUBREC says that the session is on disk; before it, nothing was promised.
        using (var client = await ConnectAsync(service, isPresent: moment >= Moment.PubrecReceived ? true : null))
        {
            if (moment < Moment.PubrelSent)
            {
                await client.PublishAsync(Topic, Reading, 2, 7, duplicate: true);
                Assert.Equal("Pubrec 7 00", await client.ReadAsync());
            }

            if (moment < Moment.PubcompReceived)
            {
                await client.AckAsync(PacketType.Pubrel, 7);
                Assert.Equal("Pubcomp 7 00", await client.ReadAsync());
            }

            await AssertStoredAsync(service, 1);

            // The id is free again: the next message that bears it is another one.
            await client.PublishAsync(Topic, Reading, 2, 7);
            Assert.Equal("Pubrec 7 00", await client.ReadAsync());
            await AssertStoredAsync(service, 2);
        }
    }

    [Fact]
    public async Task Exchanges_SigkillAtRandomMoments_StoreEachReadingOnce()
    {
        const int Readings = 400;
        const int Kills = 4;
        using var data = new TemporaryDirectory();
        var service = await ServiceProcess.StartAsync(data.FullName);
        try
        {
            using var done = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            var (current, completed) = (service, 0);
            var device = RunDeviceAsync(() => Volatile.Read(ref current), Readings, count => Volatile.Write(ref completed, count), done.Token);
            var random = new Random(20261128);
            for (var kill = 0; kill < Kills; kill++)
            {
                var moment = (kill * Readings / Kills) + random.Next(Readings / Kills);
                await Eventually.ReachesAsync(
                    async () =>
                    {
                        await (device.IsFaulted ? device : Task.CompletedTask);
                        return Volatile.Read(ref completed) >= moment ? null : $"{completed} completed";
                    },
                    Patience);
                await service.KillAsync();
                await service.DisposeAsync();
                service = await ServiceProcess.StartAsync(data.FullName);
                Volatile.Write(ref current, service);
            }

            await device;
            await AssertStoredAsync(service, Readings);
        }
        finally
        {
            await service.DisposeAsync();
        }
    }

    private static Task<RawClient> ConnectAsync(ServiceProcess service, bool? isPresent) =>
        RawClient.ConnectAsync(service.MqttPort, "device", clean: false, expectPresent: isPresent);

    // One exchange after the other, each resumed on the next connection where it stood.
    private static async Task RunDeviceAsync(Func<ServiceProcess> service, int readings, Action<int> completed, CancellationToken ct)
    {
        var (next, isReceived, isRepeat) = (0, false, false);
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (next < readings)
        {
            try
            {
                using var client = await RawClient.OpenAsync(service().MqttPort);
                await client.SendAsync(RawClient.Encode(o => MqttEncoder.Connect(o, new ConnectPacket { Version = MqttVersion.V311, ClientId = "device"u8 })));
                await ExpectAsync(client, next > 0 || isReceived ? "CONNACK sp=True Success" : null);
                while (next < readings)
                {
                    var id = (ushort)(next + 1);
                    if (!isReceived)
                    {
                        await client.PublishAsync(Topic, Reading, 2, id, duplicate: isRepeat);
                        isRepeat = true;
                        await ExpectAsync(client, $"Pubrec {id} 00");
                        isReceived = true;
                    }

                    await client.AckAsync(PacketType.Pubrel, id);
                    await ExpectAsync(client, $"Pubcomp {id} 00");
                    (isReceived, isRepeat) = (false, false);
                    completed(++next);
                }
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                await retry.WaitForNextTickAsync(ct);
            }
        }
    }

    /// <param name="client">Who waits.</param>
    /// <param name="packet">For what; null: a CONNACK that lets it in, with a session or without.</param>
    private static async Task ExpectAsync(RawClient client, string? packet)
    {
        var answer = await client.ReadAsync();
        if (answer == "closed")
        {
            throw new IOException("The service is gone.");
        }

        Assert.Equal(packet ?? "CONNACK sp=", packet is null ? answer[..11] : answer);
    }

    private static async Task AssertStoredAsync(ServiceProcess service, long expected)
    {
        using var api = new ServiceApi(service.Http);
        JsonElement ledger = default;
        await Eventually.ReachesAsync(
            async () =>
            {
                ledger = await api.LedgerAsync();
                var stored = Count("stored");
                return stored >= expected && Count("inFlight") == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{stored} stored");
            },
            Patience);
        Assert.Equal((expected, expected, 0, 0), (Count("received"), Count("stored"), Count("duplicate"), Count("unexplained")));

        long Count(string name) => ledger.GetProperty(name).GetInt64();
    }
}
