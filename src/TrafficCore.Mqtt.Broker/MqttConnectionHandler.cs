using Microsoft.AspNetCore.Connections;

namespace TrafficCore.Mqtt.Broker;

/// <summary>Gives Kestrel's connections to the broker: `listen.UseConnectionHandler&lt;MqttConnectionHandler&gt;()`.</summary>
public sealed class MqttConnectionHandler : ConnectionHandler
{
    private readonly MqttBroker _broker;

    /// <summary>Creates the handler of one broker.</summary>
    public MqttConnectionHandler(MqttBroker broker) => _broker = broker;

    /// <inheritdoc/>
    public override Task OnConnectedAsync(ConnectionContext connection) => _broker.RunConnectionAsync(connection);
}
