using TrafficCore.Traffic.Observations;

namespace TrafficCore.Pipeline.Ingest;

/// <summary>What a device is; the number is stored in records and never reused.</summary>
public enum DeviceKind : byte
{
    /// <summary>No device.</summary>
    None = 0,

    /// <summary>Sends interval readings, or is a channel of a controller.</summary>
    Detector = 1,

    /// <summary>Sends high-resolution events.</summary>
    Controller = 2,

    /// <summary>Shows messages.</summary>
    Board = 3,

    /// <summary>Weather, water, visibility.</summary>
    Environment = 4,

    /// <summary>A car park.</summary>
    Parking = 5,

    /// <summary>Not a device: the <c>detectors</c> topic of an intersection, for payloads that name no detector.</summary>
    Detectors = 6,

    /// <summary>Not a device: everything that cannot be given to one; a single entry, so that memory stays bounded.</summary>
    Unknown = 255,
}

/// <summary>Names of kinds as topics, the ledger and the quarantine spell them.</summary>
public static class DeviceKinds
{
    /// <summary>Intersection and device id of a pseudo device.</summary>
    public const string Nobody = "-";

    /// <summary>The kind's name, e.g. <c>detector</c>.</summary>
    public static string Name(DeviceKind kind) => kind switch
    {
        DeviceKind.Detector => "detector",
        DeviceKind.Controller => "controller",
        DeviceKind.Board => "board",
        DeviceKind.Environment => "environment",
        DeviceKind.Parking => "parking",
        DeviceKind.Detectors => "detectors",
        _ => "unknown",
    };

    /// <summary>What devices of a kind observe; null when they send no observations.</summary>
    public static ObservationKind? Observed(DeviceKind kind) => kind switch
    {
        DeviceKind.Environment => ObservationKind.Environment,
        DeviceKind.Parking => ObservationKind.Parking,
        _ => null,
    };

    /// <summary>The kind of a name, or <see cref="DeviceKind.None"/>.</summary>
    public static DeviceKind Parse(ReadOnlySpan<byte> name) => name switch
    {
        _ when name.SequenceEqual("detector"u8) => DeviceKind.Detector,
        _ when name.SequenceEqual("controller"u8) => DeviceKind.Controller,
        _ when name.SequenceEqual("board"u8) => DeviceKind.Board,
        _ when name.SequenceEqual("environment"u8) => DeviceKind.Environment,
        _ when name.SequenceEqual("parking"u8) => DeviceKind.Parking,
        _ when name.SequenceEqual("detectors"u8) => DeviceKind.Detectors,
        _ when name.SequenceEqual("unknown"u8) => DeviceKind.Unknown,
        _ => DeviceKind.None,
    };

    /// <summary>The kind of a name, or <see cref="DeviceKind.None"/>.</summary>
    public static DeviceKind Parse(string name)
    {
        Span<byte> utf8 = stackalloc byte[16];
        return System.Text.Encoding.UTF8.TryGetBytes(name, utf8, out int length) ? Parse(utf8[..length]) : DeviceKind.None;
    }
}
