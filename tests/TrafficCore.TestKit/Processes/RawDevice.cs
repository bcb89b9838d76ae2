using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TrafficCore.TestKit.Processes;

/// <summary>
/// A device that speaks MQTT 3.1.1 with a few dozen bytes of hand-made packets, sharing no code with the product: what it counts as
/// acknowledged is independent evidence.
/// </summary>
/// <remarks>Ownership: one task. Publishes with QoS 1, a window of packets in flight.</remarks>
public sealed class RawDevice : IDisposable
{
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] buffer = new byte[4096];
    private int buffered;

    /// <summary>Time from one publication to the next; zero sends as fast as acknowledgements come.</summary>
    public TimeSpan Pace { get; init; }

    /// <summary>Connects with a clean session.</summary>
    /// <exception cref="SocketException">No listener, or the connection was cut.</exception>
    /// <exception cref="IOException">The answer was not an accepting CONNACK.</exception>
    public async Task ConnectAsync(int port, string clientId, CancellationToken ct)
    {
        await socket.ConnectAsync(IPAddress.Loopback, port, ct).ConfigureAwait(false);
        var id = Encoding.UTF8.GetBytes(clientId);
        byte[] body = [0, 4, .. "MQTT"u8, 4, 2, 0, 0, (byte)(id.Length >> 8), (byte)id.Length, .. id];
        await SendAsync([0x10, (byte)body.Length, .. body], ct).ConfigureAwait(false);
        var answer = await ReadPacketAsync(ct).ConfigureAwait(false);
        if (answer.Length != 4 || answer[0] != 0x20 || answer[3] != 0)
        {
            throw new IOException("CONNECT was refused: " + Convert.ToHexString(answer));
        }
    }

    /// <summary>Publishes payloads in order and calls back for each acknowledged one.</summary>
    /// <param name="topic">Topic of all payloads.</param>
    /// <param name="payloads">What to publish.</param>
    /// <param name="window">Packets in flight at most.</param>
    /// <param name="acknowledged">Called with the index of each acknowledged payload, in order.</param>
    /// <param name="ct">Ends the exchange.</param>
    public async Task PublishAllAsync(string topic, IReadOnlyList<byte[]> payloads, int window, Action<int> acknowledged, CancellationToken ct)
    {
        var (sent, acked) = (0, 0);
        using var pacer = Pace > TimeSpan.Zero ? new PeriodicTimer(Pace) : null;
        while (acked < payloads.Count)
        {
            while (sent < payloads.Count && sent - acked < window)
            {
                await SendAsync(Publish(topic, PacketId(sent), payloads[sent]), ct).ConfigureAwait(false);
                sent++;
                if (pacer is not null)
                {
                    await pacer.WaitForNextTickAsync(ct).ConfigureAwait(false);
                }
            }

            var packet = await ReadPacketAsync(ct).ConfigureAwait(false);
            var expected = PacketId(acked);
            if (packet[0] != 0x40 || BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(2)) != expected)
            {
                throw new IOException($"Expected PUBACK {expected}, got {Convert.ToHexString(packet)}");
            }

            acknowledged(acked++);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();

    private static ushort PacketId(int index) => (ushort)((index % 65_000) + 1);

    private static byte[] Publish(string topic, ushort packetId, byte[] payload)
    {
        var name = Encoding.UTF8.GetBytes(topic);
        byte[] body = [(byte)(name.Length >> 8), (byte)name.Length, .. name, (byte)(packetId >> 8), (byte)packetId, .. payload];
        byte[] length = body.Length < 128 ? [(byte)body.Length] : [(byte)(body.Length & 127 | 128), (byte)(body.Length >> 7)];
        return [0x32, .. length, .. body];
    }

    private async Task SendAsync(byte[] bytes, CancellationToken ct)
    {
        for (var sent = 0; sent < bytes.Length;)
        {
            sent += await socket.SendAsync(bytes.AsMemory(sent), ct).ConfigureAwait(false);
        }
    }

    private async Task<byte[]> ReadPacketAsync(CancellationToken ct)
    {
        while (buffered < 2 || buffered < 2 + buffer[1])
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(buffered), ct).ConfigureAwait(false);
            if (read == 0)
            {
                throw new IOException("The service closed the connection.");
            }

            buffered += read;
        }

        var packet = buffer.AsSpan(0, 2 + buffer[1]).ToArray();
        buffer.AsSpan(packet.Length, buffered - packet.Length).CopyTo(buffer);
        buffered -= packet.Length;
        return packet;
    }
}
