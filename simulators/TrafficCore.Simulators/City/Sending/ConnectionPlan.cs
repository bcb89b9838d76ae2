using TrafficCore.Simulators.City.Devices;
using TrafficCore.Simulators.City.Layout;
using TrafficCore.Simulators.Delivery;

namespace TrafficCore.Simulators.City.Sending;

/// <summary>How devices share connections.</summary>
internal enum ConnectionSharing
{
    /// <summary>A few connections for all, as behind a gateway; the devices of an intersection on the same one.</summary>
    Shared,

    /// <summary>One for each intersection, as a cabinet with a modem.</summary>
    PerIntersection,

    /// <summary>One for each device, with a will of its own.</summary>
    PerDevice,
}

/// <summary>Which connections there are and who uses which. Immutable.</summary>
internal sealed class ConnectionPlan
{
    /// <summary>Few enough to be gateways, enough for a service to read more than one at a time.</summary>
    private const int SharedConnections = 4;

    /// <summary>Connections at most: about the ports that one address has.</summary>
    public const int MaxConnections = 60_000;

    /// <summary>Publications without an acknowledgement on a shared connection: the service's own receive maximum.</summary>
    private const int SharedWindow = 1024;

    private readonly ConnectionSharing _sharing;
    private readonly SenderNumbers _numbers;

    public ConnectionPlan(CityMap map, ConnectionSharing sharing, ReportOptions reports)
    {
        _sharing = sharing;
        _numbers = SenderNumbers.Of(map);
        Names = sharing switch
        {
            ConnectionSharing.Shared =>
                [.. Enumerable.Range(1, Math.Min(SharedConnections, map.Intersections.Count)).Select(static i => ($"gateway-{i}", (string?)null))],
            ConnectionSharing.PerIntersection => [.. map.Intersections.Select(static i => (i.Site.Id, ControllerState(i)))],
            _ =>
            [
                .. map.Detectors.Select(d => Detector(map, d)),
                .. map.Intersections.Select(static i => ($"{i.Site.Id}-controller", ControllerState(i))),
                .. map.Intersections.Select(static i => ($"{i.Site.Id}-cabinet", (string?)null)),
            ],
        };
        IsUsed = [.. Enumerable.Range(0, Names.Count).Select(i => sharing != ConnectionSharing.PerDevice
            || (i < _numbers.Detectors ? reports.HasReadings
                : i < _numbers.Cabinet(0) ? reports.HasEvents && map.Intersections[i - _numbers.Detectors].Site.Controller is not null
                : reports.HasReadings && reports.IsGrouped))];
    }

    /// <summary>Name of each connection, and the topic of the state of the device that it belongs to; null: it belongs to none.</summary>
    public IReadOnlyList<(string Name, string? State)> Names { get; }

    /// <summary>Publications without an acknowledgement at most, on each connection.</summary>
    public int Window => _sharing == ConnectionSharing.Shared ? SharedWindow : ReliablePublisher.DefaultWindow;

    /// <summary>Whether anybody ever sends on a connection.</summary>
    public IReadOnlyList<bool> IsUsed { get; }

    /// <summary>Connections that are opened.</summary>
    public int Count => IsUsed.Count(static used => used);

    /// <summary>The connection of a sender.</summary>
    public int ConnectionOf(in CityMessage message) => _sharing switch
    {
        ConnectionSharing.Shared => message.Intersection % Names.Count,
        ConnectionSharing.PerIntersection => message.Intersection,
        _ => message.Device,
    };

    private static string? ControllerState(MapIntersection intersection) =>
        intersection.Site.Controller is { } controller ? CityTopics.State(intersection.Site.Id, "controller", controller.Id) : null;

    private static (string Name, string? State) Detector(CityMap map, MapDetector detector)
    {
        var intersection = map.Intersections[detector.Intersection].Site.Id;
        return ($"{intersection}-{detector.Site.Id}", CityTopics.State(intersection, "detector", detector.Site.Id));
    }
}
