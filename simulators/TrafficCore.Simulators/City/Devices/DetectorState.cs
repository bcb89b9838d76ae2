using TrafficCore.Simulators.City.Demand;
using TrafficCore.Simulators.City.Layout;
using TrafficCore.Simulators.City.Signals;

namespace TrafficCore.Simulators.City.Devices;

/// <summary>
/// One detector: what physically passed it, and what it made of that. The two differ while it has a <see cref="SensorFault"/>.
/// </summary>
/// <remarks>Ownership: the intersection that is being stepped; between steps whoever steps the city.</remarks>
internal sealed class DetectorState
{
    private readonly ControllerLog? _log;
    private readonly DetectorTally _passed = new();
    private readonly DetectorTally? _window;
    private long _begin;

    /// <param name="map">Which detector.</param>
    /// <param name="log">Takes its edges, when a controller reports them and the detector is wired to it.</param>
    /// <param name="fault">What can be wrong with it; null: nothing ever.</param>
    /// <param name="keepsTruth">Whether what passed is added up in windows of its own.</param>
    public DetectorState(MapDetector map, ControllerLog? log, SensorFault? fault, bool keepsTruth)
    {
        Map = map;
        _log = map.Channel > 0 ? log : null;
        _window = keepsTruth ? new DetectorTally() : null;
        Fault = fault;
        if (fault is not null)
        {
            fault.Log = _log;
        }
    }

    public MapDetector Map { get; }

    public SensorFault? Fault { get; }

    /// <summary>What physically passed since the window began.</summary>
    public DetectorTally Window => _window!;

    /// <summary>A vehicle's front comes over a loop.</summary>
    public void On(long at, VehicleClass vehicleClass, int speed)
    {
        _passed.Cover(at);
        _passed.Count(vehicleClass, speed);
        if (_window is not null)
        {
            _window.Cover(at);
            _window.Count(vehicleClass, speed);
        }

        if (Fault is not null)
        {
            Fault.On(at, vehicleClass, speed);
            return;
        }

        _log?.Add(at, EventCode.DetectorOn, Map.Channel);
    }

    /// <summary>A vehicle's rear leaves a loop.</summary>
    public void Off(long at)
    {
        _passed.Uncover(at);
        _window?.Uncover(at);
        if (Fault is not null)
        {
            Fault.Off(at);
            return;
        }

        _log?.Add(at, EventCode.DetectorOff, Map.Channel);
    }

    /// <summary>Lets a faulty detector's faults begin and end; to be called before each step.</summary>
    public void StepFault(long from, long until) => Fault?.Step(from, until, _passed.Present);

    /// <summary>Ends a counting interval and begins the next.</summary>
    public DetectorReading Close(long at)
    {
        var felt = Fault is null ? _passed : Fault.Felt;
        var reading = DetectorReading.Of(felt, _begin, (int)(at - _begin), Map.Loops);
        Begin(at);
        return Fault is null ? reading : Fault.Distort(reading);
    }

    /// <summary>Begins a counting interval and forgets what was counted before.</summary>
    public void Begin(long at)
    {
        _passed.Restart(at);
        Fault?.Felt.Restart(at);
        _begin = at;
    }
}
