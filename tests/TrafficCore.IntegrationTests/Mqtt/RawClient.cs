using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;
using TrafficCore.Mqtt.Wire;
using TrafficCore.TestKit.Mqtt;

namespace TrafficCore.IntegrationTests.Mqtt;

/// <summary>A socket and the codec: sends exactly what the test says and reads packet by packet.</summary>
internal sealed class RawClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly List<byte> _received = [];
    private readonly byte[] _buffer = new byte[64 * 1024];

    private RawClient(MqttVersion version) => Version = version;

    public MqttVersion Version { get; }

    public Socket Socket => _socket;

    /// <summary>The last reason in words that the server gave; packets are compared without it.</summary>
    public string? Words { get; private set; }

    public static async Task<RawClient> OpenAsync(int port, MqttVersion version = MqttVersion.V311, int receiveBuffer = 0)
    {
        var client = new RawClient(version);
        if (receiveBuffer > 0)
        {
            client._socket.ReceiveBufferSize = receiveBuffer;
        }

        await client._socket.ConnectAsync(IPAddress.Loopback, port);
        return client;
    }

    /// <summary>What the server answers a new connection that sends this, or nothing. A refusal can come so soon that connecting or sending already sees the reset.</summary>
    public static async Task<string> OpenAndReadAsync(int port, MqttVersion version = MqttVersion.V311, byte[]? first = null)
    {
        try
        {
            using var client = await OpenAsync(port, version);
            await client.SendAsync(first ?? []);
            return await client.ReadAsync();
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            return "closed";
        }
    }

    /// <summary>Opens, sends CONNECT and returns with the CONNACK read.</summary>
    public static async Task<RawClient> ConnectAsync(
        int port, string id, MqttVersion version = MqttVersion.V311, bool clean = true, ushort keepAlive = 0, byte[]? properties = null,
        (string Topic, string Payload, bool Retain, byte[] Properties)? will = null, bool? expectPresent = null)
    {
        var client = await OpenAsync(port, version);
        await client.SendAsync(Encode(output => MqttEncoder.Connect(output, new ConnectPacket
        {
            Version = version,
            ClientId = Encoding.UTF8.GetBytes(id),
            CleanStart = clean,
            KeepAliveSeconds = keepAlive,
            Properties = properties,
            WillTopic = will is null ? default : Encoding.UTF8.GetBytes(will.Value.Topic),
            WillPayload = will is null ? default : Encoding.UTF8.GetBytes(will.Value.Payload),
            WillProperties = will is null ? default : will.Value.Properties,
            WillRetain = will?.Retain ?? false,
            WillQoS = will is null ? QualityOfService.AtMostOnce : QualityOfService.AtLeastOnce,
        })));
        var answer = await client.ReadAsync();
        Assert.StartsWith("CONNACK", answer, StringComparison.Ordinal);
        Assert.Contains(" Success", answer, StringComparison.Ordinal);
        if (expectPresent is { } present)
        {
            Assert.StartsWith($"CONNACK sp={present}", answer, StringComparison.Ordinal);
        }

        return client;
    }

    public static byte[] Encode(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return output.WrittenSpan.ToArray();
    }

    public byte[] Publish(string topic, string payload, int qos = 0, ushort id = 0, bool retain = false, bool duplicate = false, byte[]? properties = null) =>
        Encode(output => MqttEncoder.Publish(
            output, Version, Encoding.UTF8.GetBytes(topic), Encoding.UTF8.GetBytes(payload), (QualityOfService)qos, id, retain, duplicate, properties));

    public Task PublishAsync(string topic, string payload, int qos = 0, ushort id = 0, bool retain = false, bool duplicate = false, byte[]? properties = null) =>
        SendAsync(Publish(topic, payload, qos, id, retain, duplicate, properties));

    public Task AckAsync(PacketType type, ushort id) => SendAsync(Encode(output => MqttEncoder.Ack(output, type, Version, id)));

    public async Task<string> SubscribeAsync(string filter, SubscribeOptions options = default, byte[]? properties = null)
    {
        await SendAsync(Encode(output => MqttEncoder.Subscribe(output, Version, 77, [Encoding.UTF8.GetBytes(filter)], [options], properties)));
        return await ReadAsync();
    }

    public async Task SendAsync(byte[] bytes)
    {
        using var timeout = new CancellationTokenSource(Patience);
        for (var sent = 0; sent < bytes.Length;)
        {
            sent += await _socket.SendAsync(bytes.AsMemory(sent), timeout.Token);
        }
    }

    public async Task PingAsync()
    {
        await SendAsync([0xC0, 0]);
        Assert.Equal("Pingresp 0", await ReadAsync());
    }

    /// <summary>The next packet, described; "closed" when the server closed the connection.</summary>
    public async Task<string> ReadAsync()
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (true)
        {
            if (TryTake(out var packet))
            {
                return packet;
            }

            try
            {
                var read = await _socket.ReceiveAsync(_buffer, timeout.Token);
                if (read == 0)
                {
                    Assert.Empty(_received);
                    return "closed";
                }

                _received.AddRange(_buffer.AsSpan(0, read));
            }
            catch (SocketException)
            {
                return "closed";
            }
        }
    }

    /// <summary>Everything that comes until the answer to a ping: so nothing else was on its way.</summary>
    public async Task<List<string>> ReadUntilPongAsync()
    {
        await SendAsync([0xC0, 0]);
        var packets = new List<string>();
        for (var packet = await ReadAsync(); packet != "Pingresp 0"; packet = await ReadAsync())
        {
            packets.Add(packet);
            Assert.NotEqual("closed", packet);
        }

        return packets;
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Drops the connection as a lost network does.</summary>
    public void Drop()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    private bool TryTake(out string packet)
    {
        var bytes = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_received);
        var status = MqttFrame.TryRead(bytes, 1 << 24, out var header);
        Assert.True(status is FrameStatus.Whole or FrameStatus.Incomplete, "The broker sent a malformed stream");
        packet = "";
        if (status == FrameStatus.Incomplete)
        {
            return false;
        }

        packet = PacketText.Describe(header, bytes.Slice(header.HeaderLength, header.BodyLength), Version);
        if (packet.IndexOf(" ReasonString=", StringComparison.Ordinal) is var words && words >= 0)
        {
            (packet, Words) = (packet[..words], packet[(words + " ReasonString=".Length)..]);
        }

        _received.RemoveRange(0, header.TotalLength);
        return true;
    }
}
