using System.Globalization;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.Traffic.Network;

namespace TrafficCore.Pipeline.Shards;

/// <summary>Makes the plan of an intersection from a network version and the devices that are known.</summary>
internal static class PlanBuilder
{
    public static IntersectionPlan Build(IntersectionState state, NetworkInForce? version)
    {
        Intersection? site = version?.Network.FindIntersection(state.Id);
        PlanDetector[] detectors = [.. state.DeviceIndexes(DeviceKind.Detector)
            .Select(d => Describe(state, d, site)).OrderBy(d => d.Id, StringComparer.Ordinal)];
        PlanApproach[] approaches = site is null ? [Learnt(state, detectors)] : Named(site, detectors);
        return new IntersectionPlan
        {
            IsNamed = site is not null,
            SinceMs = version?.ReceivedMs ?? long.MaxValue,
            Detectors = detectors,
            Approaches = approaches,
            Counting = [.. approaches.SelectMany(a => a.Members).Distinct().Order()],
            Controllers = Controllers(state, site),
        };
    }

    private static PlanDetector Describe(IntersectionState state, int device, Intersection? site)
    {
        string id = state.Details(device).Id;
        if (site?.FindDetector(id) is { } named)
        {
            return new PlanDetector(id, device, true, (uint)(named.IntervalMs ?? 0), named.Channel ?? -1, named.IsAtStopBar);
        }

        // A learnt detector is a channel by its name, unless the network gives that channel to a detector.
        bool isChannel = (state.Device(device).Flags & DeviceFlags.Learnt) != 0
            && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out int channel)
            && channel.ToString(CultureInfo.InvariantCulture) == id && site?.DetectorByChannel(channel) is null;
        return new PlanDetector(id, device, false, 0, isChannel ? int.Parse(id, CultureInfo.InvariantCulture) : -1, IsAtStopBar: true);
    }

    // Nobody said where a learnt detector lies: it may be the stop bar, where occupancy says nothing.
    private static PlanApproach Learnt(IntersectionState state, PlanDetector[] detectors) =>
        new(IntersectionPlan.LearntApproach, null, false, [.. Enumerable.Range(0, detectors.Length)
            .Where(i => (state.Device(detectors[i].Device).Flags & DeviceFlags.Channel) == 0)]);

    private static PlanApproach[] Named(Intersection site, PlanDetector[] detectors) =>
        [.. site.Approaches.OrderBy(a => a.Id, StringComparer.Ordinal).Select(a => new PlanApproach(
            a.Id, a.FreeFlowSpeedCenti, a.CountsAwayFromStopBar, [.. a.CountingDetectors.Select(d => Array.FindIndex(detectors, p => p.Id == d.Id)).Where(i => i >= 0)]))];

    private static int[] Controllers(IntersectionState state, Intersection? site)
    {
        int[] all = [.. state.DeviceIndexes(DeviceKind.Controller)];
        int[] named = [.. all.Where(d => state.Details(d).Id == site?.Controller?.Id)];
        return named.Length > 0 ? named : all;
    }
}
