namespace TrafficCore.Traffic.Network;

/// <summary>What a detector is used for; one or more.</summary>
[Flags]
public enum DetectorFunctions
{
    /// <summary>None given.</summary>
    None = 0,

    /// <summary>Counts entering vehicles: the approach's volume.</summary>
    Count = 1,

    /// <summary>Upstream of the stop bar; counts where nothing else does.</summary>
    Advance = 2,

    /// <summary>Tells that somebody waits.</summary>
    Presence = 4,

    /// <summary>Counts at the stop bar.</summary>
    StopBarCount = 8,

    /// <summary>Sees entries during yellow and red.</summary>
    YellowRed = 16,

    /// <summary>Sees vehicles leave.</summary>
    Exit = 32,

    /// <summary>Sees the end of a queue.</summary>
    Queue = 64,
}

/// <summary>Names of functions in the network file, and what they tell.</summary>
public static class DetectorFunctionNames
{
    private static readonly (string Name, DetectorFunctions Function)[] Table =
    [
        ("count", DetectorFunctions.Count), ("advance", DetectorFunctions.Advance), ("presence", DetectorFunctions.Presence),
        ("stopbar-count", DetectorFunctions.StopBarCount), ("yellow-red", DetectorFunctions.YellowRed),
        ("exit", DetectorFunctions.Exit), ("queue", DetectorFunctions.Queue),
    ];

    /// <summary>Functions of detectors at the stop bar.</summary>
    public const DetectorFunctions AtStopBar = DetectorFunctions.Presence | DetectorFunctions.StopBarCount | DetectorFunctions.YellowRed;

    /// <summary>All names, in the order of the contract.</summary>
    public static IEnumerable<string> All => Table.Select(entry => entry.Name);

    /// <summary>The function of a name, or <see cref="DetectorFunctions.None"/>.</summary>
    public static DetectorFunctions Parse(string? name) => Array.Find(Table, entry => entry.Name == name).Function;
}
