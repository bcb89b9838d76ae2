using System.Runtime.CompilerServices;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

/// <summary>Collects bytes of the transport and cuts packets out of them.</summary>
/// <remarks>Ownership: the reading loop alone.</remarks>
internal sealed class FrameBuffer
{
    // Idle clients by the thousand keep the smaller one; whoever has its buffer filled by a read gets the next size: fewer reads under load.
    private const int InitialBytes = 4 * 1024;
    private const int LargestBytes = 64 * 1024;

    private readonly Stream _stream;
    private readonly int _maxPacketSize;
    private byte[] _bytes = new byte[InitialBytes];
    private int _start;
    private int _end;
    private bool _wasFilled;

    public FrameBuffer(Stream stream, int maxPacketSize)
    {
        _stream = stream;
        _maxPacketSize = maxPacketSize;
    }

    /// <summary>Whether a part of a packet is left when the stream ends.</summary>
    public bool HasRest => _end > _start;

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
                MakeRoom(header.TotalLength);
                return false;
            case FrameStatus.TooLarge:
                throw new MqttProtocolException(ReasonCode.PacketTooLarge, $"A packet of {header.TotalLength} bytes is over the limit");
            default:
                throw new MqttProtocolException(ReasonCode.MalformedPacket, "What was received is not an MQTT packet");
        }
    }

    /// <summary>The packet that was taken last is to be taken again.</summary>
    public void PutBack(in FrameHeader header) => _start -= header.TotalLength;

    /// <summary>Waits for more bytes; false when the broker closed the connection. At device rates each message is a wait of its own: it allocates nothing.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> FillAsync(CancellationToken cancellation)
    {
        var count = await _stream.ReadAsync(_bytes.AsMemory(_end), cancellation);
        _end += count;
        _wasFilled = _end == _bytes.Length;
        return count > 0;
    }

    /// <summary>
    /// Moves what is left to the front, and grows the buffer when a packet of that size does not fit or the last read filled it. The declared
    /// size has passed the limit; memory for it is taken as its bytes come, at most double of what is there.
    /// </summary>
    private void MakeRoom(int packet)
    {
        var rest = _end - _start;
        var wanted = _wasFilled ? Math.Min(_bytes.Length * 2, Math.Max(packet, LargestBytes)) : _bytes.Length;
        _wasFilled = false;
        var target = wanted > _bytes.Length ? new byte[wanted] : _bytes;
        _bytes.AsSpan(_start, rest).CopyTo(target);
        _bytes = target;
        _start = 0;
        _end = rest;
    }
}
