using System.Net;
using TrafficCore.Simulators.Cli;

namespace TrafficCore.Simulators.Verify;

/// <summary>How <c>verify-device</c> looks at a device.</summary>
internal sealed record VerifyOptions
{
    /// <summary>Where the bench listens.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, BrokerAddress.DefaultPort);

    /// <summary>A broker to listen to instead; null: the bench is the server.</summary>
    public BrokerAddress? Broker { get; init; }

    /// <summary>Whose messages are looked at on a broker.</summary>
    public string Filter { get; init; } = "traffic/v1/#";

    /// <summary>The bench's certificate (PEM); null for no TLS.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>Its private key; null: it lies in that file.</summary>
    public string? KeyFile { get; init; }

    /// <summary>How long to wait for the first device.</summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long to watch before anything is disturbed. The default is three readings of a device that counts every 30 s, and some.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>How long nobody is let in; null: three of the device's intervals, 5 s to 10 min.</summary>
    public TimeSpan? Outage { get; init; }

    /// <summary>How long a device may take to come back and catch up. The default is what a slow mobile modem needs.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>What must be there, besides what shows by itself.</summary>
    public CheckScope Devices { get; init; }

    /// <summary>The checks to make.</summary>
    public IReadOnlyList<Check> Checks { get; init; } = CheckCatalog.All;

    /// <summary>The last stage that the checks need.</summary>
    public BenchStage LastStage => Checks.Count == 0 ? BenchStage.Observing : Checks.Max(static c => c.Stage);
}
