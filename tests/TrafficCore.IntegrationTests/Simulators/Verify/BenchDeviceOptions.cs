using TrafficCore.Mqtt.Wire;

namespace TrafficCore.IntegrationTests.Simulators.Verify;

/// <summary>What a simulated device is, and the one thing that it does wrong.</summary>
internal sealed record BenchDeviceOptions
{
    public required int Port { get; init; }

    /// <summary>The check that it fails; null for a good device.</summary>
    public string? Fault { get; init; }

    public string Kind { get; init; } = "detector";

    public MqttVersion Version { get; init; } = MqttVersion.V5;

    /// <summary>The broker is to keep its session.</summary>
    public bool IsPersistent { get; init; } = true;

    /// <summary>What it sends is at QoS 2 instead of 1.</summary>
    public bool IsExactlyOnce { get; init; }

    public int IntervalMs { get; init; } = 400;

    /// <summary>Certificate authority; null for no TLS.</summary>
    public string? Authority { get; init; }

    public bool Has(string fault) => Fault == fault;
}
