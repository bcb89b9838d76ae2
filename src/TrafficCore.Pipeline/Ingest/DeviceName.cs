using TrafficCore.Traffic.Network;

namespace TrafficCore.Pipeline.Ingest;

/// <summary>What identifies a device outside: kind, intersection and its id there.</summary>
internal readonly record struct DeviceName(DeviceKind Kind, string Intersection, string Device)
{
    /// <summary>Every device that a network file names, in file order: the order of their numbers.</summary>
    public static IEnumerable<DeviceName> AllOf(RoadNetwork network)
    {
        foreach (Intersection site in network.Intersections)
        {
            foreach (Detector detector in site.Detectors)
            {
                yield return new DeviceName(DeviceKind.Detector, site.Id, detector.Id);
            }

            if (site.Controller is { } controller)
            {
                yield return new DeviceName(DeviceKind.Controller, site.Id, controller.Id);
            }

            foreach (BoardSite board in site.Boards)
            {
                yield return new DeviceName(DeviceKind.Board, site.Id, board.Id);
            }

            foreach (EnvironmentSensor sensor in site.Environment)
            {
                yield return new DeviceName(DeviceKind.Environment, site.Id, sensor.Id);
            }

            foreach (CarPark parking in site.Parking)
            {
                yield return new DeviceName(DeviceKind.Parking, site.Id, parking.Id);
            }
        }
    }
}

/// <summary>The name of a device as borrowed bytes; ids are valid.</summary>
public readonly ref struct DeviceIdView(DeviceKind kind, ReadOnlySpan<byte> intersection, ReadOnlySpan<byte> device)
{
    /// <summary>Kind of the device.</summary>
    public DeviceKind Kind { get; } = kind;

    /// <summary>Intersection id.</summary>
    public ReadOnlySpan<byte> Intersection { get; } = intersection;

    /// <summary>Device id.</summary>
    public ReadOnlySpan<byte> Device { get; } = device;
}
