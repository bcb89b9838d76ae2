using System.Buffers;
using System.Diagnostics;
using System.Text;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Tests.Mqtt.Broker;

/// <summary>Everything runs on the test's thread, so its allocations can be counted: the path of a reading that nobody subscribes to has none.</summary>
public sealed class SteadyStateTests
{
    private const int Rounds = 500;
    private const int PerRead = 16;

    /// <summary>Runs until one allocates nothing: code that is not optimised yet does, and the runtime puts optimising off while the tests beside this one are still being compiled.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(0, MqttVersion.V311)]
    [InlineData(1, MqttVersion.V311)]
    [InlineData(1, MqttVersion.V5)]
    public async Task Publish_WithoutSubscribers_AllocatesNothing(int qos, MqttVersion version)
    {
        await using var piped = new PipedBroker(TimeProvider.System);
        await piped.ConnectAsync(version);
        var burst = new ArrayBufferWriter<byte>();
        for (ushort id = 1; id <= PerRead; id++)
        {
            var topic = Encoding.UTF8.GetBytes("traffic/v1/i1/detector/d" + (id % 4));
            MqttEncoder.Publish(burst, version, topic, "{\"ts\":1,\"volume\":3}"u8, (QualityOfService)qos, id);
        }

        long acknowledged = 0, allocated = long.MaxValue;
        var attempts = 0;
        var start = Stopwatch.GetTimestamp();
        for (; allocated / (Rounds * PerRead) != 0 && Stopwatch.GetElapsedTime(start) < Patience; attempts++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Rounds; i++)
            {
                piped.Input.Write(burst.WrittenSpan);
                await piped.Input.FlushAsync();
                acknowledged += piped.Drain(); // not asserted here: assertions allocate
            }

            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, allocated / (Rounds * PerRead));
        Assert.Equal(qos == 0 ? 0 : 4L * attempts * Rounds * PerRead, acknowledged);
        Assert.Equal((long)attempts * Rounds * PerRead, piped.Broker.Statistics.PublishesReceived);
    }
}
