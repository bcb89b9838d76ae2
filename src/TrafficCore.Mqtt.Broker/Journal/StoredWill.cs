namespace TrafficCore.Mqtt.Broker;

/// <summary>A will as the journal holds it. Immutable.</summary>
/// <param name="Number">Names it for <see cref="SessionRecordType.WillOver"/>; unique in the journal, above 0.</param>
/// <param name="ClientId">Whose it is.</param>
/// <param name="UserName">The account it was let in with; null without one.</param>
/// <param name="Will">What is published.</param>
internal sealed record StoredWill(long Number, string ClientId, string? UserName, Will Will);
