using System.Buffers;
using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Tests.Mqtt.Client;

/// <summary>A broker whose bytes are damaged: the connection goes on or ends with a reason, and nothing else ever happens.</summary>
public sealed class MutatedBrokerTests
{
    private const int Cases = 3000;

    [Fact]
    public async Task Connection_DamagedStream_EndsWithAReasonOrGoesOn()
    {
        var random = new Random(20_261_128);
        var ended = 0;
        for (var i = 0; i < Cases; i++)
        {
            var rig = new ClientRig();
            var version = i % 2 == 0 ? MqttVersion.V5 : MqttVersion.V311;
            var (client, peer) = await rig.ConnectAsync(rig.Options(version) with { MaxPacketSize = 4096, ReceiveMaximum = 4 });
            await using var _ = client;
            var pending = new List<Task> { client.PublishAsync(ClientRig.Publication("a")), client.PublishAsync(ClientRig.Publication("b", qos: 2)), client.SubscribeAsync("t") };
            var bytes = Damage(random, Conversation(version));
            try
            {
                await peer.SendAsync(bytes);
            }
            catch (InvalidOperationException)
            {
                // The client has closed its end while the rest was being written.
            }

            peer.Dispose();
            var why = await ClientRig.SoonAsync(client.Completion);
            Assert.True(why is not null, $"case {i}, {Convert.ToHexString(bytes)}");
            ended += why.Reason is null ? 0 : 1;
            foreach (var task in pending)
            {
                // Each was answered, or is told that it will not be.
                await ClientRig.SoonAsync(Task.WhenAny(task));
                Assert.True(task.IsCompletedSuccessfully || task.Exception?.InnerException is MqttConnectionException, $"case {i}: {task.Exception}");
            }
        }

        Assert.InRange(ended, Cases / 5, Cases);
    }

    private static byte[] Conversation(MqttVersion version)
    {
        var output = new ArrayBufferWriter<byte>();
        var properties = version == MqttVersion.V5 ? ClientRig.Properties((PropertyId.SubscriptionIdentifier, 1), (PropertyId.TopicAlias, 1)) : [];
        MqttEncoder.Ack(output, PacketType.Puback, version, 1);
        MqttEncoder.Suback(output, version, 65, [ReasonCode.GrantedQoS1]);
        MqttEncoder.Publish(output, version, "t"u8, "one"u8, QualityOfService.AtLeastOnce, 1, properties: properties);
        MqttEncoder.Publish(output, version, "t"u8, "two"u8, QualityOfService.ExactlyOnce, 2);
        MqttEncoder.Ack(output, PacketType.Pubrec, version, 2);
        MqttEncoder.Ack(output, PacketType.Pubrel, version, 2);
        MqttEncoder.Ack(output, PacketType.Pubcomp, version, 2);
        MqttEncoder.Pingresp(output);
        MqttEncoder.Unsuback(output, version, 66, [ReasonCode.Success]);
        return output.WrittenSpan.ToArray();
    }

    private static byte[] Damage(Random random, byte[] bytes)
    {
        var damaged = bytes.ToList();
        for (var n = random.Next(1, 4); n > 0; n--)
        {
            var at = random.Next(damaged.Count);
            switch (random.Next(4))
            {
                case 0:
                    damaged[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    damaged[at] = (byte)random.Next(256);
                    break;
                case 2:
                    damaged.RemoveAt(at);
                    break;
                default:
                    damaged.Insert(at, (byte)random.Next(256));
                    break;
            }
        }

        return [.. damaged];
    }
}
