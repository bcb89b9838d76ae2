using TrafficCore.Simulators.City.Demand;
using TrafficCore.Simulators.City.Layout;

namespace TrafficCore.Simulators.City.Faults;

/// <summary>Turns a plan into the faults of each device of a city: finds the devices, draws random faults, refuses what contradicts itself.</summary>
internal sealed class FaultScheduler
{
    private readonly CityMap _map;
    private readonly FaultPlan _plan;
    private readonly long _begin;
    private readonly long _horizon;
    private readonly List<DeviceFault> _faults = [];
    private readonly List<string> _errors = [];

    private FaultScheduler(CityMap map, FaultPlan plan, long begin, TimeSpan horizon) =>
        (_map, _plan, _begin, _horizon) = (map, plan, begin, (long)horizon.TotalMilliseconds);

    /// <summary>The schedule, or everything that is wrong with the plan for this city.</summary>
    /// <param name="map">The city.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="begin">Model time at which the run begins.</param>
    /// <param name="horizon">How far random faults are drawn.</param>
    public static (FaultSchedule? Schedule, IReadOnlyList<string> Errors) Resolve(CityMap map, FaultPlan plan, long begin, TimeSpan horizon)
    {
        var scheduler = new FaultScheduler(map, plan, begin, horizon);
        foreach (var fault in plan.Faults)
        {
            scheduler.Place(fault);
        }

        for (var i = 0; i < plan.Random.Count; i++)
        {
            scheduler.Draw(plan.Random[i], i);
        }

        return scheduler._errors.Count == 0 ? (new FaultSchedule(plan.Seed, scheduler._faults), []) : (null, scheduler._errors);
    }

    /// <summary>Boards of a city in order, as faults number them.</summary>
    public static IEnumerable<(string Intersection, string Board)> Boards(CityMap map) =>
        map.Intersections.SelectMany(static i => i.Site.Boards.Select(b => (i.Site.Id, b.Id)));

    /// <summary>Intersection, kind and device of a fault, as in topics.</summary>
    public static string NameOf(CityMap map, DeviceFault fault) => fault.Devices switch
    {
        FaultyDevices.Detector => $"{map.Intersections[map.Detectors[fault.Device].Intersection].Site.Id}/detector/{map.Detectors[fault.Device].Site.Id}",
        FaultyDevices.Controller => $"{map.Intersections[fault.Device].Site.Id}/controller/{map.Intersections[fault.Device].Site.Controller?.Id}",
        _ => Boards(map).ElementAt(fault.Device) is var (intersection, board) ? $"{intersection}/board/{board}" : "",
    };

    private void Place(PlannedFault fault)
    {
        int[] devices = [.. Devices(fault.Device.Kind).Where(d => Matches(fault.Device, d)).Select(static d => d.Index)];
        if (devices.Length == 0)
        {
            _errors.Add($"{fault.Path}.device: there is no {fault.Device}");
        }

        var from = _begin + (long)fault.Start.TotalMilliseconds;
        var until = from + (long)fault.Duration.TotalMilliseconds;
        foreach (var device in devices)
        {
            if (_faults.Find(f => f.Devices == fault.Device.Kind && f.Device == device && f.Kind == fault.Kind && f.Touches(from, until)) is not null)
            {
                _errors.Add($"{fault.Path}: the same fault of {fault.Device} is planned twice for one time");
                return;
            }

            Add(fault.Device.Kind, device, fault.Kind, from, until, fault.Parameters);
        }
    }

    private static bool Matches(DevicePattern pattern, (int Index, string Intersection, string Device) device) =>
        (pattern.Intersection == DevicePattern.Any || pattern.Intersection == device.Intersection)
        && (pattern.Device == DevicePattern.Any || pattern.Device == device.Device);

    /// <summary>Each device has a stream of its own: another device or another rule more does not move its faults.</summary>
    private void Draw(RandomFault rule, int number)
    {
        var mean = (long)(3_600_000 / rule.PerHour);
        foreach (var (device, _, _) in Devices(rule.Devices))
        {
            var random = CityRandom.For(_plan.Seed, RandomUse.Faults, (number << 20) ^ device);
            var from = _begin + Gap(ref random, mean);
            while (from < _begin + _horizon)
            {
                var until = from + (long)rule.Duration.TotalMilliseconds;
                Add(rule.Devices, device, rule.Kind, from, until, rule.Parameters);
                from = until + Gap(ref random, mean);
            }
        }
    }

    private static long Gap(ref CityRandom random, long mean) => Math.Max(1, (long)((Int128)random.Exponential() * mean >> CityRandom.FractionBits));

    private void Add(FaultyDevices kind, int device, FaultKind fault, long from, long until, FaultParameters parameters)
    {
        // Whole seconds, as the model steps; half a controller without a list is its upper half.
        (from, until) = (WholeSeconds(from), Math.Max(WholeSeconds(until), WholeSeconds(from) + 1000));
        if (fault == FaultKind.Half && parameters.Channels.Count == 0)
        {
            var channels = _map.Intersections[device].Detectors.Select(static d => d.Channel).Where(static c => c > 0).Order().ToArray();
            parameters = parameters with { Channels = channels[(channels.Length / 2)..] };
        }

        _faults.Add(new DeviceFault(_faults.Count, kind, device, fault, from, until, parameters));
    }

    private static long WholeSeconds(long at) => at / 1000 * 1000;

    private IEnumerable<(int Index, string Intersection, string Device)> Devices(FaultyDevices kind) => kind switch
    {
        FaultyDevices.Detector => _map.Detectors.Select(d => (d.Index, _map.Intersections[d.Intersection].Site.Id, d.Site.Id)),
        FaultyDevices.Controller => _map.Intersections.Where(static i => i.Site.Controller is not null).Select(static i => (i.Index, i.Site.Id, i.Site.Controller!.Id)),
        _ => Boards(_map).Select(static (b, index) => (index, b.Intersection, b.Board)),
    };
}
