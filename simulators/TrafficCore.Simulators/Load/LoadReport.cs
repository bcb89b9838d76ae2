namespace TrafficCore.Simulators.Load;

/// <summary>What a load run did; <c>--json</c> prints it. Times in milliseconds, counted from when a reading was due.</summary>
internal sealed record LoadReport
{
    public required int Rate { get; init; }

    public required int Connections { get; init; }

    public required int Qos { get; init; }

    public required double Seconds { get; init; }

    public required long Planned { get; init; }

    public required long Sent { get; init; }

    /// <summary>QoS 1: acknowledged with success. QoS 0: 0.</summary>
    public required long Acknowledged { get; init; }

    /// <summary>Acknowledged with a reason code that says the broker did not take it.</summary>
    public required long Refused { get; init; }

    /// <summary>Connections that broke.</summary>
    public required int ConnectionsLost { get; init; }

    public double AchievedRate => Seconds > 0 ? Math.Round(Sent / Seconds, 1) : 0;

    /// <summary>Due time to acknowledgement (QoS 1).</summary>
    public LatencySummary? Latency { get; init; }

    /// <summary>Due time to the hand-over to the socket: what the generator itself adds.</summary>
    public required LatencySummary SendDelay { get; init; }

    /// <summary>What the ledger grew by; null when it was not asked.</summary>
    public LedgerCounts? Ledger { get; init; }

    /// <summary>Why the run failed; empty when nothing was lost.</summary>
    public required IReadOnlyList<string> Problems { get; init; }
}

/// <summary>Quantiles in milliseconds.</summary>
internal sealed record LatencySummary(double P50, double P90, double P99, double P999, double Max)
{
    /// <summary>Reads the usual quantiles; null when nothing was counted.</summary>
    public static LatencySummary? Of(LatencyHistogram histogram) => histogram.Count == 0 ? null : new LatencySummary(
        Ms(histogram.Quantile(0.5)),
        Ms(histogram.Quantile(0.9)),
        Ms(histogram.Quantile(0.99)),
        Ms(histogram.Quantile(0.999)),
        Ms(histogram.Maximum));

    private static double Ms(long nanoseconds) => Math.Round(nanoseconds / 1e6, 3);
}
