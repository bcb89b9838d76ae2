using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

/// <summary>What the broker's CONNACK allows. Immutable.</summary>
/// <param name="SessionPresent">The broker had a session of this client.</param>
/// <param name="ReceiveMaximum">Publications at QoS 1 that it takes at once.</param>
/// <param name="MaximumPacketSize">Largest packet that it takes.</param>
/// <param name="MaximumQoS">Highest QoS that it takes.</param>
/// <param name="KeepAlive">The keep-alive that it wants instead of the client's, or null.</param>
internal sealed record BrokerLimits(
    bool SessionPresent, int ReceiveMaximum, int MaximumPacketSize, QualityOfService MaximumQoS, TimeSpan? KeepAlive)
{
    /// <summary>Reads a CONNACK.</summary>
    /// <exception cref="MqttConnectionException">The broker refused.</exception>
    public static BrokerLimits Read(in ConnackView connack)
    {
        // Defaults of 5.0 section 3.2.2.3; with 3.1.1 nothing else is known.
        var (receive, packet, qos) = ((int)ushort.MaxValue, int.MaxValue, QualityOfService.ExactlyOnce);
        TimeSpan? keepAlive = null;
        string? words = null;
        var properties = connack.Properties;
        while (properties.Read())
        {
            switch (properties.Id)
            {
                case PropertyId.ReceiveMaximum:
                    receive = (int)properties.Number;
                    break;
                case PropertyId.MaximumPacketSize:
                    packet = (int)Math.Min(int.MaxValue, properties.Number);
                    break;
                case PropertyId.MaximumQoS:
                    qos = (QualityOfService)properties.Number;
                    break;
                case PropertyId.ServerKeepAlive:
                    keepAlive = TimeSpan.FromSeconds(properties.Number);
                    break;
                case PropertyId.ReasonString:
                    words = System.Text.Encoding.UTF8.GetString(properties.Bytes);
                    break;
                default:
                    break;
            }
        }

        return connack.Reason.IsError()
            ? throw new MqttConnectionException($"The broker refused the connection: {words ?? connack.Reason.ToString()}.", connack.Reason)
            : new BrokerLimits(connack.SessionPresent, receive, packet, qos, keepAlive);
    }
}
