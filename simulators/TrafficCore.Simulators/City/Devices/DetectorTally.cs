using TrafficCore.Simulators.City.Demand;

namespace TrafficCore.Simulators.City.Devices;

/// <summary>Adds up what a detector feels from one moment on.</summary>
/// <remarks>Ownership: one detector.</remarks>
internal sealed class DetectorTally
{
    private readonly int[] _classes = new int[VehicleType.All.Length];
    private long _begin;
    private long _occupied;
    private long _speeds;
    private int _present;

    /// <summary>Vehicles counted.</summary>
    public int Volume { get; private set; }

    /// <summary>Loops that feel a vehicle now.</summary>
    public int Present => _present;

    /// <summary>Sum of the speeds of the vehicles counted, cm/s.</summary>
    public long Speeds => _speeds;

    /// <summary>Vehicles counted by class.</summary>
    public ReadOnlySpan<int> Classes => _classes;

    /// <summary>A loop begins to feel something that is not counted.</summary>
    public void Cover(long at)
    {
        // The time until the end is taken off at the beginning and given back at the end: no memory of single loops is needed.
        _occupied -= at - _begin;
        _present++;
    }

    /// <summary>A loop feels nothing any more.</summary>
    public void Uncover(long at)
    {
        _occupied += at - _begin;
        _present--;
    }

    /// <summary>Counts a vehicle.</summary>
    public void Count(VehicleClass vehicleClass, int speed)
    {
        Volume++;
        _speeds += speed;
        _classes[(int)vehicleClass]++;
    }

    /// <summary>Adds time that a pulse too short to follow covered a loop.</summary>
    public void AddPulse(int milliseconds) => _occupied += milliseconds;

    /// <summary>Milliseconds covered until a moment, over all loops.</summary>
    public long Occupied(long until) => _occupied + (_present * (until - _begin));

    /// <summary>Begins again at a moment; loops that are covered stay so.</summary>
    public void Restart(long at)
    {
        (_begin, _occupied, _speeds, Volume) = (at, 0, 0, 0);
        Array.Clear(_classes);
    }
}
