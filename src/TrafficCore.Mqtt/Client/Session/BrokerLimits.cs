using System.Text;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

/// <summary>What the broker's CONNACK allows. Immutable. Defaults are those of 5.0 section 3.2.2.3, and all that 3.1.1 knows.</summary>
internal sealed record BrokerLimits
{
    /// <summary>The broker had a session of this client.</summary>
    public bool SessionPresent { get; init; }

    /// <summary>Publications at QoS 1 and 2 that it takes at once.</summary>
    public int ReceiveMaximum { get; init; } = ushort.MaxValue;

    /// <summary>Largest packet that it takes.</summary>
    public int MaximumPacketSize { get; init; } = int.MaxValue;

    /// <summary>Highest QoS that it takes.</summary>
    public QualityOfService MaximumQoS { get; init; } = QualityOfService.ExactlyOnce;

    /// <summary>Whether it keeps messages.</summary>
    public bool RetainAvailable { get; init; } = true;

    /// <summary>The keep-alive that it wants instead of the client's, or null.</summary>
    public TimeSpan? KeepAlive { get; init; }

    /// <summary>Reads a CONNACK.</summary>
    /// <exception cref="MqttConnectionException">The broker refused.</exception>
    public static BrokerLimits Read(in ConnackView connack)
    {
        var limits = new BrokerLimits { SessionPresent = connack.SessionPresent };
        string? words = null, reference = null;
        var properties = connack.Properties;
        while (properties.Read())
        {
            var number = properties.Number;
            switch (properties.Id)
            {
                case PropertyId.ReceiveMaximum:
                    limits = limits with { ReceiveMaximum = (int)number };
                    break;
                case PropertyId.MaximumPacketSize:
                    limits = limits with { MaximumPacketSize = (int)Math.Min(int.MaxValue, number) };
                    break;
                case PropertyId.MaximumQoS:
                    limits = limits with { MaximumQoS = (QualityOfService)number };
                    break;
                case PropertyId.RetainAvailable:
                    limits = limits with { RetainAvailable = number == 1 };
                    break;
                case PropertyId.ServerKeepAlive:
                    limits = limits with { KeepAlive = TimeSpan.FromSeconds(number) };
                    break;
                case PropertyId.ReasonString:
                    words = Encoding.UTF8.GetString(properties.Bytes);
                    break;
                case PropertyId.ServerReference:
                    reference = Encoding.UTF8.GetString(properties.Bytes);
                    break;
                default:
                    break;
            }
        }

        return connack.Reason.IsError()
            ? throw new MqttConnectionException($"The broker refused the connection: {words ?? connack.Reason.ToString()}.", connack.Reason) { ServerReference = reference }
            : limits;
    }

    /// <summary>Why a publication may not be sent on this connection; success when it may.</summary>
    public ReasonCode Judge(MqttVersion version, in MqttPublication publication) =>
        publication.QoS > MaximumQoS ? ReasonCode.QoSNotSupported // [MQTT-3.2.2-11]
        : publication.Retain && !RetainAvailable ? ReasonCode.RetainNotSupported // [MQTT-3.2.2-14]
        : MaximumPacketSize < int.MaxValue && ClientPackets.SizeOf(version, publication) > MaximumPacketSize ? ReasonCode.PacketTooLarge // [MQTT-3.2.2-15]
        : ReasonCode.Success;
}
