using TrafficCore.Simulators.City.Demand;

namespace TrafficCore.Simulators.City.Devices;

/// <summary>One interval as a detector counted it. Immutable.</summary>
/// <param name="Start">Begin of the interval, ms of model time.</param>
/// <param name="Interval">Its length, ms.</param>
/// <param name="Volume">Vehicles.</param>
/// <param name="Occupancy">0.01 percent of the interval, averaged over the loops.</param>
/// <param name="Speed">Arithmetic mean of the vehicles' speeds, 0.1 km/h; negative: there was none.</param>
/// <param name="Classes">Vehicles by class.</param>
internal readonly record struct DetectorReading(long Start, int Interval, int Volume, int Occupancy, int Speed, ClassCounts Classes)
{
    /// <summary>Reads a tally at the end of its interval.</summary>
    public static DetectorReading Of(DetectorTally tally, long start, int interval, int loops)
    {
        var whole = (long)interval * loops;
        var occupied = Math.Clamp(tally.Occupied(start + interval), 0, whole);
        var speed = tally.Volume == 0 ? -1 : (int)(((tally.Speeds * 36) + (tally.Volume * 50L)) / (tally.Volume * 100L));
        var classes = tally.Classes;
        return new DetectorReading(
            start, interval, tally.Volume, (int)(((occupied * 10_000) + (whole / 2)) / whole), speed, new ClassCounts(classes[0], classes[1], classes[2], classes[3]));
    }
}

/// <summary>Vehicles by class, in the order of <see cref="VehicleClass"/>. Immutable.</summary>
internal readonly record struct ClassCounts(int Cars, int Buses, int Trucks, int Articulated)
{
    public int this[VehicleClass vehicleClass] => vehicleClass switch
    {
        VehicleClass.Car => Cars,
        VehicleClass.Bus => Buses,
        VehicleClass.Truck => Trucks,
        _ => Articulated,
    };
}
