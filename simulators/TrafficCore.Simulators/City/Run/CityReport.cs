using TrafficCore.Simulators.Load;

namespace TrafficCore.Simulators.City.Run;

/// <summary>How a run of the city ended; <c>--json</c> prints it.</summary>
internal sealed record CityReport
{
    public required int Intersections { get; init; }

    public required int Detectors { get; init; }

    public required int Connections { get; init; }

    public required int Boards { get; init; }

    /// <summary>Seconds of the city.</summary>
    public required double CitySeconds { get; init; }

    /// <summary>Seconds on the wall.</summary>
    public required double Seconds { get; init; }

    /// <summary>Vehicles that entered the city or began a trip in it, from the warm-up on.</summary>
    public required long Vehicles { get; init; }

    /// <summary>Messages that devices sent.</summary>
    public required long Sent { get; init; }

    /// <summary>Messages acknowledged; null at QoS 0 and for a record.</summary>
    public long? Acknowledged { get; init; }

    /// <summary>Messages refused; null at QoS 0 and for a record.</summary>
    public long? Refused { get; init; }

    /// <summary>Of those, messages that a fault made refusable.</summary>
    public required long Broken { get; init; }

    /// <summary>Messages that left more than a second late.</summary>
    public required long Late { get; init; }

    /// <summary>Messages that were not delivered.</summary>
    public required long Lost { get; init; }

    public required int Reconnects { get; init; }

    /// <summary>From due to handed to the connection.</summary>
    public LatencySummary? SendDelay { get; init; }

    /// <summary>Times that boards lit up.</summary>
    public required int BoardsShown { get; init; }

    /// <summary>Times that boards went blank.</summary>
    public required int BoardsCleared { get; init; }

    /// <summary>CPU seconds of this process.</summary>
    public required double CpuSeconds { get; init; }

    /// <summary>Highest resident memory of this process, MiB.</summary>
    public required long PeakMebibytes { get; init; }

    /// <summary>What went wrong; empty when all is well.</summary>
    public required IReadOnlyList<string> Problems { get; init; }
}
