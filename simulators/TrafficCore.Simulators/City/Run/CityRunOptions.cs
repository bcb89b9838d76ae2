using TrafficCore.Simulators.City.Layout;
using TrafficCore.Simulators.City.Sending;
using TrafficCore.Simulators.Cli;

namespace TrafficCore.Simulators.City.Run;

/// <summary>What <c>city</c> runs.</summary>
internal sealed record CityRunOptions
{
    /// <summary>Network file; null: a grid is laid out.</summary>
    public string? NetworkFile { get; init; }

    /// <summary>The grid, where there is no file.</summary>
    public GridOptions Grid { get; init; } = new();

    /// <summary>Where to write the network file; null: nowhere.</summary>
    public string? NetworkOut { get; init; }

    /// <summary>How traffic behaves.</summary>
    public CityOptions City { get; init; } = new();

    /// <summary>How devices report.</summary>
    public ReportOptions Reports { get; init; } = new();

    /// <summary>Broker to send to.</summary>
    public BrokerAddress Broker { get; init; } = BrokerAddress.Local;

    /// <summary>File to write readings to instead; null: the broker.</summary>
    public string? Record { get; init; }

    /// <summary>How devices share connections.</summary>
    public ConnectionSharing Connections { get; init; }

    /// <summary>Quality of service, 0 or 1.</summary>
    public int Qos { get; init; } = 1;

    /// <summary>How long, in the city's time; null: until stopped, for a record an hour.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>How long the streets fill before the run. Default 5 min: several times what a vehicle stays.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Seconds of the city in a second.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>When the run begins, in the city's time; null: now, for a record <see cref="RecordDay"/>.</summary>
    public DateTimeOffset? Start { get; init; }

    /// <summary>Fault plan; null: nothing goes wrong.</summary>
    public string? FaultFile { get; init; }

    /// <summary>Directory for what really happened; null: it is not kept.</summary>
    public string? TruthDirectory { get; init; }

    /// <summary>Threads for the traffic.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Whether to check the inputs only.</summary>
    public bool IsCheck { get; init; }

    /// <summary>The day of a record without a begin of its own: a Monday, always the same, so that the same seed gives the same file.</summary>
    public static readonly DateTimeOffset RecordDay = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);

    /// <summary>How far random faults are drawn when the run has no end.</summary>
    public static readonly TimeSpan Endless = TimeSpan.FromDays(7);
}
