using System.Buffers;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

/// <summary>From dialling to CONNACK.</summary>
internal static class Handshake
{
    /// <summary>Dials, sends CONNECT and waits for CONNACK.</summary>
    /// <returns>The connection, what came behind the CONNACK already, and what the broker allows.</returns>
    /// <exception cref="MqttConnectionException">Nobody answers, or the broker refuses.</exception>
    public static async Task<(ClientTransport Transport, FrameBuffer Incoming, BrokerLimits Limits)> OpenAsync(
        MqttClientOptions options, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, options.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        ClientTransport? transport = null;
        try
        {
            transport = await options.Dial(options, both.Token);
            var incoming = new FrameBuffer(transport.Stream, options.MaxPacketSize);
            var limits = await ShakeHandsAsync(transport.Stream, incoming, options, both.Token);
            return (transport, incoming, limits);
        }
        catch (Exception e)
        {
            transport?.Dispose();
            if (Explain(e, timeout.IsCancellationRequested && !cancellation.IsCancellationRequested) is { } words)
            {
                throw new MqttConnectionException($"Can't connect to {options.Host}:{options.Port}: {words}", (e as MqttProtocolException)?.Reason, e);
            }

            throw;
        }
    }

    private static async Task<BrokerLimits> ShakeHandsAsync(
        Stream stream, FrameBuffer incoming, MqttClientOptions options, CancellationToken cancellation)
    {
        var connect = new ArrayBufferWriter<byte>();
        ClientPackets.Connect(connect, options);
        await stream.WriteAsync(connect.WrittenMemory, cancellation);
        while (true)
        {
            if (TryTakeConnack(incoming, options.Version) is { } limits)
            {
                return limits;
            }

            if (!await incoming.FillAsync(cancellation))
            {
                throw new IOException("the broker closed the connection instead of answering CONNECT.");
            }
        }
    }

    private static BrokerLimits? TryTakeConnack(FrameBuffer incoming, MqttVersion version)
    {
        if (!incoming.TryTake(out var header, out var body))
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
        AuthenticationException or WebSocketException => $"{e.Message} {e.InnerException?.Message}".Trim(),
        SocketException or IOException => e.Message,
        MqttProtocolException => e.Message + ".",
        _ => null,
    };
}
