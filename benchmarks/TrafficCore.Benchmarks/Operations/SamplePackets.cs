using System.Buffers;
using System.Text;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Benchmarks.Operations;

/// <summary>Bytes as a device sends them.</summary>
internal static class SamplePackets
{
    /// <summary>Packets in one socket read: what a saturated connection delivers together.</summary>
    public const int PerRead = 16;

    /// <summary>First timestamp of sample payloads: a full hour, where a page and every window begin.</summary>
    public const long Start = 1_763_802_000_000;

    /// <summary>Counting interval, and the step from one reading of a device to its next.</summary>
    public const int StepMs = 1000;

    /// <summary>A usual reading.</summary>
    public static byte[] Payload(long timestamp = Start, int sequence = 1) => Encoding.UTF8.GetBytes(
        $"{{\"ts\":{timestamp},\"interval\":{StepMs},\"seq\":{1_000_000 + sequence},\"volume\":{sequence % 10},\"occupancy\":13.4,\"speed\":41.2,\"lane\":1,\"vendor\":\"acme\"}}");

    public static byte[] Topic(int device) => Encoding.UTF8.GetBytes($"traffic/v1/int-0001/detector/d-{device:0000}");

    /// <summary>One socket read.</summary>
    public static byte[] Read(int device)
    {
        var buffer = new ArrayBufferWriter<byte>();
        for (var i = 0; i < PerRead; i++)
        {
            MqttEncoder.Publish(buffer, MqttVersion.V311, Topic(device), Payload(Start + (i * StepMs), i), QualityOfService.AtLeastOnce, (ushort)(i + 1));
        }

        return buffer.WrittenSpan.ToArray();
    }
}
