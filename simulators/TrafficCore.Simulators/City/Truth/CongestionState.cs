namespace TrafficCore.Simulators.City.Truth;

/// <summary>How congested a road is, by the ratio of travel speed to free-flow speed (levels of GB/T 33171).</summary>
internal enum CongestionState
{
    Free = 1,
    MostlyFree,
    Light,
    Moderate,
    Severe,
}

/// <summary>Levels and their names.</summary>
internal static class CongestionStates
{
    private static readonly string[] Names = ["", "free", "mostly-free", "light", "moderate", "severe"];

    /// <summary>The level of a ratio in 0.001: above 700 free, above 500 mostly free, above 400 light, above 300 moderate, else severe.</summary>
    public static CongestionState Of(int ratioMilli) => ratioMilli switch
    {
        > 700 => CongestionState.Free,
        > 500 => CongestionState.MostlyFree,
        > 400 => CongestionState.Light,
        > 300 => CongestionState.Moderate,
        _ => CongestionState.Severe,
    };

    /// <summary>The name of a level.</summary>
    public static string Name(CongestionState state) => Names[(int)state];

    /// <summary>The level of a name; null when it is none.</summary>
    public static CongestionState? Parse(string name) => Array.IndexOf(Names, name) is > 0 and var level ? (CongestionState)level : null;
}
