namespace TrafficCore.Simulators.Load;

/// <summary>Which devices there are, and which connection speaks for which: detectors in order, in equal shares. Immutable.</summary>
internal sealed class LoadLayout
{
    /// <summary>Longest interval of a simulated reading, so that every service's shortest window takes it.</summary>
    public static readonly TimeSpan LongestInterval = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Timestamps of a detector are 2 ms apart, so that late ones find a place between them; half of what that allows leaves room for bursts without
    /// running ahead of the clock.
    /// </summary>
    private const int MostPerDetector = 250;

    private readonly LoadOptions _options;

    public LoadLayout(LoadOptions options)
    {
        _options = options;
        var single = options.Intersections is null && !options.Mix.ByIntersection;
        Intersections = options.Intersections
            ?? (single ? (options.Connections + options.DetectorsPerIntersection - 1) / options.DetectorsPerIntersection : options.Connections);
        Detectors = single ? options.Connections : Intersections * options.DetectorsPerIntersection;
    }

    /// <summary>Intersections of the run.</summary>
    public int Intersections { get; }

    /// <summary>Detectors of all intersections together.</summary>
    public int Detectors { get; }

    /// <summary>Id of an intersection.</summary>
    public string NameOf(int intersection) => $"{_options.Prefix}-{intersection + 1:0000}";

    /// <summary>The intersection at which a connection's own controller and sensors stand.</summary>
    public string FirstIntersectionOf(int connection) => NameOf(First(connection) / _options.DetectorsPerIntersection);

    /// <summary>The sources of readings of a connection.</summary>
    public IEnumerable<LoadUnit> UnitsOf(int connection, LoadMix mix)
    {
        var (first, end) = (First(connection), First(connection + 1));
        for (var i = first; i < end;)
        {
            var (intersection, number) = Math.DivRem(i, _options.DetectorsPerIntersection);
            var together = mix.ByIntersection ? Math.Min(Math.Min(mix.Batch, _options.DetectorsPerIntersection - number), end - i) : 1;
            yield return mix.ByIntersection
                ? LoadUnit.Detectors(NameOf(intersection), number + 1, together, IntervalMs(mix))
                : LoadUnit.Detector(NameOf(intersection), number + 1, mix.Batch, IntervalMs(mix));
            i += together;
        }
    }

    /// <summary>Every device that may send, as the ledger names it: <c>intersection/kind/device</c>.</summary>
    public IReadOnlyList<string> Devices(LoadMix mix)
    {
        var perIntersection = _options.DetectorsPerIntersection;
        var devices = Enumerable.Range(0, Detectors).Select(i => $"{NameOf(i / perIntersection)}/detector/{LoadUnit.NameOf((i % perIntersection) + 1)}").ToList();
        for (var connection = 0; connection < _options.Connections; connection++)
        {
            var intersection = FirstIntersectionOf(connection);
            devices.AddRange(mix.Events > 0 ? [$"{intersection}/controller/c-{connection + 1}"] : []);
            devices.AddRange(mix.Environment > 0 ? [$"{intersection}/environment/e-{connection + 1}"] : []);
            devices.AddRange(mix.Parking > 0 ? [$"{intersection}/parking/p-{connection + 1}"] : []);
        }

        return devices;
    }

    /// <summary>What is wrong with the options; null when nothing is.</summary>
    public string? Problem()
    {
        var perDetector = _options.Shape.Rate * (double)_options.Mix.Batch / Detectors;
        return _options.Connections > Detectors
                ? $"{_options.Connections} connections have only {Detectors} detectors: raise --intersections or --detectors."
            : perDetector > MostPerDetector
                ? $"{perDetector:0} readings a second for each detector are more than {MostPerDetector}: raise --intersections or --detectors."
            : _options.Mix.Events + _options.Mix.Environment + _options.Mix.Parking > 1
                ? "--events, --environment and --parking together are more than 1."
            : null;
    }

    private int First(int connection) => (int)((long)Detectors * connection / _options.Connections);

    /// <summary>The intervals of a detector follow each other without a gap when the rate is steady.</summary>
    private int IntervalMs(LoadMix mix)
    {
        var readings = _options.Shape.Rate * (double)mix.Batch * (1 - mix.Events - mix.Environment - mix.Parking);
        var longest = LongestInterval.TotalMilliseconds;
        return (int)Math.Clamp(readings > 0 ? 1000 * Detectors / readings : longest, 2, longest);
    }
}
