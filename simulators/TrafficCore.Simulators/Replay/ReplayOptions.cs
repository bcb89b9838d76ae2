using System.Globalization;
using TrafficCore.Mqtt.Wire;
using TrafficCore.Simulators.Cli;

namespace TrafficCore.Simulators.Replay;

/// <summary>What <c>replay</c> sends, to whom and how fast.</summary>
internal sealed record ReplayOptions
{
    /// <summary>The recorded data.</summary>
    public required string File { get; init; }

    /// <summary>Its format.</summary>
    public required RecordingFormat Format { get; init; }

    /// <summary>Where to.</summary>
    public BrokerAddress Broker { get; init; } = BrokerAddress.Local;

    /// <summary>Recorded seconds per second; null: as fast as it goes.</summary>
    public double? Speed { get; init; }

    /// <summary>Zone of times without an offset.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>Quality of service of every message.</summary>
    public QualityOfService QoS { get; init; } = QualityOfService.AtLeastOnce;

    /// <summary>How long to try to come back after the broker is gone.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Reads <c>--speed</c>: a factor, or <c>max</c>.</summary>
    public static double? ParseSpeed(string text) =>
        text == "max" ? null
        : double.TryParse(text, CultureInfo.InvariantCulture, out var factor) && factor > 0 && factor < 1e9 ? factor
        : throw new UsageException($"'{text}' is not a speed; write a factor such as 10, or max.");

    /// <summary>Reads <c>--time-zone</c>: an IANA name.</summary>
    public static TimeZoneInfo ParseZone(string text) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(text, out var zone)
            ? zone
            : throw new UsageException($"'{text}' is not a time zone; write an IANA name such as America/Los_Angeles.");
}
