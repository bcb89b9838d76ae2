using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.TestKit.Mqtt;

/// <summary>The broker's end of one connection: reads what the client sends packet by packet, and sends exactly what the test says.</summary>
/// <remarks>Ownership: the test. Works over memory and over sockets.</remarks>
public sealed class ScriptedPeer(Stream stream, MqttVersion version) : IDisposable
{
    /// <summary>Longer than anything takes on a busy machine.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly List<byte> received = [];
    private readonly byte[] buffer = new byte[16 * 1024];

    /// <summary>The bytes themselves.</summary>
    public Stream Stream => stream;

    /// <summary>The next packet, described by <see cref="PacketText"/>; "closed" at the end of the stream.</summary>
    /// <exception cref="OperationCanceledException">Nothing came.</exception>
    public async Task<string> ReadAsync()
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (true)
        {
            if (TryTake(out var packet))
            {
                return packet;
            }

            int count;
            try
            {
                count = await stream.ReadAsync(buffer, timeout.Token).ConfigureAwait(false);
            }
            catch (IOException)
            {
                count = 0;
            }

            if (count == 0)
            {
                return "closed";
            }

            received.AddRange(buffer.AsSpan(0, count));
        }
    }

    /// <summary>Reads as many packets.</summary>
    public async Task<List<string>> ReadAsync(int count)
    {
        var packets = new List<string>(count);
        while (packets.Count < count)
        {
            packets.Add(await ReadAsync().ConfigureAwait(false));
        }

        return packets;
    }

    /// <summary>Reads CONNECT and consents.</summary>
    /// <returns>The CONNECT.</returns>
    public async Task<string> WelcomeAsync(bool sessionPresent = false, byte[]? properties = null)
    {
        var connect = await ReadAsync().ConfigureAwait(false);
        await SendAsync(output => MqttEncoder.Connack(output, version, sessionPresent, ReasonCode.Success, properties)).ConfigureAwait(false);
        return connect;
    }

    /// <summary>Sends a message.</summary>
    public Task PublishAsync(string topic, string payload, int qos = 0, ushort id = 0, bool duplicate = false, byte[]? properties = null, bool retain = false) =>
        SendAsync(output => MqttEncoder.Publish(
            output, version, Encoding.UTF8.GetBytes(topic), Encoding.UTF8.GetBytes(payload), (QualityOfService)qos, id, retain, duplicate, properties));

    /// <summary>Sends PUBACK, PUBREC, PUBREL or PUBCOMP.</summary>
    public Task AckAsync(PacketType type, ushort id, ReasonCode reason = ReasonCode.Success, byte[]? properties = null) =>
        SendAsync(output => MqttEncoder.Ack(output, type, version, id, reason, properties));

    /// <summary>Sends SUBACK for one filter.</summary>
    public Task SubackAsync(ushort id, ReasonCode reason = ReasonCode.GrantedQoS1) => SendAsync(output => MqttEncoder.Suback(output, version, id, [reason]));

    /// <summary>Sends what an encoder writes.</summary>
    public Task SendAsync(Action<IBufferWriter<byte>> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return SendAsync(output.WrittenMemory);
    }

    /// <summary>Sends bytes as they are.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await stream.WriteAsync(bytes).ConfigureAwait(false);

    /// <summary>Drops the connection.</summary>
    public void Dispose() => stream.Dispose();

    private bool TryTake(out string packet)
    {
        packet = "";
        var bytes = CollectionsMarshal.AsSpan(received);
        var status = MqttFrame.TryRead(bytes, 1 << 28, out var header);
        if (status == FrameStatus.Incomplete)
        {
            return false;
        }

        if (status != FrameStatus.Whole)
        {
            throw new InvalidDataException("The client sent a malformed stream.");
        }

        packet = PacketText.Describe(header, bytes.Slice(header.HeaderLength, header.BodyLength), version);
        received.RemoveRange(0, header.TotalLength);
        return true;
    }
}
