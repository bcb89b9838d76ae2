using TrafficCore.Simulators.Cli;

namespace TrafficCore.Simulators.Load;

/// <summary>What <c>load</c> sends, to whom, and how it is checked.</summary>
internal sealed record LoadOptions
{
    /// <summary>Where to.</summary>
    public BrokerAddress Broker { get; init; } = BrokerAddress.Local;

    /// <summary>Readings per second over all connections, on a fixed schedule.</summary>
    public int Rate { get; init; } = 1000;

    /// <summary>Connections; each is one detector with a client of its own.</summary>
    public int Connections { get; init; } = 100;

    /// <summary>How long to send, unless <see cref="Count"/> is set.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Readings to send; null: as many as fit into <see cref="Duration"/>.</summary>
    public long? Count { get; init; }

    /// <summary>Quality of service, 0 or 1.</summary>
    public int Qos { get; init; } = 1;

    /// <summary>Detectors per intersection.</summary>
    public int DetectorsPerIntersection { get; init; } = 10;

    /// <summary>The service's HTTP address, to check the ledger; null: not checked.</summary>
    public Uri? Http { get; init; }

    /// <summary>First part of intersection names, so that runs can be told apart.</summary>
    public string Prefix { get; init; } = "load";

    /// <summary>How long to wait for what is on its way after the last reading was due.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Readings to send in all.</summary>
    public long Total => Count ?? (long)Math.Round(Rate * Duration.TotalSeconds);
}
