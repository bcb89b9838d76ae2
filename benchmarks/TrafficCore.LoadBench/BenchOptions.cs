namespace TrafficCore.LoadBench;

/// <summary>What to measure and where everything is.</summary>
internal sealed record BenchOptions
{
    /// <summary>Source of the load generator.</summary>
    public required string MqblastSource { get; init; }

    /// <summary>The service's program; null: built from this checkout.</summary>
    public string? Service { get; init; }

    /// <summary>Rounds; results are medians over them.</summary>
    public int Rounds { get; init; } = 3;

    /// <summary>Profiles to run.</summary>
    public required IReadOnlyList<LoadProfile> Profiles { get; init; }

    /// <summary>Whether mosquitto is measured in turn, as the reference.</summary>
    public bool Reference { get; init; } = true;

    /// <summary>Whether the volumes of all windows are compared with what was sent, which takes about two minutes of waiting.</summary>
    public bool CheckWindows { get; init; } = true;

    /// <summary>File for the results; null for none.</summary>
    public string? Json { get; init; }

    /// <summary>Compare with the ratchet and fail when below.</summary>
    public bool Gate { get; init; }

    /// <summary>Directory for the service's data: the disk that is measured. Null: the system's temporary directory.</summary>
    public string? DataRoot { get; init; }
}
