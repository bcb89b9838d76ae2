using TrafficCore.Mqtt.Broker;
using TrafficCore.Mqtt.Wire;
using TrafficCore.TestKit.Mqtt;
using TrafficCore.Tests.Mqtt.Wire;

namespace TrafficCore.Tests.Mqtt.Broker;

/// <summary>
/// A whole broker (codec, session, routing, output) and clients that send damaged packets, without sockets: each connection ends with a reason or goes on,
/// nothing fails inside, and no declared length is believed.
/// </summary>
public sealed class MutatedClientTests
{
    /// <summary>Packets in all, about 20 s. TRAFFICCORE_FUZZ_CASES runs longer, TRAFFICCORE_FUZZ_SEED others.</summary>
    private static readonly int Cases = PacketMutation.Setting("TRAFFICCORE_FUZZ_CASES", 1_000_000);

    private static readonly int Seed = PacketMutation.Setting("TRAFFICCORE_FUZZ_SEED", 20_260_101);

    [Fact]
    public async Task Broker_OfMutatedPackets_NeverFailsAndNeverGrows()
    {
        var random = new Random(Seed);
        var packets = 0;
        long ended = 0;
        while (packets < Cases)
        {
            using var log = new CollectedLog();
            await using var piped = new PipedBroker(new ManualTime(), new BrokerOptions { MaxPacketSize = 4096 }, log.Loggers);
            var version = random.Next(2) == 0 ? MqttVersion.V5 : MqttVersion.V311;
            if (random.Next(20) != 0)
            {
                await piped.ConnectAsync(version);
            }

            for (var i = 0; i < 64 && !piped.Running.IsCompleted; i++)
            {
                await piped.SendAsync(PacketMutation.Next(random, version, damaged: random.Next(4) == 0));
                piped.Drain();
                packets++;
            }

            ended += piped.Running.IsCompleted ? 1 : 0;
            Assert.True(piped.Broker.Metrics.ClosedCount(CloseReason.Fault) == 0, $"seed {Seed}, packet {packets}: {string.Join('\n', log.Lines.TakeLast(3))}");
        }

        Assert.True(ended > 100, "Hardly anything was refused.");
    }
}
