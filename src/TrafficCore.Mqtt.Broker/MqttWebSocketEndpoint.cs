using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace TrafficCore.Mqtt.Broker;

/// <summary>MQTT over WebSocket on an HTTP server that has <c>UseWebSockets</c>.</summary>
public static class MqttWebSocketEndpoint
{
    private const string SubProtocol = "mqtt";

    /// <summary>
    /// Serves MQTT at a path, from the broker among the server's services; 404 when it has none. 400 for what is no WebSocket or does not offer the subprotocol <c>mqtt</c> [MQTT-6.0.0-3]; 403 for a page of another origin:
    /// a browser would let it talk to a broker that is open to this machine only.
    /// </summary>
    public static IEndpointConventionBuilder MapMqtt(this IEndpointRouteBuilder endpoints, string path = "/mqtt") =>
        endpoints.MapGet(path, context => ServeAsync(context, context.RequestServices.GetService<MqttBroker>())).ExcludeFromDescription();

    private static async Task ServeAsync(HttpContext context, MqttBroker? broker)
    {
        if (broker is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var request = context.WebSockets;
        if (!request.IsWebSocketRequest || !request.WebSocketRequestedProtocols.Contains(SubProtocol))
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        if (!IsSameOrigin(context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        using var socket = await request.AcceptWebSocketAsync(new WebSocketAcceptContext { SubProtocol = SubProtocol }); // [MQTT-6.0.0-4]
        var remote = context.Connection.RemoteIpAddress is { } address ? new IPEndPoint(address, context.Connection.RemotePort) : null;
        await using var connection = new WebSocketConnection(socket, context.Connection.Id, remote);
        var pump = connection.PumpAsync();
        if (broker.TryEnter(connection))
        {
            try
            {
                await broker.RunConnectionAsync(connection);
            }
            finally
            {
                broker.Leave(remote);
            }
        }

        await connection.DisposeAsync();
        await pump;
    }

    // Programs send no origin.
    private static bool IsSameOrigin(HttpRequest request) =>
        request.Headers.Origin.Count == 0
        || (Uri.TryCreate(request.Headers.Origin, UriKind.Absolute, out var origin)
            && string.Equals(origin.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase));
}
