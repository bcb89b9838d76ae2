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

    /// <summary>How many idle connections to hold.</summary>
    public int IdleConnections { get; init; }

    /// <summary>How long the memory is watched when nothing else is said: long enough for a trend of a few percent an hour to show.</summary>
    public static TimeSpan UsualSoak { get; } = TimeSpan.FromMinutes(30);

    /// <summary>How long the memory is watched.</summary>
    public TimeSpan Soak { get; init; } = UsualSoak;

    /// <summary>Messages per second while it is watched; null: half of what is measured saturated.</summary>
    public int? Rate { get; init; }

    /// <summary>Share of a full run's messages to send, above 0 and at most 1; what less than all of them gives is for trying out.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>So many messages or seconds of a full run, at this scale.</summary>
    public long Share(long full) => Math.Max(1, (long)(full * Scale));

    /// <summary>A profile at this scale.</summary>
    public LoadProfile Share(LoadProfile full) => full with { Messages = Math.Max(full.Connections, Share(full.Messages)) };
}
