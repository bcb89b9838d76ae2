using TrafficCore.Traffic.Windows;

namespace TrafficCore.Traffic.Service;

/// <summary>
/// Finds the free-flow speed of an approach from its own history as GB/T 33171-2016 does: every quarter of an hour from 06:00 to 24:00 local time is
/// averaged over at least 30 days, and the fastest ninth of them is averaged. One owner.
/// </summary>
/// <param name="zone">Time zone of the local day.</param>
/// <remarks>A quarter's average is that of all its vehicles on all days. Nothing uses the result by itself: free-flow speeds are what the network file says.</remarks>
public sealed class FreeFlowSpeed(TimeZoneInfo zone)
{
    /// <summary>Length of the windows that it is found from, ms.</summary>
    public const long WindowMs = 900_000;

    /// <summary>Days that every quarter of an hour needs.</summary>
    public const int LeastDays = 30;

    private const int Quarters = 72;
    private const int FirstMinute = 6 * 60;

    private readonly long[] _speeds = new long[Quarters];
    private readonly long[] _vehicles = new long[Quarters];
    private readonly HashSet<DateOnly>[] _days = [.. Enumerable.Range(0, Quarters).Select(_ => new HashSet<DateOnly>())];

    /// <summary>Days that the quarter of an hour with the fewest has.</summary>
    public int Days => _days.Min(days => days.Count);

    /// <summary>Adds a quarter of an hour of the approach; those at night and those without a speed say nothing.</summary>
    public void Add(FlowRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        DateTime local = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(row.Start), zone).DateTime;
        int quarter = ((local.Hour * 60) + local.Minute - FirstMinute) / 15;
        if (local.Hour * 60 < FirstMinute || row.Length != WindowMs || row.SpeedVehicles == 0)
        {
            return;
        }

        _speeds[quarter] += row.SpeedWeighted;
        _vehicles[quarter] += row.SpeedVehicles;
        _days[quarter].Add(DateOnly.FromDateTime(local));
    }

    /// <summary>The free-flow speed in 0.01 km/h, rounded half up; null while a quarter of an hour has too few days.</summary>
    /// <param name="limitCenti">Speed limit in 0.01 km/h, which it does not exceed; null when unknown.</param>
    public int? Centi(int? limitCenti) => Days < LeastDays
        ? null
        : OfMeans([.. _speeds.Zip(_vehicles, (speed, vehicles) => (int)((speed + (vehicles / 2)) / vehicles))], limitCenti);

    /// <summary>The mean of the fastest ninth, at most the limit.</summary>
    /// <param name="meansCenti">Mean speed of each interval of the day, 0.01 km/h; at least nine.</param>
    /// <param name="limitCenti">Speed limit in 0.01 km/h; null when unknown.</param>
    public static int OfMeans(IReadOnlyCollection<int> meansCenti, int? limitCenti)
    {
        ArgumentNullException.ThrowIfNull(meansCenti);
        int ninth = meansCenti.Count / 9;
        ArgumentOutOfRangeException.ThrowIfZero(ninth, nameof(meansCenti));
        long sum = meansCenti.OrderDescending().Take(ninth).Sum(mean => (long)mean);
        return (int)Math.Min(limitCenti ?? int.MaxValue, (sum + (ninth / 2)) / ninth);
    }
}
