namespace TrafficCore.LoadBench.Growth;

/// <summary>What a reading costs at one size of one series, in one round.</summary>
/// <param name="Series">What grows: <see cref="Intersections"/>, <see cref="Connections"/> or <see cref="Shards"/>.</param>
/// <param name="Size">How many of them.</param>
/// <param name="Round">Round, from 1.</param>
/// <param name="Rate">Acknowledged messages per second.</param>
/// <param name="CpuPerMillion">Processor seconds of the service for a million readings: of intersections until the last of their rows is stored, else until the last acknowledgement.</param>
/// <param name="PeakMiB">The most resident memory that the service had in its life.</param>
/// <param name="P99">99th percentile of milliseconds from due (saturated: from written) to acknowledged.</param>
internal sealed record GrowthMeasurement(string Series, int Size, int Round, double Rate, double CpuPerMillion, double PeakMiB, double P99)
{
    public const string Intersections = "intersections";
    public const string Connections = "connections";
    public const string Shards = "shards";
}
