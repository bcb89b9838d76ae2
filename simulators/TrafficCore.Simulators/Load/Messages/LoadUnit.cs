using System.Text;

namespace TrafficCore.Simulators.Load;

/// <summary>What a message is about.</summary>
internal enum LoadKind : byte
{
    Readings,
    Events,
    Environment,
    Parking,
}

/// <summary>One simulated source of messages on one topic: a detector, some detectors of an intersection, a controller, a sensor or a car park.</summary>
/// <remarks>Ownership: its connection, under the connection's lock.</remarks>
internal sealed class LoadUnit
{
    private readonly int _step;
    private long _last;
    private uint _sequence;

    private LoadUnit(LoadKind kind, string topic, int firstDetector, int items, int step, int intervalMs)
    {
        Kind = kind;
        Topic = Encoding.UTF8.GetBytes(topic);
        (FirstDetector, Items, IntervalMs, _step) = (firstDetector, items, intervalMs, step);
    }

    public LoadKind Kind { get; }

    /// <summary>Topic, UTF-8.</summary>
    public ReadOnlyMemory<byte> Topic { get; }

    /// <summary>Number of the first detector when a message holds one reading of each of several; 0 when the topic says the detector.</summary>
    public int FirstDetector { get; }

    /// <summary>Readings or events of a message: what the ledger counts.</summary>
    public int Items { get; }

    /// <summary>Length of a reading's counting interval.</summary>
    public int IntervalMs { get; }

    /// <summary>A detector that sends several readings at a time.</summary>
    public static LoadUnit Detector(string intersection, int number, int readings, int intervalMs) =>
        new(LoadKind.Readings, $"traffic/v1/{intersection}/detector/{NameOf(number)}", 0, readings, readings, intervalMs);

    /// <summary>Detectors of an intersection that send one reading each, together.</summary>
    public static LoadUnit Detectors(string intersection, int first, int count, int intervalMs) =>
        new(LoadKind.Readings, $"traffic/v1/{intersection}/detectors", first, count, 1, intervalMs);

    /// <summary>A controller.</summary>
    public static LoadUnit Controller(string intersection, string id, int events) =>
        new(LoadKind.Events, $"traffic/v1/{intersection}/controller/{id}/events", 0, events, events, 100);

    /// <summary>An environment sensor or a car park.</summary>
    public static LoadUnit Sensor(LoadKind kind, string intersection, string id) =>
        new(kind, $"traffic/v1/{intersection}/{(kind == LoadKind.Parking ? "parking" : "environment")}/{id}", 0, 1, 1, 1000);

    /// <summary>Name of a detector.</summary>
    public static string NameOf(int number) => $"d-{number:D2}";

    /// <summary>The next message.</summary>
    /// <param name="due">When it is due, nanoseconds after the start.</param>
    /// <param name="unixMs">The same on the wall clock: where its last interval ends.</param>
    /// <param name="lateMs">How late it is; 0 for not.</param>
    public LoadMessage Next(long due, long unixMs, long lateMs)
    {
        // Even milliseconds that always grow, odd ones when they are late: a timestamp never comes twice, so no duplicate is by chance.
        var first = Math.Max(_last + 2, Even(unixMs - ((long)_step * IntervalMs)));
        var step = (int)Even(Math.Clamp((unixMs - first) / _step, 2, Math.Max(2, IntervalMs)));
        var message = new LoadMessage(this, due, first - (lateMs == 0 ? 0 : lateMs - 1), step, _sequence);
        _last = first + ((long)(_step - 1) * step);
        _sequence += (uint)_step;
        return message;
    }

    private static long Even(long ms) => ms & ~1L;
}
