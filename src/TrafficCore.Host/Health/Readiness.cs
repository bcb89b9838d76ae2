using TrafficCore.Host.Configuration;
using TrafficCore.Host.Delivery;
using TrafficCore.Host.Ingress;
using TrafficCore.Host.Upstream;
using TrafficCore.Pipeline;
using TrafficCore.Pipeline.City;
using TrafficCore.Traffic.Network;

namespace TrafficCore.Host.Health;

/// <summary>Says whether devices can be acknowledged and questions answered, and why not.</summary>
/// <remarks>Thread-safe; reads what others publish.</remarks>
internal sealed class Readiness(TrafficPipeline pipeline, SinkSet sinks, CityIndexWorker index)
{
    // 64 MiB of output, one segment of its log: some hours of a city. A sink that is further behind is worth a word also when it delivers.
    private const long MaxLagBytes = 64L << 20;

    private Func<IReadOnlyList<NetworkError>> networkErrors = () => [];
    private Func<IReadOnlyList<ConfigurationError>> ruleErrors = () => [];
    private Func<IReadOnlyList<ConfigurationError>> securityErrors = () => [];

    private MqttIngress? door;
    private UpstreamService? upstream;
    private bool isOnlyWay;

    /// <summary>Where to look for the state of an existing broker.</summary>
    /// <param name="service">The service as its client.</param>
    /// <param name="only">Devices come in no other way: while the broker is away, none is acknowledged.</param>
    public void Watch(UpstreamService? service, bool only) => (upstream, isOnlyWay) = (service, only);

    /// <summary>Where to look for clocks that are off.</summary>
    public void Watch(MqttIngress ingress) => door = ingress;

    /// <summary>Where to look for errors of the network file, of the boards' rules file, and of accounts and deny list.</summary>
    public void Watch(Func<IReadOnlyList<NetworkError>> network, Func<IReadOnlyList<ConfigurationError>> rules, Func<IReadOnlyList<ConfigurationError>> security) =>
        (networkErrors, ruleErrors, securityErrors) = (network, rules, security);

    /// <summary>What stops the service from doing its work; empty when it is ready.</summary>
    public IReadOnlyList<string> Failures
    {
        get
        {
            List<string> reasons = [];
            if (pipeline.Health.Fault is { } fault)
            {
                reasons.Add($"{fault.Component} failed: {fault.Exception.Message}");
            }

            reasons.AddRange(pipeline.RefusedLogs.Select(static refused =>
                $"log {refused.Log} unavailable: the disk refuses writes ({refused.Reason}), so nothing is acknowledged until there is room"));

            if (isOnlyWay)
            {
                reasons.AddRange(UpstreamTrouble);
            }

            return reasons;
        }
    }

    /// <summary>What an operator should know although the service is ready. A database that is away is among it: devices are acknowledged all the same.</summary>
    public IReadOnlyList<string> Warnings =>
    [
        .. sinks.Sinks.Select(s => SinkWarning(s.Name, pipeline.Output.DurableEnd - s.Cursor, s.Trouble)).OfType<string>(),
        .. ClockTrouble,
        .. index.Trouble is { } trouble ? [$"city index: {trouble}"] : Array.Empty<string>(),
        .. ruleErrors().Select(e => $"rules file refused, the rules before it are in force: {e}"),
        .. securityErrors().Count > 0 ? ["accounts or deny list refused, what they said before is in force; the log says why"] : Array.Empty<string>(),
        .. isOnlyWay ? [] : UpstreamTrouble,
        .. networkErrors().Select(e => $"network file refused, the version before is in force: {e}"),
    ];

    private IEnumerable<string> ClockTrouble
    {
        get
        {
            if (door?.Guard.IsAlarmed == true)
            {
                yield return "clock: the service distrusts its own clock, and rejects nothing for its time";
            }

            if (door?.Skew.Alarms is > 0 and var alarms)
            {
                yield return $"clock: {alarms} devices are off by more than Ingest:MaxSkew; see /api/v1/clocks";
            }
        }
    }

    private IEnumerable<string> UpstreamTrouble => upstream is { Link: { IsConnected: false } link }
        ? [$"upstream {upstream.Broker} is away since {link.Since:yyyy-MM-dd'T'HH:mm:ss'Z'}: {link.Problem ?? "connecting"}"]
        : [];

    /// <summary>What there is to say of a database; null when it is all right.</summary>
    internal static string? SinkWarning(string name, long lagBytes, string? trouble) =>
        lagBytes > MaxLagBytes ? $"sink {name} is {lagBytes} bytes behind: {trouble ?? "delivering"}"
        : trouble is not null ? $"sink {name}: {trouble}"
        : null;
}
