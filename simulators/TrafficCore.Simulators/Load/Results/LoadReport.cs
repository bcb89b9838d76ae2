namespace TrafficCore.Simulators.Load;

/// <summary>What a load run did; <c>--json</c> prints it. Times in milliseconds, counted from when a message was due.</summary>
internal sealed record LoadReport
{
    /// <summary>Generators whose runs this is the sum of.</summary>
    public int Generators { get; init; } = 1;

    /// <summary>Messages a second that were asked for.</summary>
    public required long Rate { get; init; }

    public required long Connections { get; init; }

    public required int Qos { get; init; }

    /// <summary>From the first due time to the last answer; of several generators the longest.</summary>
    public required double Seconds { get; init; }

    /// <summary>Messages of the schedule.</summary>
    public required long Planned { get; init; }

    /// <summary>Messages sent, each counted once.</summary>
    public required long Sent { get; init; }

    /// <summary>Readings and events in them, as the ledger counts.</summary>
    public required long Items { get; init; }

    /// <summary>Messages sent twice on purpose.</summary>
    public required long Repeats { get; init; }

    /// <summary>Messages sent again after a lost connection.</summary>
    public required long Resent { get; init; }

    /// <summary>QoS 1 and 2: messages acknowledged with success. QoS 0: 0.</summary>
    public required long Acknowledged { get; init; }

    /// <summary>Acknowledged with a reason code that says the broker did not take it.</summary>
    public required long Refused { get; init; }

    /// <summary>Connections that broke, storms left out.</summary>
    public required long ConnectionsLost { get; init; }

    public required long Reconnects { get; init; }

    public required long ConnectFailures { get; init; }

    /// <summary>Reason codes of refusals, with how often.</summary>
    public required IReadOnlyDictionary<string, long> Errors { get; init; }

    /// <summary>Messages a second that were sent; of several generators the sum.</summary>
    public required double AchievedRate { get; init; }

    /// <summary>Readings and events a second.</summary>
    public required double ItemRate { get; init; }

    /// <summary>Due time to the last acknowledgement (QoS 1 and 2).</summary>
    public LatencySummary? Latency { get; init; }

    /// <summary>Due time to the hand-over to the connection: what the generator itself adds.</summary>
    public LatencySummary? SendDelay { get; init; }

    /// <summary>From the loss of a connection to the next one.</summary>
    public LatencySummary? Reconnecting { get; init; }

    /// <summary>What the run cost the generator itself.</summary>
    public GeneratorCost? Generator { get; init; }

    /// <summary>What the ledger grew by; null when it was not asked.</summary>
    public LedgerCounts? Ledger { get; init; }

    /// <summary>Vehicles in the windows, of those sent; null when it was not asked.</summary>
    public WindowVolume? Windows { get; init; }

    /// <summary>Whether Ctrl-C or SIGTERM came before the end: then only what was sent by then is judged.</summary>
    public bool Stopped { get; init; }

    /// <summary>Why the run failed; empty when nothing was lost.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary><see cref="Latency"/> in a form that can be added up.</summary>
    public HistogramCounts? LatencyHistogram { get; init; }

    /// <summary><see cref="SendDelay"/> in a form that can be added up.</summary>
    public HistogramCounts? SendDelayHistogram { get; init; }

    /// <summary><see cref="Reconnecting"/> in a form that can be added up.</summary>
    public HistogramCounts? ReconnectingHistogram { get; init; }
}

/// <summary>Quantiles in milliseconds; at most 1.6 % above the true ones.</summary>
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

/// <summary>What sending cost the generator's process, from the first due time to the last answer.</summary>
/// <param name="CpuMicroseconds">CPU time for each message, both ways, microseconds.</param>
/// <param name="AllocatedBytes">Bytes allocated for each message.</param>
/// <param name="Collections">Garbage collections.</param>
internal sealed record GeneratorCost(double CpuMicroseconds, double AllocatedBytes, int Collections);

/// <summary>Vehicles of a run.</summary>
/// <param name="Expected">In the readings that were acknowledged; at QoS 0 sent.</param>
/// <param name="Found">In the windows of its intersections.</param>
internal sealed record WindowVolume(long Expected, long Found);
