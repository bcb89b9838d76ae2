namespace TrafficCore.Simulators.Load;

/// <summary>What all connections of a run share.</summary>
internal sealed class LoadRun
{
    public LoadRun(LoadOptions options, TimeProvider time)
    {
        Options = options;
        Time = time;
        Layout = new LoadLayout(options);
        Schedule = new LoadSchedule(options.Shape, options.Connections);
        Payload = new LoadPayload(options.Mix);
        Clock = new LoadClock(time);
    }

    public LoadOptions Options { get; }

    public TimeProvider Time { get; }

    public LoadLayout Layout { get; }

    public LoadSchedule Schedule { get; }

    public LoadPayload Payload { get; }

    public LoadClock Clock { get; }

    /// <summary>From due to the last acknowledgement.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>From due to the hand-over to the connection: what the generator itself, a full window and a lost connection add.</summary>
    public LatencyHistogram SendDelay { get; } = new();

    /// <summary>From the loss of a connection to the next one.</summary>
    public LatencyHistogram Reconnecting { get; } = new();

    public ReasonTally Reasons { get; } = new();
}
