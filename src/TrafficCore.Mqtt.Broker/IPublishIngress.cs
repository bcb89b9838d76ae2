namespace TrafficCore.Mqtt.Broker;

/// <summary>Where published messages enter the service.</summary>
public interface IPublishIngress
{
    /// <summary>Opens the way in for one connection. Called on the connection's read loop at its first message; must not block.</summary>
    PublishSession OpenSession(ClientIdentity client);
}
