namespace TrafficCore.Simulators.Demo;

/// <summary>What <c>demo</c> starts.</summary>
internal sealed record DemoOptions
{
    /// <summary>Where the service keeps its data; null: a temporary directory that is deleted at the end.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>MQTT port; null: 1883 when it is free, else any.</summary>
    public int? MqttPort { get; init; }

    /// <summary>HTTP port; null: 8080 when it is free, else any.</summary>
    public int? HttpPort { get; init; }

    /// <summary>How long to run; null: until Ctrl-C.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Seed of the city.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Intersections: as many as fit on a terminal of 24 lines.</summary>
    public int Intersections { get; init; } = 6;

    /// <summary>Directory for what really happened; null: it is not kept.</summary>
    public string? TruthDirectory { get; init; }

    /// <summary>Print the result as one JSON line, last.</summary>
    public bool Json { get; init; }
}
