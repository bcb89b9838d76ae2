namespace TrafficCore.Mqtt.Wire;

/// <summary>Delivery guarantees of a PUBLISH.</summary>
public enum QualityOfService : byte
{
    AtMostOnce = 0,
    AtLeastOnce = 1,
    ExactlyOnce = 2,
}
