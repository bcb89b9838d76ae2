using System.Buffers;
using System.Net.Sockets;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

/// <summary>The socket of one connection, from dialling to CONNACK.</summary>
/// <remarks>Ownership: the client's reading loop reads, its writing loop writes; disposing from any thread ends both.</remarks>
internal sealed class MqttTransport : IDisposable
{
    private readonly Socket _socket;
    private readonly NetworkStream _stream;

    private MqttTransport(Socket socket, int maxPacketSize)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
        Incoming = new FrameBuffer(_stream, maxPacketSize);
    }

    /// <summary>Packets from the broker.</summary>
    public FrameBuffer Incoming { get; }

    /// <summary>Dials, sends CONNECT and waits for CONNACK.</summary>
    /// <exception cref="MqttConnectionException">Nobody answers, or the broker refuses.</exception>
    public static async Task<(MqttTransport Transport, BrokerLimits Limits)> OpenAsync(MqttClientOptions options, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, options.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        MqttTransport? transport = null;
        try
        {
            await socket.ConnectAsync(options.Host, options.Port, both.Token);
            transport = new MqttTransport(socket, options.MaxPacketSize);
            return (transport, await transport.ShakeHandsAsync(options, both.Token));
        }
        catch (Exception e)
        {
            transport?.Dispose();
            socket.Dispose();
            if (Explain(e, timeout.IsCancellationRequested && !cancellation.IsCancellationRequested) is { } words)
            {
                throw new MqttConnectionException($"Can't connect to {options.Host}:{options.Port}: {words}", (e as MqttProtocolException)?.Reason, e);
            }

            throw;
        }
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation) => _stream.WriteAsync(bytes, cancellation);

    /// <summary>Nothing more will be written; the broker sees the end after the last byte.</summary>
    public void FinishWriting() => _socket.Shutdown(SocketShutdown.Send);

    public void Dispose() => _stream.Dispose();

    private async Task<BrokerLimits> ShakeHandsAsync(MqttClientOptions options, CancellationToken cancellation)
    {
        var connect = new ArrayBufferWriter<byte>();
        ClientPackets.Connect(connect, options);
        await _stream.WriteAsync(connect.WrittenMemory, cancellation);
        while (true)
        {
            if (TryTakeConnack(options.Version) is { } limits)
            {
                return limits;
            }

            if (!await Incoming.FillAsync(cancellation))
            {
                throw new IOException("the broker closed the connection instead of answering CONNECT.");
            }
        }
    }

    private BrokerLimits? TryTakeConnack(MqttVersion version)
    {
        if (!Incoming.TryTake(out var header, out var body))
        {
            return null;
        }

        return header.Type == PacketType.Connack
            ? BrokerLimits.Read(ConnackView.Decode(body, version))
            : throw new MqttProtocolException(ReasonCode.ProtocolError, $"The broker answered CONNECT with {header.Type}");
    }

    private static string? Explain(Exception e, bool timedOut) => e switch
    {
        OperationCanceledException when timedOut => "no answer in time.",
        SocketException or IOException => e.Message,
        MqttProtocolException => e.Message + ".",
        _ => null,
    };
}
