using System.ComponentModel.DataAnnotations;

namespace TrafficCore.Mqtt.Client;

/// <summary>How a <see cref="ReconnectingMqttClient"/> comes back, and what it keeps meanwhile.</summary>
public sealed record ReconnectOptions
{
    /// <summary>Pause after the first failure; each further one doubles it. Default 500 ms: a broker that restarts is back within a second.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Longest pause. Default 30 s: what somebody who has just repaired the network waits for without asking. Half of each pause is random, so that
    /// ten thousand clients of one broker do not come back in the same instant.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Pause after a refusal that a person must do something about: wrong password, not authorised, banned, session taken over. Default 60 s: brokers
    /// lock accounts after a few failures a minute.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan RefusedPause { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A connection that lasted this long was a good one, and the next pause is a first one. Default 10 s, as long as connecting may take.</summary>
    public TimeSpan StableAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long to go on without a connection. Default null: for ever.</summary>
    public TimeSpan? GiveUpAfter { get; init; }

    /// <summary>Whether to try again after such a refusal. Default true: accounts are mended while services run. False gives up at the first.</summary>
    public bool RetryRefused { get; init; } = true;

    /// <summary>
    /// Whether to go where the broker says (5.0 section 4.13): for good when it has moved, for one connection when another is to be used. Default true. The
    /// account is shown to the other server; with TLS its certificate must carry its own name.
    /// </summary>
    public bool FollowReferences { get; init; } = true;

    /// <summary>
    /// Publications at QoS 1 and 2 that wait for a connection or for room in the window. Default 1,000: ten minutes of a controller's batches. Full: a
    /// publication waits, or <see cref="ReconnectingMqttClient.TryEnqueue"/> refuses it; both are counted.
    /// </summary>
    [Range(0, 10_000_000)]
    public int QueueMessages { get; init; } = 1000;

    /// <summary>Bytes of their topics and payloads. Default 4 MiB: 1,000 messages of 4 KiB. Full: as <see cref="QueueMessages"/>.</summary>
    [Range(0, long.MaxValue)]
    public long QueueBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>
    /// Subscriptions without which a connection is none: made before <see cref="MqttClientState.Connected"/>, and a broker that refuses one is left and tried again
    /// later. Default: none.
    /// </summary>
    public IReadOnlyList<MqttSubscription> Subscriptions { get; init; } = [];

    /// <summary>Told of each change, one call at a time; must neither block nor throw.</summary>
    public Action<MqttClientStatus>? OnStatus { get; init; }
}
