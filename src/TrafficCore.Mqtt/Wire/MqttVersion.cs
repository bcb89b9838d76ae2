namespace TrafficCore.Mqtt.Wire;

/// <summary>Protocol levels as the CONNECT packet carries them.</summary>
public enum MqttVersion : byte
{
    /// <summary>MQTT 3.1 ("MQIsdp"), accepted for old devices and treated as 3.1.1.</summary>
    V31 = 3,

    /// <summary>MQTT 3.1.1.</summary>
    V311 = 4,

    /// <summary>MQTT 5.0.</summary>
    V5 = 5,
}
