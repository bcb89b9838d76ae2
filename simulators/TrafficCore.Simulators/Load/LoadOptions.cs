using TrafficCore.Mqtt.Wire;
using TrafficCore.Simulators.Cli;

namespace TrafficCore.Simulators.Load;

/// <summary>What <c>load</c> sends, to whom, and how it is checked.</summary>
internal sealed record LoadOptions
{
    /// <summary>Where to.</summary>
    public BrokerAddress Broker { get; init; } = BrokerAddress.Local;

    /// <summary>How much comes when.</summary>
    public LoadShape Shape { get; init; } = new();

    /// <summary>What it is made of.</summary>
    public LoadMix Mix { get; init; } = new();

    /// <summary>Connections; each speaks for an equal share of the detectors.</summary>
    public int Connections { get; init; } = 100;

    /// <summary>Intersections; null: as many as give each connection one detector, or one intersection where messages hold several detectors.</summary>
    public int? Intersections { get; init; }

    /// <summary>Detectors of an intersection.</summary>
    public int DetectorsPerIntersection { get; init; } = 10;

    /// <summary>Quality of service, 0 to 2.</summary>
    public int Qos { get; init; } = 1;

    /// <summary>Protocol. 5.0 says why something was refused.</summary>
    public MqttVersion Version { get; init; } = MqttVersion.V5;

    /// <summary>Messages of one connection that may wait for their acknowledgement. The default is the client's.</summary>
    public int Window { get; init; } = 64;

    /// <summary>The service's HTTP address, to check the ledger; null: not checked.</summary>
    public Uri? Http { get; init; }

    /// <summary>Check the ledger of each of this run's own devices, because others send to the service too.</summary>
    public bool OwnDevicesOnly { get; init; }

    /// <summary>Check that the windows hold every vehicle that was sent.</summary>
    public bool VerifyWindows { get; init; }

    /// <summary>First part of intersection names, so that runs can be told apart and generators side by side have devices of their own.</summary>
    public string Prefix { get; init; } = "load";

    /// <summary>How long to wait for what is on its way after the last message was due.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(20);
}
