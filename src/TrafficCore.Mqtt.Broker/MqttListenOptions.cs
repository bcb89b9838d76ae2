using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace TrafficCore.Mqtt.Broker;

/// <summary>MQTT on a listener of Kestrel.</summary>
public static class MqttListenOptions
{
    /// <summary>
    /// Serves MQTT, from the broker among the server's services. Connections are counted, and those over a limit closed, before <paramref name="security"/>: who opens connections and never
    /// ends a handshake is bounded like everybody.
    /// </summary>
    /// <param name="listen">The listener.</param>
    /// <param name="security">Adds what stands between socket and MQTT, TLS for instance; null for nothing.</param>
    public static void UseMqtt(this ListenOptions listen, Action<ListenOptions>? security = null)
    {
        ArgumentNullException.ThrowIfNull(listen);
        var broker = listen.ApplicationServices.GetRequiredService<MqttBroker>();
        listen.Use(next => async context =>
        {
            if (!broker.TryEnter(context))
            {
                return;
            }

            var remote = context.RemoteEndPoint;
            try
            {
                await next(context);
            }
            finally
            {
                broker.Leave(remote);
            }
        });
        security?.Invoke(listen);
        listen.Run(broker.RunConnectionAsync);
    }
}
