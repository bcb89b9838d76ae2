using TrafficCore.Traffic.Service;

namespace TrafficCore.Simulators.City.Demand;

/// <summary>What kind of vehicle; the order is that of <see cref="VehicleType.All"/>.</summary>
internal enum VehicleClass : byte
{
    Car,
    Bus,
    Truck,
    Articulated,
}

/// <summary>What a class of vehicles is like on the road. Immutable.</summary>
/// <param name="Name">Its name in readings; the service's PCU table knows it.</param>
/// <param name="Length">Centimetres from bumper to bumper.</param>
/// <param name="SpeedPercent">Desired speed as a share of a car's.</param>
internal sealed record VehicleType(string Name, int Length, int SpeedPercent)
{
    /// <summary>
    /// Centimetres between standing vehicles. 2.5 m makes 7 m for a car, 143 vehicles a kilometre and lane, within the usual
    /// jam density of 130 to 150; it is more than a loop is long, so a loop never feels two standing vehicles at once.
    /// </summary>
    public const int StandingGap = 250;

    /// <summary>All classes in the order of <see cref="VehicleClass"/>. Lengths are common design vehicles.</summary>
    public static readonly VehicleType[] All =
    [
        new("car", 450, 100),
        new("bus", 1200, 90),
        new("truck", 900, 90),
        new("articulated", 1650, 85),
    ];

    /// <summary>Centimetres of lane that it takes when it stands.</summary>
    public int Space => Length + StandingGap;

    /// <summary>Its discharge headway as a multiple of a car's, in 0.001: its passenger-car units.</summary>
    public int HeadwayMilli { get; } = PcuTable.Cjj37.FactorMilli(Name);

    /// <summary>The type of a class.</summary>
    public static VehicleType Of(VehicleClass vehicleClass) => All[(int)vehicleClass];
}
