namespace TrafficCore.Host.Ingress;

/// <summary>Tells a device what was refused, over MQTT. Implementations take the notice at once or drop it; they never block.</summary>
internal interface IDeviceNotifier
{
    /// <summary>Publishes a notice; false when it was dropped.</summary>
    bool TryNotify(string topic, ReadOnlyMemory<byte> payload);
}
