using TrafficCore.Simulators.City.Devices;
using TrafficCore.Simulators.City.Faults;
using TrafficCore.Simulators.City.Layout;
using TrafficCore.Simulators.City.Roads;
using TrafficCore.Simulators.City.Sending;
using TrafficCore.Simulators.City.Signals;
using TrafficCore.Simulators.City.Truth;

namespace TrafficCore.Simulators.City;

/// <summary>
/// A city with its devices: hands out, second by second and in order, every message that they send. No clock, no I/O; the same
/// inputs give the same bytes.
/// </summary>
/// <remarks>Ownership: one loop.</remarks>
internal sealed class CityEngine
{
    private readonly CityTraffic _traffic;
    private readonly DetectorState[] _detectors;
    private readonly DetectorState[] _faulty;
    private readonly DetectorReports? _readings;
    private readonly ControllerReports? _events;
    private readonly CityTruth? _truth;
    private readonly Outbox _outbox = new();
    private readonly int _parts;

    /// <param name="map">The city.</param>
    /// <param name="options">How traffic behaves.</param>
    /// <param name="reports">How devices report.</param>
    /// <param name="faults">What goes wrong, in model time.</param>
    /// <param name="start">When the run begins.</param>
    /// <param name="truth">Takes what really happened; null: nobody asks.</param>
    /// <param name="parts">Threads for the traffic.</param>
    public CityEngine(CityMap map, CityOptions options, ReportOptions reports, FaultSchedule faults, CityStart start, TruthFiles? truth = null, int parts = 1)
    {
        (Map, _parts) = (map, parts);
        ControllerLog?[] logs = [.. map.Intersections.Select(i => reports.HasEvents && i.Site.Controller is not null ? new ControllerLog() : null)];
        _detectors = [.. map.Detectors.Select(d => new DetectorState(d, logs[d.Intersection], SensorFault.Of(faults, d), truth is not null))];
        _faulty = [.. _detectors.Where(static d => d.Fault is not null)];
        _traffic = new CityTraffic(map, options, _detectors, logs, start.WarmUpMs);

        // Both take a while in a large city; only then does its time begin.
        var free = truth is null ? null : FreeFlowTimes.Measure(map, options, parts);
        WarmUp(start.WarmUpMs);
        Clock = new CityClock(start.WarmUpMs, start.BeginUnix());
        _readings = reports.HasReadings ? new DetectorReports(map, _detectors, reports, faults, Clock, options.Seed) : null;
        _events = reports.HasEvents ? new ControllerReports(map, logs, reports, faults, Clock, options.Seed) : null;
        _events?.Begin();
        if (truth is not null)
        {
            var speeds = new RoadSpeeds(_traffic, free!, reports.TruthWindow, options.Cycle);
            _truth = new CityTruth(map, _traffic, _detectors, faults, Clock, reports.TruthWindow, speeds, truth);
            Subscribe(_truth);
            _truth.Begin();
        }
    }

    public CityMap Map { get; }

    public CityClock Clock { get; }

    /// <summary>The traffic, to look at between steps.</summary>
    public CityTraffic Traffic => _traffic;

    /// <summary>Unix time up to which everything has been handed out, ms.</summary>
    public long NowUnix => Clock.Unix(_traffic.Now);

    /// <summary>Hands out what devices send in the next second, and moves the traffic on by it.</summary>
    public void Step(ICityOutput output)
    {
        var (now, until) = (_traffic.Now, _traffic.Now + ModelStep.Length);
        _outbox.Begin(Clock.Unix(until));
        Close(now);
        _readings?.Send(now, until, _outbox);
        _outbox.Flush(output);
        MoveOn();
    }

    /// <summary>Ends the run: hands out what is left, at once. The traffic stands still.</summary>
    public void Finish(ICityOutput output)
    {
        var now = _traffic.Now;
        _outbox.Begin(long.MaxValue);
        Close(now);
        _readings?.Finish(now, _outbox);
        _events?.Finish(now, _outbox);
        _outbox.Flush(output);
    }

    private void Subscribe(CityTruth truth)
    {
        if (_readings is not null)
        {
            _readings.OnClosed = (detector, reading, isSent) => truth.AddReading(detector, reading, isSent);
        }
        else if (_events is not null)
        {
            _events.OnVehicle = (intersection, channel, _, isSent) => truth.AddEvent(intersection, channel, isSent);
        }
    }

    private void WarmUp(long until)
    {
        while (_traffic.Now < until)
        {
            MoveOn();
        }

        foreach (var detector in _detectors)
        {
            detector.Begin(until);
        }
    }

    /// <summary>Ends intervals, batches and windows that end now.</summary>
    private void Close(long now)
    {
        if (now == Clock.Begin)
        {
            return;
        }

        _readings?.Close(now);
        _events?.Send(now, _outbox);
        if (_truth is not null && Clock.Ends(now, _truth.Window))
        {
            _truth.Close(now);
        }
    }

    private void MoveOn()
    {
        foreach (var detector in _faulty)
        {
            detector.StepFault(_traffic.Now, _traffic.Now + ModelStep.Length);
        }

        _traffic.Step(_parts);
    }
}
