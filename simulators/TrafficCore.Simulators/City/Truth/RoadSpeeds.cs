using TrafficCore.Simulators.City.Layout;
using TrafficCore.Simulators.City.Roads;

namespace TrafficCore.Simulators.City.Truth;

/// <summary>How fast a road is travelled, by the lane group that is worst off. Immutable.</summary>
/// <param name="Travel">Time from stop bar to stop bar, stops included, ms.</param>
/// <param name="Free">The same in free flow, ms.</param>
internal readonly record struct RoadSpeed(long Travel, long Free)
{
    /// <summary>Travel speed over free-flow speed, in 0.001; a level of GB/T 33171 comes from it.</summary>
    public int RatioMilli => (int)Math.Min(9999, Free * 1000 / Math.Max(1, Travel));

    /// <summary>km/h of a time on a road.</summary>
    public static decimal Speed(MapApproach approach, long milliseconds) => approach.Length * 36m / Math.Max(1, milliseconds);
}

/// <summary>
/// Travel speeds over the last windows. A lane group has its own: who turns left may wait for the third green beside lanes that flow, and a mean over all of them would be
/// neither's.
/// </summary>
/// <remarks>Ownership: the engine.</remarks>
internal sealed class RoadSpeeds
{
    /// <summary>Vehicles of which a mean says something: among fewer one red light decides.</summary>
    private const int LeastVehicles = 10;

    /// <summary>The standard's intervals: five minutes, at most fifteen.</summary>
    private static readonly TimeSpan Usual = TimeSpan.FromMinutes(5);

    /// <summary>Of one cycle a road is empty or stopped. Shortened where a demonstration's cycles are.</summary>
    private const int Cycles = 4;

    private const int Longest = 3;

    private readonly CityTraffic _traffic;
    private readonly LaneGroup[] _groups;
    private readonly long[] _free;
    private readonly TravelTimes[][] _ends;
    private readonly RoadSpeed?[] _speeds;
    private readonly int _span;
    private readonly long _cycle;

    /// <param name="traffic">The traffic.</param>
    /// <param name="free">Free-flow times of its lane groups.</param>
    /// <param name="window">Length of a window.</param>
    /// <param name="cycle">Cycle of the signals.</param>
    public RoadSpeeds(CityTraffic traffic, long[] free, TimeSpan window, TimeSpan cycle)
    {
        (_traffic, _free, _groups, _cycle) = (traffic, free, LaneGroup.Of(traffic), (long)cycle.TotalMilliseconds);
        _speeds = new RoadSpeed?[traffic.Approaches.Count];
        _span = (int)Math.Max(1, Math.Ceiling((Cycles * cycle < Usual ? Cycles * cycle : Usual) / window));
        _ends = [.. Enumerable.Range(0, Longest * _span).Select(_ => new TravelTimes[_groups.Length])];
    }

    /// <summary>Of an approach at the end of the last window; null when hardly anybody came and nobody waits for long.</summary>
    public RoadSpeed? Of(MapApproach approach) => _speeds[approach.Index];

    /// <summary>Begins anew.</summary>
    public void Restart()
    {
        foreach (var ends in _ends)
        {
            Remember(ends);
        }
    }

    /// <summary>A window ends.</summary>
    public void Close()
    {
        Array.Clear(_speeds);
        for (var i = 0; i < _groups.Length; i++)
        {
            if (SpeedOf(i) is { } speed && (_speeds[_groups[i].Approach.Map.Index] is not { } worst || speed.RatioMilli < worst.RatioMilli))
            {
                _speeds[_groups[i].Approach.Map.Index] = speed;
            }
        }

        // The oldest end makes room for this one.
        var oldest = _ends[^1];
        Array.Copy(_ends, 0, _ends, 1, _ends.Length - 1);
        _ends[0] = oldest;
        Remember(oldest);
    }

    /// <summary>
    /// The mean of those that left over the usual time, or over as much more as it takes; too few, what the first that waits has needed so far, if that is a cycle more than in free flow: one
    /// red is no congestion.
    /// </summary>
    private RoadSpeed? SpeedOf(int group)
    {
        var now = _groups[group].Travelled;
        for (var span = _span; span <= _ends.Length; span++)
        {
            var left = now - _ends[span - 1][group];
            if (left.Vehicles >= LeastVehicles)
            {
                return new RoadSpeed(left.Milliseconds / left.Vehicles, _free[group]);
            }
        }

        return _groups[group].FirstEntered is { } entered && _traffic.Now - entered is var needed && needed > _free[group] + _cycle ? new RoadSpeed(needed, _free[group]) : null;
    }

    private void Remember(TravelTimes[] ends)
    {
        for (var i = 0; i < ends.Length; i++)
        {
            ends[i] = _groups[i].Travelled;
        }
    }
}
