using System.Globalization;
using TrafficCore.Traffic.Observations;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Storage.Sqlite;

/// <summary>What a file holds, which decides how long it is kept.</summary>
internal enum DayFileKind
{
    /// <summary>Detector rows of every length.</summary>
    Detector,

    /// <summary>Approach and intersection rows of short windows.</summary>
    Short,

    /// <summary>Approach and intersection rows of long windows.</summary>
    Long,

    /// <summary>Rejected payloads.</summary>
    Quarantine,

    /// <summary>Observations of environment sensors.</summary>
    Environment,

    /// <summary>Observations of car parks.</summary>
    Parking,

    /// <summary>Decisions and status of boards.</summary>
    Boards,

    /// <summary>The city's index.</summary>
    City,
}

/// <summary>Identity of one database file: a kind and a UTC day.</summary>
/// <param name="Kind">What it holds.</param>
/// <param name="Day">Days since the Unix epoch: of the window starts or observations, for quarantine of the receive times.</param>
internal readonly record struct DayFileName(DayFileKind Kind, int Day)
{
    public const long DayMs = 86_400_000;

    private static readonly DateOnly Epoch = new(1970, 1, 1);

    // By kind.
    private static readonly string[] KindNames = ["detector", "short", "long", "quarantine", "environment", "parking", "boards", "city"];

    // The days that a calendar can name; what lies beyond shares the outermost file.
    private static readonly int MinDay = DateOnly.MinValue.DayNumber - Epoch.DayNumber;

    private static readonly int MaxDay = DateOnly.MaxValue.DayNumber - Epoch.DayNumber;

    public long StartMs => Day * DayMs;

    public long EndMs => StartMs + DayMs;

    /// <summary>What the file's devices observe; null when it holds no observations.</summary>
    public ObservationKind? Observed => Kind switch
    {
        DayFileKind.Environment => ObservationKind.Environment,
        DayFileKind.Parking => ObservationKind.Parking,
        _ => null,
    };

    public static int DayOf(long unixMs) => (int)Math.Clamp((long)Math.Floor(unixMs / (double)DayMs), MinDay, MaxDay);

    public static DayFileName Of(FlowRow row, SqliteOptions options) => new(KindOf(row.Level, row.Length, options), DayOf(row.Start));

    public static DayFileName Of(Observation observation) => new(KindOf(observation.Kind), DayOf(observation.Timestamp));

    public static DayFileKind KindOf(ObservationKind kind) => kind == ObservationKind.Parking ? DayFileKind.Parking : DayFileKind.Environment;

    public static DayFileKind KindOf(FlowLevel level, long lengthMs, SqliteOptions options) =>
        level == FlowLevel.Detector ? DayFileKind.Detector
        : lengthMs >= (long)options.LongWindow.TotalMilliseconds ? DayFileKind.Long
        : DayFileKind.Short;

    public static bool TryParse(string fileName, out DayFileName name)
    {
        name = default;
        ReadOnlySpan<char> text = fileName;
        if (!text.EndsWith(".db") || text.IndexOf('-') is not (> 0 and var dash))
        {
            return false;
        }

        int kind = Array.IndexOf(KindNames, text[..dash].ToString());
        if (kind < 0 || !DateOnly.TryParseExact(text[(dash + 1)..^3], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day))
        {
            return false;
        }

        name = new DayFileName((DayFileKind)kind, day.DayNumber - Epoch.DayNumber);
        return true;
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{KindNames[(int)Kind]}-{Epoch.AddDays(Day):yyyy-MM-dd}.db");
}
