using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;
using TrafficCore.Host.Configuration;

namespace TrafficCore.Host.Composition;

/// <summary>
/// Kestrel for MQTT alone. A server of its own, because inline scheduling holds for a whole transport: HTTP keeps the default, under
/// which no request ever runs on a thread that polls sockets.
/// </summary>
/// <remarks>Ownership: the service starts and stops it once.</remarks>
internal sealed class MqttListener : IAsyncDisposable
{
    // Ten thousand devices that come back after a power cut; the kernel cuts it to net.core.somaxconn.
    private const int Backlog = 4096;

    private readonly KestrelServer server;
    private ListenOptions? endpoint;

    public MqttListener(ListenPoint address, Action<ListenOptions> connections, IServiceProvider services, ILoggerFactory loggers)
    {
        var options = new KestrelServerOptions { ApplicationServices = services };
        address.Listen(options, listen =>
        {
            endpoint = listen;
            connections(listen);
        });
        var transport = new SocketTransportOptions { UnsafePreferInlineScheduling = true, NoDelay = true, Backlog = Backlog };
        server = new KestrelServer(Options.Create(options), new SocketTransportFactory(Options.Create(transport), loggers), loggers);
    }

    /// <summary>Where it listens, with the real port.</summary>
    public IPEndPoint EndPoint => endpoint!.IPEndPoint!;

    public Task StartAsync(CancellationToken cancellation) => server.StartAsync(new NoHttp(), cancellation);

    /// <summary>Stops accepting and asks all connections to end; those that have not when the token is cancelled are cut.</summary>
    public Task StopAsync(CancellationToken cancellation) => server.StopAsync(cancellation);

    public ValueTask DisposeAsync()
    {
        server.Dispose();
        return ValueTask.CompletedTask;
    }

    // Kestrel asks for an HTTP application; no endpoint here speaks HTTP.
    private sealed class NoHttp : IHttpApplication<object>
    {
        public object CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

        public Task ProcessRequestAsync(object context) => Task.CompletedTask;

        public void DisposeContext(object context, Exception? exception)
        {
        }
    }
}
