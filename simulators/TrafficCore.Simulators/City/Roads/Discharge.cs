using TrafficCore.Simulators.City.Demand;
using TrafficCore.Simulators.City.Layout;

namespace TrafficCore.Simulators.City.Roads;

/// <summary>How vehicles of each class follow each other on one approach. Immutable; shared by its lanes.</summary>
internal sealed class Discharge
{
    /// <summary>Shortest headway that is possible: 3,600 vehicles an hour, twice what a lane carries.</summary>
    private const int ShortestHeadway = 1000;

    private const int ShortestLag = 200;

    private readonly int[] _headways = new int[VehicleType.All.Length];
    private readonly int[] _lags = new int[VehicleType.All.Length];

    public Discharge(MapApproach approach)
    {
        for (var i = 0; i < _headways.Length; i++)
        {
            var type = VehicleType.All[i];
            var rolling = type.Space * 1000 / approach.FreeSpeed;
            _headways[i] = Math.Max(Math.Max(ShortestHeadway, rolling + ShortestLag), (int)((long)approach.CarHeadway * type.HeadwayMilli / 1000));
            _lags[i] = _headways[i] - rolling;
        }
    }

    /// <summary>Milliseconds from one vehicle's front to the next one's at saturation, behind a vehicle of the class.</summary>
    public int Headway(VehicleClass ahead) => _headways[(int)ahead];

    /// <summary>Milliseconds by which the next vehicle's path lies behind that of a vehicle of the class (Newell's time shift).</summary>
    public int Lag(VehicleClass ahead) => _lags[(int)ahead];
}
