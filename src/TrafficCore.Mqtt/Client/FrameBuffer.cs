using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

/// <summary>Collects bytes of the socket and cuts packets out of them.</summary>
/// <remarks>Ownership: the reading loop alone.</remarks>
internal sealed class FrameBuffer
{
    private readonly Stream _stream;
    private readonly int _maxPacketSize;
    private byte[] _bytes = new byte[16 * 1024];
    private int _start;
    private int _end;

    public FrameBuffer(Stream stream, int maxPacketSize)
    {
        _stream = stream;
        _maxPacketSize = maxPacketSize;
    }

    /// <summary>The next whole packet among the bytes that are there; its body is valid until the next call.</summary>
    /// <exception cref="MqttProtocolException">What comes next is not a packet, or is too large.</exception>
    public bool TryTake(out FrameHeader header, out ReadOnlySpan<byte> body)
    {
        var available = _bytes.AsSpan(_start, _end - _start);
        var status = MqttFrame.TryRead(available, _maxPacketSize, out header);
        body = default;
        switch (status)
        {
            case FrameStatus.Whole:
                body = available.Slice(header.HeaderLength, header.BodyLength);
                _start += header.TotalLength;
                return true;
            case FrameStatus.Incomplete:
                MakeRoom(Math.Max(header.TotalLength, 1024));
                return false;
            case FrameStatus.TooLarge:
                throw new MqttProtocolException(ReasonCode.PacketTooLarge, $"A packet of {header.TotalLength} bytes is over the limit");
            default:
                throw new MqttProtocolException(ReasonCode.MalformedPacket, "What was received is not an MQTT packet");
        }
    }

    /// <summary>Waits for more bytes; false when the broker closed the connection.</summary>
    public async ValueTask<bool> FillAsync(CancellationToken cancellation)
    {
        var count = await _stream.ReadAsync(_bytes.AsMemory(_end), cancellation);
        _end += count;
        return count > 0;
    }

    /// <summary>Moves what is left to the front, and grows the buffer when a packet of that size does not fit.</summary>
    private void MakeRoom(int packet)
    {
        var rest = _end - _start;
        var target = packet > _bytes.Length ? new byte[packet] : _bytes;
        _bytes.AsSpan(_start, rest).CopyTo(target);
        _bytes = target;
        _start = 0;
        _end = rest;
    }
}
