using TrafficCore.Mqtt.Topics;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

/// <summary>A session as the journal holds it.</summary>
/// <remarks>Ownership: its <see cref="SessionImage"/>.</remarks>
internal sealed class StoredSession(long number, string clientId)
{
    public long Number => number;

    public string ClientId => clientId;

    /// <summary>Whose it is; null for nobody's.</summary>
    public string? Account { get; set; }

    public uint ExpirySeconds { get; set; }

    public bool IsOnline { get; set; }

    /// <summary>When its connection ended, Unix milliseconds UTC; 0 when that is not known.</summary>
    public long OfflineUtcMs { get; set; }

    public long LastDelivery { get; set; }

    public Dictionary<byte[], (SubscribeOptions Options, uint Identifier)> Subscriptions { get; } = new(Utf8KeyComparer.Instance);

    public Dictionary<long, (StoredMessage Message, StoredDelivery Delivery)> Queue { get; } = [];

    /// <summary>A connection takes messages: from here on each that waits may have been sent.</summary>
    public void GoOnline()
    {
        IsOnline = true;
        foreach (var (key, (message, delivery)) in Queue.ToArray())
        {
            Queue[key] = (message, delivery with { MaySent = true });
        }
    }
}
