using System.Buffers;
using System.Text;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Benchmarks.Operations;

/// <summary>Bytes as a device sends them.</summary>
internal static class SamplePackets
{
    /// <summary>Packets in one socket read: what a saturated connection delivers together.</summary>
    public const int PerRead = 16;

    /// <summary>Readings in an array: a minute of one a second.</summary>
    public const int PerArray = 60;

    /// <summary>Detectors of a cabinet.</summary>
    public const int PerCabinet = 24;

    /// <summary>Intersections of a large city.</summary>
    public const int PerCity = 10_000;

    /// <summary>Events that a busy controller has in a second.</summary>
    public const int PerEvents = 20;

    /// <summary>First timestamp of sample payloads: a full hour, where a page and every window begin.</summary>
    public const long Start = 1_763_802_000_000;

    /// <summary>Counting interval, and the step from one reading of a device to its next.</summary>
    public const int StepMs = 1000;

    /// <summary>A usual reading.</summary>
    public static byte[] Payload(long timestamp = Start, int sequence = 1) => Encoding.UTF8.GetBytes(
        $"{{\"ts\":{timestamp},\"interval\":{StepMs},\"seq\":{1_000_000 + sequence},\"volume\":{sequence % 10},\"occupancy\":13.4,\"speed\":41.2,\"lane\":1,\"vendor\":\"acme\"}}");

    public static byte[] Topic(int device) => Encoding.UTF8.GetBytes($"traffic/v1/int-0001/detector/d-{device:0000}");

    /// <summary>A message with a minute's readings of one detector.</summary>
    public static byte[] Array(int device) =>
        Message(Topic(device), $"[{string.Join(',', Enumerable.Range(0, PerArray).Select(i => Encoding.UTF8.GetString(Payload(Start + (i * StepMs), i))))}]");

    /// <summary>A message with a reading of each detector of an intersection.</summary>
    public static byte[] Cabinet(int intersection) => Message(
        Encoding.UTF8.GetBytes($"traffic/v1/int-{intersection:0000}/detectors"),
        $"[{string.Join(',', Enumerable.Range(1, PerCabinet).Select(i => $"{{\"detector\":\"d-{i:00}\",{Encoding.UTF8.GetString(Payload(Start, i))[1..]}"))}]");

    /// <summary>A message with the events of a second: detectors of sixteen channels go on and off.</summary>
    public static byte[] Events(int intersection) => Message(
        Encoding.UTF8.GetBytes($"traffic/v1/int-{intersection:0000}/controller/c-1/events"),
        $"{{\"events\":[{string.Join(',', Enumerable.Range(0, PerEvents).Select(i => $"[{Start + (i * StepMs / PerEvents)},{(i % 2 == 0 ? 82 : 81)},{(i / 2 % 16) + 1}]"))}]}}");

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

    private static byte[] Message(byte[] topic, string payload)
    {
        var buffer = new ArrayBufferWriter<byte>();
        MqttEncoder.Publish(buffer, MqttVersion.V311, topic, Encoding.UTF8.GetBytes(payload), QualityOfService.AtLeastOnce, 1);
        return buffer.WrittenSpan.ToArray();
    }
}
