namespace TrafficCore.Log;

/// <summary>How far a log is durable, and how much was received up to there since it was opened.</summary>
/// <param name="DurableEnd">Position.</param>
/// <param name="DurableCount">Sum of the header counts of the records committed since opening.</param>
public readonly record struct LogTotals(long DurableEnd, long DurableCount);
