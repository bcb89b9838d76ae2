using TrafficCore.Simulators.City.Demand;
using TrafficCore.Simulators.City.Devices;
using TrafficCore.Simulators.City.Layout;
using TrafficCore.Simulators.City.Signals;

namespace TrafficCore.Simulators.City.Roads;

/// <summary>
/// One lane between two stop bars. Vehicles keep their order; each follows the one ahead at a fixed distance and time (Newell, A
/// simplified car-following theory: a lower order model, Transportation Research B 36, 2002), so that where and when each one is
/// follows from when those ahead of it passed the stop bar.
/// </summary>
/// <remarks>Ownership: its approach steps it.</remarks>
internal sealed partial class LaneState
{
    /// <summary>Before anything happened.</summary>
    private const long Never = long.MinValue / 2;

    private readonly MapApproach _approach;
    private readonly Discharge _discharge;
    private readonly SignalState? _signal;
    private readonly PhaseState? _phase;
    private readonly LoopState[] _loops;
    private VehicleQueue _vehicles = new(16);
    private int _before;
    private int _lag;
    private int _space;
    private long _lastEntered = Never;
    private VehicleClass _lastEnteredClass;
    private long _lastLeft = Never;
    private VehicleClass _lastLeftClass;
    private long _heldUntil = Never;
    private long _heldSince = Never;
    private GreenHead _green = new(Never, 0, 0, 0, Never);
    private int _reached;
    private long _reachedAt = Never;

    public LaneState(MapApproach approach, MapLane lane, Discharge discharge, SignalState? signal, PhaseState? phase, Func<int, DetectorState> detector)
    {
        (_approach, Map, _discharge, _signal, _phase) = (approach, lane, discharge, signal, phase);
        _loops = [.. lane.Loops.Select(l => new LoopState(l, detector(l.Detector)))];
    }

    public MapLane Map { get; }

    /// <summary>What those needed that have passed the stop bar.</summary>
    public TravelTimes Travelled { get; private set; }

    /// <summary>When the one that is first now came onto the road; null when nobody is on it.</summary>
    public long? FirstEntered => _vehicles.Inside > 0 ? _vehicles[_vehicles.Head].Entered : null;

    /// <summary>Vehicles that have entered and not passed the stop bar.</summary>
    public int Inside => _vehicles.Inside;

    /// <summary>Centimetres that they take standing.</summary>
    public int Space => _space;

    /// <summary>Vehicles that would have passed the stop bar by now if nobody and nothing had stopped them.</summary>
    public int Queue => _reached - _vehicles.Head;

    /// <summary>Whether a vehicle that takes so much fits in.</summary>
    public bool HasRoom(int space) => _space + space <= _approach.Length;

    /// <summary>A vehicle comes in at its upstream end, not before the one ahead of it has made way.</summary>
    public void Enter(long at, VehicleClass vehicleClass, int speed, byte exit)
    {
        if (_vehicles.IsFull)
        {
            _vehicles.Trim(NeededFrom());
        }

        var entered = _lastEntered == Never ? at : Math.Max(at, _lastEntered + _discharge.Headway(_lastEnteredClass));
        _vehicles.Add(new Vehicle
        {
            Entered = entered,
            Travel = -1,
            Before = _before,
            Lag = _lag,
            Speed = (ushort)speed,
            Class = vehicleClass,
            Exit = exit,
        });
        var type = VehicleType.Of(vehicleClass);
        unchecked
        {
            _before += type.Space;
            _lag += _discharge.Lag(vehicleClass);
        }

        _space += type.Space;
        (_lastEntered, _lastEnteredClass) = (entered, vehicleClass);
    }

    /// <summary>Notices that green has begun: who stands first now releases all behind.</summary>
    public void SeeSignal()
    {
        if (_phase is not null && _phase.GreenFrom != _green.From)
        {
            var head = _vehicles.Head;
            _green = _vehicles.Inside > 0
                ? new GreenHead(_phase.GreenFrom, head, _vehicles[head].Before, _vehicles[head].Lag, Never)
                : new GreenHead(_phase.GreenFrom, head, _before, _lag, Never);
        }
    }

    /// <summary>The vehicle at the head when it passes the stop bar before <paramref name="until"/>; false when it does not.</summary>
    public bool TryLeave(long until, out long at, out Vehicle vehicle)
    {
        at = long.MaxValue;
        vehicle = default;
        if (_vehicles.Inside == 0)
        {
            return false;
        }

        vehicle = _vehicles[_vehicles.Head];
        at = Math.Max(EarliestLeave(vehicle), _heldUntil);
        return at < until && (_phase is null || at < _phase.GoUntil);
    }

    /// <summary>The head passes the stop bar.</summary>
    public void Leave(long at)
    {
        var head = _vehicles.Head;
        ref var vehicle = ref _vehicles[head];
        vehicle.Travel = (int)(at - vehicle.Entered);
        Travelled += new TravelTimes(1, vehicle.Travel);
        if (head == _green.Head)
        {
            _green = _green with { Left = at };
        }

        (_lastLeft, _lastLeftClass) = (at, vehicle.Class);
        _heldSince = Never;
        _space -= VehicleType.Of(vehicle.Class).Space;
        _vehicles.Leave();
    }

    /// <summary>The head cannot pass the stop bar before a moment, because the road behind the intersection is full.</summary>
    public void Hold(long from, long until)
    {
        _heldSince = _heldSince == Never ? from : _heldSince;
        _heldUntil = until;
    }

    /// <summary>For how long the head has stood before a full road, red in between included; 0 when it has not.</summary>
    public long HeldFor(long now) => _heldSince == Never ? 0 : now - _heldSince;

    /// <summary>Counts who has reached the stop bar, or would have, before a moment.</summary>
    public void CountQueue(long until)
    {
        _reached = Math.Max(_reached, _vehicles.Head);
        while (_reached < _vehicles.Tail)
        {
            _reachedAt = Math.Max(_reachedAt, _vehicles[_reached].Free(_approach.Length));
            if (_reachedAt >= until)
            {
                return;
            }

            _reached++;
        }
    }

    /// <summary>When the head passes the stop bar under green: its own way, the one ahead, and the start of green.</summary>
    private long EarliestLeave(in Vehicle vehicle)
    {
        var at = vehicle.Free(_approach.Length);
        at = _lastLeft == Never ? at : Math.Max(at, _lastLeft + _discharge.Headway(_lastLeftClass));
        return _phase is null ? at : Math.Max(at, _phase.GreenFrom + PhaseState.StartUpLost);
    }

    /// <summary>Who left and is still needed to tell when a loop's next vehicle comes.</summary>
    private int NeededFrom()
    {
        var from = _vehicles.Head;
        foreach (ref readonly var loop in _loops.AsSpan())
        {
            from = Math.Min(from, Math.Min(loop.Leader, loop.IsOn ? loop.Next - 1 : loop.Next));
        }

        return from;
    }

    /// <summary>The first vehicle of the queue that the present green found.</summary>
    /// <param name="From">When green began.</param>
    /// <param name="Head">Its number; that of the next to come when there was no queue.</param>
    /// <param name="Before">Its <see cref="Vehicle.Before"/>.</param>
    /// <param name="Lag">Its <see cref="Vehicle.Lag"/>.</param>
    /// <param name="Left">When it left.</param>
    private readonly record struct GreenHead(long From, int Head, int Before, int Lag, long Left);
}
