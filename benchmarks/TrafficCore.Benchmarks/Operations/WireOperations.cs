using System.Buffers;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Benchmarks.Operations;

/// <summary>Cuts a socket read into packets and decodes each PUBLISH.</summary>
internal sealed class PublishDecode : HotOperation
{
    private readonly byte[] _read = SamplePackets.Read(device: 0);

    public override string Name => "publish-decode";

    public override int Items => SamplePackets.PerRead;

    /// <summary>Keeps the work from being optimised away.</summary>
    public int Sum { get; private set; }

    public override void Run()
    {
        var rest = _read.AsSpan();
        while (MqttFrame.TryRead(rest, 1 << 20, out var header) == FrameStatus.Whole)
        {
            var publish = PublishView.Decode(header.First, rest.Slice(header.HeaderLength, header.BodyLength), MqttVersion.V311);
            Sum += publish.Topic.Length + publish.Payload.Length + publish.PacketId;
            rest = rest[header.TotalLength..];
        }
    }
}

/// <summary>Encodes a PUBLISH, as the client and the routing to subscribers do.</summary>
internal sealed class PublishEncode : HotOperation
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly byte[] _topic = SamplePackets.Topic(device: 0);
    private readonly byte[] _payload = SamplePackets.Payload();

    public override string Name => "publish-encode";

    public override void Run()
    {
        _buffer.ResetWrittenCount();
        MqttEncoder.Publish(_buffer, MqttVersion.V5, _topic, _payload, QualityOfService.AtLeastOnce, 7);
    }
}

/// <summary>Encodes the acknowledgements of one socket read.</summary>
internal sealed class PubackEncode : HotOperation
{
    private readonly byte[] _buffer = new byte[SamplePackets.PerRead * 5];

    public override string Name => "puback-encode";

    public override int Items => SamplePackets.PerRead;

    public override void Run()
    {
        var rest = _buffer.AsSpan();
        for (ushort id = 1; id <= SamplePackets.PerRead; id++)
        {
            rest = rest[MqttEncoder.Ack(rest, PacketType.Puback, MqttVersion.V5, id)..];
        }
    }
}
