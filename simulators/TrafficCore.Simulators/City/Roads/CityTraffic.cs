using TrafficCore.Simulators.City.Devices;
using TrafficCore.Simulators.City.Layout;
using TrafficCore.Simulators.City.Signals;

namespace TrafficCore.Simulators.City.Roads;

/// <summary>
/// The traffic of a whole city, second by second. It depends on its map, its options and the faults of its detectors alone: the same give the same
/// vehicles however fast it is stepped and on however many threads.
/// </summary>
/// <remarks>Ownership: one loop steps and reads it; within a step, parts of the city may run on several threads.</remarks>
internal sealed class CityTraffic
{
    private readonly LinkState[] _links;
    private readonly CityOptions _options;
    private readonly long _begin;

    /// <param name="map">The city.</param>
    /// <param name="options">How traffic behaves.</param>
    /// <param name="detectors">What feels it, by detector index.</param>
    /// <param name="logs">What each intersection's controller logs; null: nobody reads that.</param>
    /// <param name="begin">Model time at which the day's start time is; before it the streets fill.</param>
    public CityTraffic(CityMap map, CityOptions options, IReadOnlyList<DetectorState> detectors, IReadOnlyList<ControllerLog?>? logs = null, long begin = 0)
    {
        (Map, _options, _begin) = (map, options, begin);
        _links = [.. map.Links.Select(static _ => new LinkState())];
        Intersections = [.. map.Intersections.Select(i => new IntersectionState(map, i, options, _links, detectors, logs?[i.Index]))];
        Approaches = [.. Intersections.SelectMany(static i => i.Approaches)];
    }

    public CityMap Map { get; }

    public IReadOnlyList<IntersectionState> Intersections { get; }

    /// <summary>All approaches by index.</summary>
    public IReadOnlyList<ApproachState> Approaches { get; }

    /// <summary>Model time: milliseconds since it began.</summary>
    public long Now { get; private set; }

    /// <summary>Vehicles between two roads.</summary>
    public long Underway => _links.Sum(static l => (long)l.Underway);

    /// <summary>Goes on by <see cref="ModelStep.Length"/> on this thread.</summary>
    public void Step()
    {
        var step = Next();
        foreach (var intersection in Intersections)
        {
            intersection.Step(step);
        }

        Now = step.Until;
    }

    /// <summary>The same on several threads, each with a part of the city.</summary>
    public void Step(int parts)
    {
        if (parts <= 1)
        {
            Step();
            return;
        }

        var step = Next();
        Parallel.For(0, parts, part =>
        {
            var (from, to) = ((int)((long)Intersections.Count * part / parts), (int)((long)Intersections.Count * (part + 1) / parts));
            for (var i = from; i < to; i++)
            {
                Intersections[i].Step(step);
            }
        });
        Now = step.Until;
    }

    private ModelStep Next()
    {
        var timeOfDay = _options.Day.TimeOfDay(Now - _begin);
        return new ModelStep(Now, Now + ModelStep.Length, _options.Day.Share(timeOfDay), _options.Day.Tide(timeOfDay));
    }
}
