using System.Text;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.Traffic.Network;
using TrafficCore.Traffic.Observations;

namespace TrafficCore.Host.Api;

/// <summary>What is known of the city: the network file in force and the learnt devices.</summary>
/// <remarks>Ownership: thread-safe; the list is an immutable snapshot, rebuilt when the registry has changed.</remarks>
internal sealed class CityDirectory(DeviceRegistry devices)
{
    /// <summary>The one approach of a learnt intersection.</summary>
    public const string LearntApproach = "all";

    private volatile Listing? listing;

    public RoadNetwork Network => devices.Network;

    /// <summary>Ids of all intersections: the file's in file order, then learnt ones in the order in which they came.</summary>
    public IReadOnlyList<string> Intersections
    {
        get
        {
            var (count, version) = (devices.Count, devices.NetworkVersion);
            if (listing is { } known && known.Devices == count && known.Version == version)
            {
                return known.Ids;
            }

            var made = new Listing(count, version, Collect(count));
            listing = made;
            return made.Ids;
        }
    }

    public Intersection? Named(string id) => devices.Network.FindIntersection(id);

    /// <summary>The zone of local days.</summary>
    public TimeZoneInfo Zone => TimeZoneInfo.TryFindSystemTimeZoneById(devices.Network.TimeZone, out var zone) ? zone : TimeZoneInfo.Utc;

    public bool HasIntersection(string id) =>
        NetworkId.IsValid(id) && (Named(id) is not null || devices.FindIntersection(Encoding.ASCII.GetBytes(id)) is not null);

    public bool HasApproach(string intersection, string approach) =>
        Named(intersection) is { } named ? named.FindApproach(approach) is not null : approach == LearntApproach && HasIntersection(intersection);

    public bool HasDetector(string intersection, string detector) => HasDevice(DeviceKind.Detector, intersection, detector);

    public bool HasDevice(ObservationKind kind, string intersection, string device) => HasDevice(DeviceKinds.Parse(kind.Name), intersection, device);

    // The registry has every device that the file names: they got their numbers with it.
    private bool HasDevice(DeviceKind kind, string intersection, string device) =>
        NetworkId.IsValid(device) && devices.Find(kind, Encoding.ASCII.GetBytes(intersection), Encoding.ASCII.GetBytes(device)) is not null;

    private List<string> Collect(int count)
    {
        List<string> ids = [.. devices.Network.Intersections.Select(i => i.Id)];
        var seen = ids.ToHashSet(StringComparer.Ordinal);
        for (var number = 1u; number <= count; number++)
        {
            // A detector or controller that left the file keeps its number: its intersection still has rows.
            if (devices[number] is { } device && seen.Add(device.Intersection))
            {
                ids.Add(device.Intersection);
            }
        }

        return ids;
    }

    private sealed record Listing(int Devices, uint Version, IReadOnlyList<string> Ids);
}
