namespace TrafficCore.Pipeline.Replay;

/// <summary>How the outputs of a replay stand to those that the service had made from the same input, by intersection, input position and ordinal.</summary>
/// <param name="Equal">The same, byte by byte.</param>
/// <param name="Changed">There in both, with another content.</param>
/// <param name="Missing">The service had made it, the replay has not.</param>
/// <param name="Added">The replay has made it, the service had not.</param>
public readonly record struct ReplayDifferences(long Equal, long Changed, long Missing, long Added);
