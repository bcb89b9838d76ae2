namespace TrafficCore.Mqtt.Broker;

/// <summary>Counts of a broker at one moment.</summary>
/// <param name="Connections">Open connections.</param>
/// <param name="Sessions">Sessions, connected or kept.</param>
/// <param name="Subscriptions">Subscriptions of clients and of the service.</param>
/// <param name="RetainedMessages">Retained messages.</param>
/// <param name="RetainedBytes">Bytes of their topics and payloads.</param>
/// <param name="PublishesReceived">PUBLISH packets from clients since the start.</param>
/// <param name="MessagesSent">Messages sent to clients since the start.</param>
/// <param name="MessagesDropped">Messages that did not reach a client or the retained store since the start.</param>
public readonly record struct BrokerStatistics(
    int Connections, int Sessions, int Subscriptions, int RetainedMessages, long RetainedBytes,
    long PublishesReceived, long MessagesSent, long MessagesDropped);
