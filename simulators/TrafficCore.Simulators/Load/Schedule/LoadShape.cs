namespace TrafficCore.Simulators.Load;

/// <summary>How much comes when. The schedule is open: it does not wait for acknowledgements.</summary>
internal sealed record LoadShape
{
    /// <summary>Messages a second over all connections.</summary>
    public int Rate { get; init; } = 1000;

    /// <summary>The rate grows or falls linearly from this one; null for no ramp.</summary>
    public LoadRamp? Ramp { get; init; }

    /// <summary>More messages, all due at once, again and again; null for none.</summary>
    public LoadBurst? Burst { get; init; }

    /// <summary>When all connections are dropped, in order of time.</summary>
    public IReadOnlyList<LoadStorm> Storms { get; init; } = [];

    /// <summary>How long to send, unless <see cref="Count"/> is set.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Messages of the steady stream; null: as many as fit into <see cref="Duration"/>.</summary>
    public long? Count { get; init; }
}

/// <summary>A linear change of the rate at the start.</summary>
/// <param name="From">Messages a second at the start.</param>
/// <param name="Time">How long until the full rate.</param>
internal sealed record LoadRamp(int From, TimeSpan Time);

/// <summary>Messages that come together.</summary>
/// <param name="Messages">How many, over all connections.</param>
/// <param name="Every">How often; first after this time.</param>
internal sealed record LoadBurst(int Messages, TimeSpan Every);

/// <summary>All connections break at once, as after a power cut or a restart of a mobile network.</summary>
/// <param name="At">When, after the start.</param>
/// <param name="Backlog">Messages that each device has kept meanwhile and sends when it is back.</param>
internal sealed record LoadStorm(TimeSpan At, int Backlog);
