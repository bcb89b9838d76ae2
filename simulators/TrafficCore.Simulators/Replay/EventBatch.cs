namespace TrafficCore.Simulators.Replay;

/// <summary>One message to send: when its last event happened, whose it is, and its bytes.</summary>
/// <param name="Device">Index into <see cref="IndianaLog.Devices"/>.</param>
/// <param name="DueMs">Event time of its last event: a controller can't send it earlier.</param>
/// <param name="Events">Events inside.</param>
/// <param name="Payload">The JSON payload.</param>
internal sealed record EventBatch(int Device, long DueMs, int Events, ReadOnlyMemory<byte> Payload);
