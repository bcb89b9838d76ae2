namespace TrafficCore.Simulators.Replay;

/// <summary>A recorded event log in time order. Immutable.</summary>
/// <param name="Devices">Controllers in the order in which the file names them.</param>
/// <param name="Events">All rows, duplicates included; rows of one instant keep the file's order.</param>
internal sealed record IndianaLog(IReadOnlyList<string> Devices, IReadOnlyList<IndianaEvent> Events);
