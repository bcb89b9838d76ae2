using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TrafficCore.LoadBench.Fleet;

/// <summary>One MQTT 3.1.1 connection that publishes at QoS 1, a packet a write as devices do, and tells which message was acknowledged. Shares no code with the product.</summary>
/// <remarks>Ownership: one thread sends; the receiving task reads and alone says what was acknowledged.</remarks>
internal sealed class FleetConnection : IAsyncDisposable
{
    /// <summary>Messages that may wait for their acknowledgement: more than the service takes in for a second at any rate that is measured.</summary>
    private const int Window = 1024;

    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(20);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _packet = new byte[512];
    private readonly long[] _messages = new long[Window];
    private readonly Action<long> _acknowledged;
    private int _sent;
    private int _answered;
    private Task _receiving = Task.CompletedTask;

    private FleetConnection(Action<long> acknowledged) => _acknowledged = acknowledged;

    /// <summary>Ends with an error when the service closes the connection or answers with what was not asked for.</summary>
    public Task Receiving => _receiving;

    /// <summary>Connects and waits for the CONNACK.</summary>
    /// <exception cref="BenchException">The service refuses.</exception>
    public static async Task<FleetConnection> OpenAsync(int port, string client, Action<long> acknowledged)
    {
        var connection = new FleetConnection(acknowledged);
        try
        {
            using var limit = new CancellationTokenSource(ConnectLimit);
            await connection._socket.ConnectAsync(IPAddress.Loopback, port, limit.Token);
            await connection._socket.SendAsync(Connect(client), limit.Token);
            var answer = new byte[4];
            await connection.ReadExactlyAsync(answer, limit.Token);
            connection._receiving = answer is [0x20, 2, _, 0]
                ? connection.ReceiveAsync()
                : throw new BenchException($"the service refused a connection: {Convert.ToHexString(answer)}");
            return connection;
        }
        catch
        {
            connection._socket.Dispose();
            throw;
        }
    }

    /// <summary>Publishes; waits while the window is full.</summary>
    /// <param name="message">What the acknowledgement will be told with.</param>
    /// <param name="topic">Topic, UTF-8.</param>
    /// <param name="payload">Payload; with the topic at most 400 bytes.</param>
    public void Publish(long message, ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload)
    {
        while (_sent - Volatile.Read(ref _answered) >= Window && !_receiving.IsCompleted)
        {
            Thread.Sleep(1);
        }

        var slot = _sent++ % Window;
        Volatile.Write(ref _messages[slot], message);
        var length = 2 + topic.Length + 2 + payload.Length;
        _packet[0] = 0x32;
        var at = 1;
        for (var rest = length; rest > 0; rest >>= 7)
        {
            _packet[at++] = (byte)(rest > 0x7f ? rest | 0x80 : rest);
        }

        BinaryPrimitives.WriteUInt16BigEndian(_packet.AsSpan(at), (ushort)topic.Length);
        topic.CopyTo(_packet.AsSpan(at + 2));
        BinaryPrimitives.WriteUInt16BigEndian(_packet.AsSpan(at + 2 + topic.Length), (ushort)(slot + 1));
        payload.CopyTo(_packet.AsSpan(at + 4 + topic.Length));
        _socket.Send(_packet.AsSpan(0, at + length));
    }

    /// <summary>DISCONNECT, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _socket.SendAsync(new byte[] { 0xe0, 0 });
        }
        catch (SocketException)
        {
            // It is gone already.
        }

        _socket.Dispose();
        await _receiving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>CONNECT with a clean session and a keep-alive of ten minutes: longer than any pause.</summary>
    private static byte[] Connect(string client)
    {
        var id = Encoding.UTF8.GetBytes(client);
        return [0x10, (byte)(12 + id.Length), 0, 4, .. "MQTT"u8, 4, 2, 600 >> 8, 600 & 0xff, (byte)(id.Length >> 8), (byte)id.Length, .. id];
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[4 * Window];
        var have = 0;
        while (true)
        {
            var read = await _socket.ReceiveAsync(buffer.AsMemory(have));
            if (read == 0)
            {
                throw new BenchException("the service closed a connection");
            }

            have += read;
            var used = Acknowledge(buffer.AsSpan(0, have));
            buffer.AsSpan(used, have - used).CopyTo(buffer);
            have -= used;
        }
    }

    private int Acknowledge(ReadOnlySpan<byte> received)
    {
        var used = 0;
        for (; received.Length - used >= 4; used += 4)
        {
            var packet = received.Slice(used, 4);
            var slot = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]) - 1;
            if (packet[0] != 0x40 || packet[1] != 2 || slot is < 0 or >= Window)
            {
                throw new BenchException($"not a PUBACK: {Convert.ToHexString(packet)}");
            }

            _acknowledged(Volatile.Read(ref _messages[slot]));
            Volatile.Write(ref _answered, _answered + 1);
        }

        return used;
    }

    private async Task ReadExactlyAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        while (!buffer.IsEmpty)
        {
            var read = await _socket.ReceiveAsync(buffer, cancellation);
            buffer = read > 0 ? buffer[read..] : throw new BenchException("the service closed a connection before it was open");
        }
    }
}
