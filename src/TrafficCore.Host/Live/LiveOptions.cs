using System.ComponentModel.DataAnnotations;

namespace TrafficCore.Host.Live;

/// <summary>The live feed.</summary>
public sealed class LiveOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Live";

    /// <summary>
    /// Streams at one time. Default 100: each holds a connection for as long as its page is open, and a fifth of <c>Http:MaxConnections</c> leaves room for
    /// whoever asks the rest of the API. More are refused (503).
    /// </summary>
    [Range(1, 100_000)]
    public int MaxClients { get; set; } = 100;

    /// <summary>
    /// Intersections whose open windows are looked at in a second. Default 1,000: about 20 ms of a shard's time. Where more are asked for they are looked at in turn,
    /// so that each comes more rarely.
    /// </summary>
    [Range(1, 100_000)]
    public int OpenIntersections { get; set; } = 1000;

    /// <summary>
    /// How long a client may take nothing of what was written for it. Default 60 s, as of MQTT clients: a laptop that wakes, a network that is changed. Then it is cut off.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How often a comment is sent, so that proxies do not take a quiet stream for a dead one. Default 15 s: the usual limit of proxies is 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(15);
}
