namespace TrafficCore.Simulators.City;

/// <summary>What one detector counted in one interval.</summary>
/// <param name="Volume">Vehicles that crossed it.</param>
/// <param name="OccupancyTenths">0.1 percent of the interval.</param>
/// <param name="SpeedTenths">0.1 km/h; null when no vehicle crossed.</param>
internal readonly record struct LaneReading(int Volume, int OccupancyTenths, int? SpeedTenths);

/// <summary>
/// One lane before a signal: vehicles arrive, cross the detector, queue up to the stop bar, and leave at green. When the queue
/// reaches back over the detector, vehicles wait on and before it: it is occupied, slow, and counts only what moves up.
/// </summary>
/// <remarks>Ownership: one <see cref="CityModel"/> steps it. No vehicle is made or lost: arrived = crossed + waiting before the detector.</remarks>
internal sealed class LaneState
{
    /// <summary>Metres from the detector to the stop bar: few, so that a demonstration's queue reaches it soon.</summary>
    public const int DetectorDistance = 35;

    /// <summary>Metres of road that a standing vehicle takes.</summary>
    private const double VehicleSpace = 7;

    /// <summary>Metres that a vehicle and the loop are long together, from front edge on to rear edge off.</summary>
    private const double EffectiveLength = 6.5;

    private const int Storage = (int)(DetectorDistance / VehicleSpace);

    private CityRandom _random;
    private double _greenCredit;
    private double _crossCredit;
    private int _before;
    private int _stored;

    public LaneState(CityRandom random) => _random = random;

    /// <summary>Vehicles that ever arrived; the model's ground truth.</summary>
    public long Arrived { get; private set; }

    /// <summary>Vehicles that ever crossed the detector.</summary>
    public long Crossed { get; private set; }

    /// <summary>Vehicles that stand or roll before the stop bar, the ones before the detector included.</summary>
    public int Queue => _before + _stored;

    /// <summary>Moves time on by one interval.</summary>
    public LaneReading Step(double seconds, double demand, double saturationFlow, double greenShare)
    {
        var arrivals = _random.Poisson(demand * seconds);
        Arrived += arrivals;
        _before += arrivals;
        _stored -= Spend(ref _greenCredit, saturationFlow * greenShare * seconds, _stored);

        // At most one vehicle a second and lane crosses, also in free flow: the shortest safe headway.
        var crossing = Spend(ref _crossCredit, seconds, Math.Min(_before, Storage - _stored));
        _before -= crossing;
        _stored += crossing;
        Crossed += crossing;
        return Observe(seconds, crossing, blocked: _stored >= Storage);
    }

    /// <summary>Whole vehicles out of a flow that grows in fractions; what nobody used is gone, a green cannot be saved up.</summary>
    private static int Spend(ref double credit, double flow, int waiting)
    {
        credit += flow;
        var moved = Math.Min(waiting, (int)credit);
        credit = moved == waiting ? Math.Min(credit - moved, 1) : credit - moved;
        return moved;
    }

    private LaneReading Observe(double seconds, int crossing, bool blocked)
    {
        if (crossing == 0)
        {
            return new LaneReading(0, blocked ? 1000 : 0, null);
        }

        var speed = blocked
            ? _random.Between(6, 12)
            : CityApproach.FreeFlowSpeed * (1.0 - (0.35 * _stored / Storage)) * _random.Between(0.92, 1.08);
        var over = crossing * EffectiveLength / (speed / 3.6) / seconds;
        var occupancy = blocked ? Math.Max(over, _random.Between(0.75, 0.95)) : over;
        return new LaneReading(crossing, (int)Math.Round(Math.Min(1, occupancy) * 1000), (int)Math.Round(speed * 10));
    }
}
