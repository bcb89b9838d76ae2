namespace TrafficCore.LoadBench;

/// <summary>One shape of load, in the terms of the generator.</summary>
/// <param name="Name">Name on the command line and in results.</param>
/// <param name="Qos">Quality of service.</param>
/// <param name="Connections">Connections; each is one device.</param>
/// <param name="Window">Unacknowledged publications a connection.</param>
/// <param name="Batch">Packets a write; 1 is what devices do, more saves the generator's system calls.</param>
/// <param name="Rate">Messages per second on a schedule; 0 as fast as it goes.</param>
/// <param name="Messages">Messages in all.</param>
internal sealed record LoadProfile(string Name, int Qos, int Connections, int Window, int Batch, int Rate, long Messages)
{
    /// <summary>Detectors per intersection, the generator's default.</summary>
    public const int DevicesPerIntersection = 10;

    /// <summary>All profiles. The first is the one that the ratchet holds.</summary>
    public static readonly IReadOnlyList<LoadProfile> All =
    [
        new("qos1-saturated", 1, 500, 32, 16, 0, 1_000_000),
        new("qos0-saturated", 0, 500, 32, 16, 0, 1_000_000),

        // Fewer messages: a device's timestamps advance at least 1 ms a message, and 40,000 of them already run 40 s ahead.
        new("qos1-few-connections", 1, 10, 32, 16, 0, 400_000),
        new("device-20k", 1, 500, 32, 1, 20_000, 200_000),
        new("device-20k-5000", 1, 5_000, 32, 1, 20_000, 200_000),
        new("device-20k-10000", 1, 10_000, 32, 1, 20_000, 200_000),
        new("device-5k", 1, 500, 32, 1, 5_000, 50_000),
    ];

    /// <summary>Enough for the runtime to compile the hot path with its profile.</summary>
    public static readonly LoadProfile WarmUp = All[0] with { Name = "warm-up", Messages = 500_000 };

    /// <summary>The profile of a name.</summary>
    public static LoadProfile Named(string name) => All.Single(p => p.Name == name);

    /// <summary>Intersections that the devices belong to.</summary>
    public int Intersections => (Connections + DevicesPerIntersection - 1) / DevicesPerIntersection;

    /// <summary>Vehicles that one intersection's devices report: each message carries its number modulo 10.</summary>
    public long VolumeOf(int intersection)
    {
        long sum = 0;
        for (var device = intersection * DevicesPerIntersection; device < Math.Min(Connections, (intersection + 1) * DevicesPerIntersection); device++)
        {
            var quota = (Messages / Connections) + (device < Messages % Connections ? 1 : 0);
            var rest = quota % 10;
            sum += (quota / 10 * 45) + (rest * (rest - 1) / 2);
        }

        return sum;
    }
}
