using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;

namespace TrafficCore.Mqtt.Client;

/// <summary>Dials: a TCP connection, TLS on it when that is asked for, a WebSocket on that when that is asked for.</summary>
internal static class Dialer
{
    // The close frame is a courtesy: the MQTT DISCONNECT before it has said everything.
    private static readonly TimeSpan WebSocketClose = TimeSpan.FromSeconds(1);

    /// <exception cref="SocketException">Nobody answers.</exception>
    /// <exception cref="IOException">The peer ended the attempt, or does not speak MQTT over WebSocket.</exception>
    /// <exception cref="System.Security.Authentication.AuthenticationException">TLS: one side does not trust the other.</exception>
    public static async Task<ClientTransport> DialAsync(MqttClientOptions options, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream? stream = null;
        try
        {
            await socket.ConnectAsync(options.Host, options.Port, cancellation);
            stream = new NetworkStream(socket, ownsSocket: true);
            if (options.Tls is { } tls)
            {
                var encrypted = new SslStream(stream, leaveInnerStreamOpen: false);
                stream = encrypted;
                await encrypted.AuthenticateAsClientAsync(tls.For(options.Host), cancellation);
            }

            return options.WebSocketPath is { } path
                ? await OpenWebSocketAsync(stream, options, path, cancellation)
                : new ClientTransport(stream, () => FinishAsync(stream as SslStream, socket));
        }
        catch
        {
            stream?.Dispose();
            socket.Dispose();
            throw;
        }
    }

    private static async ValueTask FinishAsync(SslStream? encrypted, Socket socket)
    {
        if (encrypted is not null)
        {
            await encrypted.ShutdownAsync();
        }

        socket.Shutdown(SocketShutdown.Send);
    }

    /// <summary>
    /// Upgrades over the stream that is there, so that both ways into a broker check certificates with the same code: the handler is told
    /// "ws" and never opens a connection of its own.
    /// </summary>
    private static async Task<ClientTransport> OpenWebSocketAsync(Stream stream, MqttClientOptions options, string path, CancellationToken cancellation)
    {
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = (_, _) => ValueTask.FromResult(stream),
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
        };
        using var invoker = new HttpMessageInvoker(handler);
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.AddSubProtocol("mqtt"); // [MQTT-6.0.0-3]
            socket.Options.KeepAliveInterval = TimeSpan.Zero; // MQTT has a keep-alive of its own
            await socket.ConnectAsync(new UriBuilder("ws", options.Host, options.Port, path).Uri, invoker, cancellation);
            if (socket.SubProtocol != "mqtt")
            {
                throw new IOException("the server did not agree to speak MQTT over WebSocket."); // [MQTT-6.0.0-4]
            }
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        // Binary frames [MQTT-6.0.0-1]; a packet may lie across them and several in one [MQTT-6.0.0-2].
        var frames = WebSocketStream.Create(socket, WebSocketMessageType.Binary, WebSocketClose);
        return new ClientTransport(frames, async () => await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None));
    }
}
