using TrafficCore.Traffic.Network;

namespace TrafficCore.Simulators.City.Faults;

/// <summary>Reads the <c>parameters</c> of a fault.</summary>
internal static class FaultParameterParser
{
    /// <summary>The parameters with the kind's defaults where the plan is silent; without a kind nobody knows what they should be.</summary>
    public static FaultParameters Read(NetworkNode fault, FaultRule? rule)
    {
        var parameters = rule?.Defaults ?? new FaultParameters();
        if (fault.Object("parameters", "parameters of a fault") is not { } node || rule is null)
        {
            return parameters;
        }

        foreach (var name in rule.Parameters)
        {
            parameters = Read(node, name, rule.Kind, parameters);
        }

        node.Finish();
        return parameters;
    }

    private static FaultParameters Read(NetworkNode node, string name, FaultKind kind, FaultParameters known) => name switch
    {
        "perSecond" => known with { PerSecond = node.Number(name, kind == FaultKind.Chatter ? 0.1 : 1, kind == FaultKind.Chatter ? 4 : 1000) ?? known.PerSecond },
        "percent" => known with { Percent = node.Number(name, IsDrift(kind) ? -100 : 0, 100) ?? known.Percent },
        "milliseconds" => known with { Milliseconds = node.Number(name, -1e9, 1e9) ?? known.Milliseconds },
        "millisecondsPerHour" => known with { MillisecondsPerHour = node.Number(name, -600_000, 600_000) ?? known.MillisecondsPerHour },
        "delay" => known with { Delay = FaultPlanParser.ReadTime(node, name, allowsZero: false, required: false) ?? known.Delay },
        "order" => known with { LiveFirst = IsLiveFirst(node, name) },
        "channels" => known with { Channels = Channels(node, name) },
        _ => known with { Multi = node.Text(name) ?? known.Multi },
    };

    private static bool IsDrift(FaultKind kind) => kind is FaultKind.CountDrift or FaultKind.SpeedDrift or FaultKind.OccupancyDrift;

    private static bool IsLiveFirst(NetworkNode node, string name)
    {
        var text = node.Text(name);
        if (text is not (null or "in-order" or "live-first"))
        {
            node.Error(name, $"\"{text}\" is not in-order or live-first");
        }

        return text == "live-first";
    }

    /// <summary>Channels as people write them: <c>13-24,3</c>.</summary>
    private static int[] Channels(NetworkNode node, string name)
    {
        if (node.Text(name) is not { } text)
        {
            return [];
        }

        var channels = new List<int>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var ends = part.Split('-');
            if (ends.Length > 2 || !ushort.TryParse(ends[0], out var first) || !ushort.TryParse(ends[^1], out var last) || first == 0 || last < first)
            {
                node.Error(name, $"\"{part}\" is not a channel or a range such as 13-24");
                return [];
            }

            channels.AddRange(Enumerable.Range(first, last - first + 1));
        }

        return [.. channels];
    }
}
