using TrafficCore.Simulators.City.Layout;

namespace TrafficCore.Simulators.City.Devices;

/// <summary>Topics of the contract.</summary>
internal static class CityTopics
{
    public const string Root = "traffic/v1";

    public static string Detector(CityMap map, MapDetector detector) => $"{Root}/{map.Intersections[detector.Intersection].Site.Id}/detector/{detector.Site.Id}";

    public static string Detectors(MapIntersection intersection) => $"{Root}/{intersection.Site.Id}/detectors";

    public static string Events(MapIntersection intersection) => $"{Root}/{intersection.Site.Id}/controller/{intersection.Site.Controller!.Id}/events";

    public static string State(string intersection, string kind, string device) => $"{Root}/{intersection}/{kind}/{device}/state";
}
