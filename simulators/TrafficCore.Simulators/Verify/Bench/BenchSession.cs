using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Simulators.Verify;

/// <summary>What the bench keeps of a client over its connections.</summary>
/// <remarks>Ownership: under the server's lock.</remarks>
internal sealed class BenchSession
{
    /// <summary>Filters with their QoS.</summary>
    public Dictionary<string, QualityOfService> Subscriptions { get; } = new(StringComparer.Ordinal);

    /// <summary>QoS 2 ids that were received and not released.</summary>
    public HashSet<ushort> Received { get; } = [];

    /// <summary>When it lost its connection; null while it is connected.</summary>
    public DateTimeOffset? LeftAt { get; set; }

    /// <summary>How long it is kept from then on.</summary>
    public TimeSpan Expiry { get; set; }

    /// <summary>Packet id of the last delivery.</summary>
    public ushort LastId { get; set; }
}
