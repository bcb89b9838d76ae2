using System.Text.Json;
using TrafficCore.Simulators.Cli;
using TrafficCore.Traffic.Network;

namespace TrafficCore.Simulators.City.Faults;

/// <summary>Reads a fault plan. It does not stop at the first error: who wrote it mends it in one go.</summary>
internal sealed class FaultPlanParser
{
    private static readonly JsonDocumentOptions DocumentOptions = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    private readonly List<NetworkError> _errors = [];

    /// <summary>The plan, or everything that is wrong with it.</summary>
    public static (FaultPlan? Plan, IReadOnlyList<string> Errors) Parse(ReadOnlyMemory<byte> utf8)
    {
        var parser = new FaultPlanParser();
        var unknown = new List<NetworkError>();
        FaultPlan? plan = null;
        try
        {
            using var document = JsonDocument.Parse(utf8.Span.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8, DocumentOptions);

            plan = parser.Read(new NetworkNode(document.RootElement, "$", parser._errors, unknown));

            // A misspelt member would be a fault that never happens.
            parser._errors.AddRange(unknown.Select(static u => u with { Message = "is not known here" }));
        }
        catch (JsonException e)
        {
            parser._errors.Add(new NetworkError("$", $"not JSON: {e.Message}"));
        }

        return parser._errors.Count == 0 ? (plan, []) : (null, [.. parser._errors.Select(static e => e.ToString())]);
    }

    private FaultPlan? Read(NetworkNode root)
    {
        if (!root.IsObject("a fault plan"))
        {
            return null;
        }

        var seed = root.Integer("seed", 0, int.MaxValue) ?? 0;
        var faults = root.Objects("faults", "a fault").Select(ReadFault).OfType<PlannedFault>().ToArray();
        var random = root.Objects("random", "a random fault").Select(ReadRandom).OfType<RandomFault>().ToArray();
        root.Finish();
        return new FaultPlan(seed, faults, random);
    }

    private static PlannedFault? ReadFault(NetworkNode node)
    {
        var device = ReadDevice(node);
        var rule = ReadKind(node, device?.Kind ?? FaultyDevices.None);
        var start = ReadTime(node, "start", allowsZero: true);
        var duration = ReadTime(node, "duration", allowsZero: false);
        var parameters = FaultParameterParser.Read(node, rule);
        node.Finish();
        return device is null || rule is null || start is null || duration is null
            ? null
            : new PlannedFault(node.Path, device, rule.Kind, start.Value, duration.Value, parameters);
    }

    private static RandomFault? ReadRandom(NetworkNode node)
    {
        var text = node.Text("devices", required: true);
        var devices = FaultRule.DeviceKind(text);
        if (text is not null && devices == FaultyDevices.None)
        {
            node.Error("devices", $"\"{text}\" is not detector, controller or board");
        }

        var rule = ReadKind(node, devices);
        if (node.Number("perHour", 0.001, 60) is not { } perHour)
        {
            perHour = 0;
            node.Error("perHour", "is required: a number from 0.001 to 60");
        }

        var duration = ReadTime(node, "duration", allowsZero: false);
        var parameters = FaultParameterParser.Read(node, rule);
        node.Finish();
        return devices == FaultyDevices.None || rule is null || duration is null
            ? null
            : new RandomFault(devices, rule.Kind, perHour, duration.Value, parameters);
    }

    private static DevicePattern? ReadDevice(NetworkNode node)
    {
        if (node.Text("device", required: true) is not { } text)
        {
            return null;
        }

        var parts = text.Split('/');
        var kind = parts.Length == 3 ? FaultRule.DeviceKind(parts[1]) : FaultyDevices.None;
        if (kind == FaultyDevices.None || !IsIdOrAny(parts[0]) || !IsIdOrAny(parts[2]))
        {
            node.Error("device", $"\"{text}\" does not read intersection/detector|controller|board/device");
            return null;
        }

        return new DevicePattern(parts[0], kind, parts[2]);
    }

    private static bool IsIdOrAny(string text) => text == DevicePattern.Any || NetworkId.IsValid(text);

    private static FaultRule? ReadKind(NetworkNode node, FaultyDevices devices)
    {
        if (node.Text("kind", required: true) is not { } text)
        {
            return null;
        }

        if (FaultRule.Find(text) is not { } rule)
        {
            node.Error("kind", $"\"{text}\" is not a kind of fault: use {string.Join(", ", FaultRule.All.Select(static r => r.Name))}");
            return null;
        }

        if (devices != FaultyDevices.None && (rule.Devices & devices) == 0)
        {
            node.Error("kind", $"a {devices.ToString().ToLowerInvariant()} cannot have \"{text}\"");
        }

        return rule;
    }

    /// <summary>A time such as <c>10m</c>; null when it is wrong or missing.</summary>
    internal static TimeSpan? ReadTime(NetworkNode node, string name, bool allowsZero, bool required = true)
    {
        if (node.Text(name, required) is not { } text)
        {
            return null;
        }

        if (allowsZero && text is "0" or "0s")
        {
            return TimeSpan.Zero;
        }

        try
        {
            return SharedOptions.ParseTime(text);
        }
        catch (UsageException e)
        {
            node.Error(name, e.Message);
            return null;
        }
    }
}
