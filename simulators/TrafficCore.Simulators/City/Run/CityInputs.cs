using TrafficCore.Simulators.City.Devices;
using TrafficCore.Simulators.City.Faults;
using TrafficCore.Simulators.City.Layout;
using TrafficCore.Simulators.City.Roads;
using TrafficCore.Simulators.City.Sending;
using TrafficCore.Simulators.Cli;
using TrafficCore.Traffic.Network;

namespace TrafficCore.Simulators.City.Run;

/// <summary>The city and its faults, read and checked. Immutable.</summary>
/// <param name="Map">The city.</param>
/// <param name="Plan">What is to go wrong.</param>
/// <param name="NetworkFile">The network file's bytes.</param>
internal sealed record CityInputs(CityMap Map, FaultPlan Plan, byte[] NetworkFile)
{
    /// <summary>Reads what the options name.</summary>
    /// <exception cref="UsageException">Something is wrong; the message lists everything that is.</exception>
    public static CityInputs Read(CityRunOptions options)
    {
        var file = options.NetworkFile is { } path ? Bytes(path) : GridNetwork.Write(options.Grid);
        var parsed = RoadNetworkParser.Parse(file);
        var errors = parsed.Errors.Select(e => $"{options.NetworkFile}: {e}").ToList();
        var plan = ReadPlan(options.FaultFile, errors);
        if (parsed.Network is not { } network || plan is null)
        {
            throw Wrong(errors);
        }

        var map = MapBuilder.Build(network, options.City);
        if (new ConnectionPlan(map, options.Connections, options.Reports).Count is > ConnectionPlan.MaxConnections and var connections)
        {
            errors.Add($"--connections: {connections} are more than {ConnectionPlan.MaxConnections}; let devices share them");
        }

        errors.AddRange(CheckTimes(map, options));
        errors.AddRange(CheckBacklogs(map, plan, options));

        // Whatever the plan names must exist, whenever the run begins.
        errors.AddRange(FaultScheduler.Resolve(map, plan, 0, TimeSpan.Zero).Errors.Select(e => $"{options.FaultFile}: {e}"));
        return errors.Count == 0 ? new CityInputs(map, plan, file) : throw Wrong(errors);
    }

    private static UsageException Wrong(IEnumerable<string> errors) => new(string.Join(Environment.NewLine, errors));

    private static byte[] Bytes(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{path}: {e.Message}", e);
        }
    }

    private static FaultPlan? ReadPlan(string? path, List<string> errors)
    {
        if (path is null)
        {
            return FaultPlan.None;
        }

        var (plan, wrong) = FaultPlanParser.Parse(Bytes(path));
        errors.AddRange(wrong.Select(e => $"{path}: {e}"));
        return plan;
    }

    /// <summary>The model goes in steps of a second, and windows of the truth are sums of whole intervals and batches.</summary>
    private static IEnumerable<string> CheckTimes(CityMap map, CityRunOptions options)
    {
        if (map.Approaches.Count == 0)
        {
            yield return $"{options.NetworkFile}: there is no approach, so there is no traffic";
        }

        foreach (var interval in map.Detectors.Select(static d => d.IntervalMs).Distinct().Where(static i => i % ModelStep.Length != 0))
        {
            yield return $"{options.NetworkFile ?? "--interval"}: an interval of {interval} ms is not a multiple of {ModelStep.Length} ms, the model's step";
        }

        if (options.Reports.HasEvents && (int)options.Reports.EventBatch.TotalMilliseconds % ModelStep.Length != 0)
        {
            yield return $"--event-batch: {options.Reports.EventBatch.TotalSeconds} s is not a multiple of {ModelStep.Length} ms, the model's step";
        }

        if (options.TruthDirectory is not null)
        {
            var window = (int)options.Reports.TruthWindow.TotalMilliseconds;
            var periods = options.Reports.HasReadings ? map.Detectors.Select(static d => d.IntervalMs) : [(int)options.Reports.EventBatch.TotalMilliseconds];
            foreach (var period in periods.Append(ModelStep.Length).Distinct().Where(p => window % p != 0))
            {
                yield return $"--truth-window: {window} ms is not a multiple of {period} ms, an interval of the city";
            }
        }
    }

    /// <summary>What a device keeps while it cannot send lies in memory.</summary>
    private static IEnumerable<string> CheckBacklogs(CityMap map, FaultPlan plan, CityRunOptions options)
    {
        var planned = plan.Faults.Select(static f => (f.Path, f.Kind, f.Device.Kind, f.Duration));
        var random = plan.Random.Select(static (f, i) => ($"$.random[{i}]", f.Kind, f.Devices, f.Duration));
        foreach (var (path, _, devices, duration) in planned.Concat(random).Where(static f => f.Item2 == FaultKind.Backlog))
        {
            var period = devices == FaultyDevices.Controller ? options.Reports.EventBatch.TotalMilliseconds : map.Detectors.Select(static d => d.IntervalMs).DefaultIfEmpty(1000).Min();
            if (duration.TotalMilliseconds / period > SenderFaults.MaxBacklog)
            {
                yield return $"{options.FaultFile}: {path}.duration: a device keeps at most {SenderFaults.MaxBacklog} messages, and here it would be more";
            }
        }
    }
}
