using System.Globalization;

namespace TrafficCore.Simulators.City.Faults;

/// <summary>Kinds of devices, as in topics.</summary>
[Flags]
internal enum FaultyDevices
{
    None = 0,
    Detector = 1,
    Controller = 2,
    Board = 4,
}

/// <summary>How a kind of fault is written, whom it befalls and what it takes. Immutable.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Name">Its name in a plan.</param>
/// <param name="Devices">Devices that can have it.</param>
/// <param name="Parameters">Parameters that it takes.</param>
/// <param name="Defaults">What they are when a plan is silent.</param>
internal sealed record FaultRule(FaultKind Kind, string Name, FaultyDevices Devices, string[] Parameters, FaultParameters Defaults)
{
    private const FaultyDevices Senders = FaultyDevices.Detector | FaultyDevices.Controller;
    private static readonly FaultParameters Nothing = new();

    /// <summary>All kinds. The defaults are strong enough to be noticed and weak enough to be plausible.</summary>
    public static readonly IReadOnlyList<FaultRule> All =
    [
        new(FaultKind.StuckOn, "stuck-on", FaultyDevices.Detector, [], Nothing),
        new(FaultKind.StuckOff, "stuck-off", FaultyDevices.Detector, [], Nothing),
        new(FaultKind.Chatter, "chatter", FaultyDevices.Detector, ["perSecond"], new() { PerSecond = 2 }),
        new(FaultKind.CountDrift, "count-drift", FaultyDevices.Detector, ["percent"], new() { Percent = -20 }),
        new(FaultKind.SpeedDrift, "speed-drift", FaultyDevices.Detector, ["percent"], new() { Percent = -20 }),
        new(FaultKind.OccupancyDrift, "occupancy-drift", FaultyDevices.Detector, ["percent"], new() { Percent = 20 }),
        new(FaultKind.ClockOffset, "clock-offset", Senders, ["milliseconds"], new() { Milliseconds = -30_000 }),
        new(FaultKind.ClockDrift, "clock-drift", Senders, ["millisecondsPerHour"], new() { MillisecondsPerHour = 1000 }),
        new(FaultKind.Silence, "silence", Senders, [], Nothing),
        new(FaultKind.Duplicate, "duplicate", Senders, ["percent", "delay"], new() { Percent = 100, Delay = TimeSpan.FromSeconds(1) }),
        new(FaultKind.Reorder, "reorder", Senders, ["percent", "delay"], new() { Percent = 50, Delay = TimeSpan.FromSeconds(5) }),
        new(FaultKind.Reboot, "reboot", Senders, [], Nothing),
        new(FaultKind.Backlog, "backlog", Senders, ["perSecond", "order"], new() { PerSecond = 10 }),
        new(FaultKind.Malformed, "malformed", Senders, ["percent"], new() { Percent = 100 }),
        new(FaultKind.Half, "half", FaultyDevices.Controller, ["channels"], Nothing),
        new(FaultKind.Offline, "offline", FaultyDevices.Board, [], Nothing),
        new(FaultKind.Wrong, "wrong", FaultyDevices.Board, ["multi"], Nothing),
        new(FaultKind.Reject, "reject", FaultyDevices.Board, [], Nothing),
    ];

    /// <summary>The rule of a kind.</summary>
    public static FaultRule Of(FaultKind kind) => All[(int)kind];

    /// <summary>The rule of a name; null when there is none.</summary>
    public static FaultRule? Find(string? name) => All.FirstOrDefault(r => r.Name == name);

    /// <summary>The parameters of a fault as <c>name=value</c>, separated by semicolons.</summary>
    public static string Describe(DeviceFault fault) => string.Join(';', Of(fault.Kind).Parameters.Select(name => name + "=" + name switch
    {
        "perSecond" => fault.Parameters.PerSecond.ToString(CultureInfo.InvariantCulture),
        "percent" => fault.Parameters.Percent.ToString(CultureInfo.InvariantCulture),
        "milliseconds" => fault.Parameters.Milliseconds.ToString(CultureInfo.InvariantCulture),
        "millisecondsPerHour" => fault.Parameters.MillisecondsPerHour.ToString(CultureInfo.InvariantCulture),
        "delay" => fault.Parameters.Delay.TotalSeconds.ToString(CultureInfo.InvariantCulture) + "s",
        "order" => fault.Parameters.LiveFirst ? "live-first" : "in-order",
        "channels" => string.Join('+', fault.Parameters.Channels),
        _ => fault.Parameters.Multi.Replace(',', ' '),
    }));

    /// <summary>The kind of device that a topic level names.</summary>
    public static FaultyDevices DeviceKind(string? level) => level switch
    {
        "detector" => FaultyDevices.Detector,
        "controller" => FaultyDevices.Controller,
        "board" => FaultyDevices.Board,
        _ => FaultyDevices.None,
    };
}
