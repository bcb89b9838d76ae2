using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Host.Upstream;

/// <summary>What the service subscribes to at an existing broker: what devices say and it has a use for, and nothing that it says itself.</summary>
internal static class UpstreamFilters
{
    private static readonly string[] Telemetry = ["+/detector/+", "+/detectors", "+/controller/+/events", "+/environment/+", "+/parking/+"];

    /// <summary>
    /// The subscriptions, all at QoS 1. QoS 2 would cost two more packets and a record of each id, and save nothing: a reading is known by its
    /// detector and time, so that a repeat is harmless.
    /// </summary>
    /// <param name="root">The topic root.</param>
    /// <param name="share">Group for telemetry; empty: not shared. What boards say is for every service, and a shared subscription brings no retained message.</param>
    public static IReadOnlyList<MqttSubscription> Of(string root, string share)
    {
        var prefix = share.Length == 0 ? "" : $"$share/{share}/";
        return
        [
            // Telemetry is never retained; what a broker has kept of it is not asked for (and before 5.0 ignored on arrival).
            .. Telemetry.Select(filter => new MqttSubscription(
                $"{prefix}{root}/{filter}", NoLocal: share.Length == 0, RetainHandling: share.Length == 0 ? RetainHandling.DoNotSend : RetainHandling.Send)),
            new MqttSubscription($"{root}/+/board/+/status", NoLocal: true),
            new MqttSubscription($"{root}/+/board/+/state", NoLocal: true),
        ];
    }
}
