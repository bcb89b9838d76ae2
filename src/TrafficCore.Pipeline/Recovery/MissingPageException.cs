namespace TrafficCore.Pipeline.Recovery;

/// <summary>A page of the state that a snapshot refers to cannot be read. A start computes what it held again from the input.</summary>
internal sealed class MissingPageException(long position) : Exception($"The state log holds no page at {position}.");
