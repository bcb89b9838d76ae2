using System.Diagnostics;
using TrafficCore.Simulators.City.Sending;
using TrafficCore.Simulators.Load;

namespace TrafficCore.Simulators.City.Run;

/// <summary>How a run of the city ended; <c>--json</c> prints it.</summary>
internal sealed record CityReport
{
    public required int Intersections { get; init; }

    public required int Detectors { get; init; }

    /// <summary>Connections of detectors and controllers; 0 for a record.</summary>
    public int Connections { get; init; }

    /// <summary>Boards, each with a connection of its own.</summary>
    public int Boards { get; init; }

    /// <summary>Seconds of the city.</summary>
    public double CitySeconds { get; init; }

    /// <summary>Seconds on the wall.</summary>
    public double Seconds { get; init; }

    /// <summary>Vehicles that began a trip, from the warm-up on.</summary>
    public long Vehicles { get; init; }

    /// <summary>Messages that devices sent.</summary>
    public long Sent { get; init; }

    /// <summary>Messages acknowledged; null at QoS 0 and for a record.</summary>
    public long? Acknowledged { get; init; }

    /// <summary>Messages refused; null at QoS 0 and for a record.</summary>
    public long? Refused { get; init; }

    /// <summary>Messages that a fault made refusable.</summary>
    public long Broken { get; init; }

    /// <summary>Messages that left more than a second late.</summary>
    public long Late { get; init; }

    /// <summary>Messages that were not delivered.</summary>
    public long Lost { get; init; }

    public int Reconnects { get; init; }

    /// <summary>From due to handed to the connection.</summary>
    public LatencySummary? SendDelay { get; init; }

    /// <summary>Times that boards lit up.</summary>
    public int BoardsShown { get; init; }

    /// <summary>Times that boards went blank.</summary>
    public int BoardsCleared { get; init; }

    /// <summary>CPU seconds of this process.</summary>
    public double CpuSeconds { get; init; }

    /// <summary>Highest resident memory of this process, MiB.</summary>
    public long PeakMebibytes { get; init; }

    /// <summary>Whether it ended before its time, by Ctrl-C or SIGTERM; a run without an end of its own never does.</summary>
    public bool Stopped { get; init; }

    /// <summary>What went wrong; empty when all is well.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>What a run was, before anything is said about its messages.</summary>
    public static CityReport Of(CityInputs inputs, CityEngine engine, TimeSpan elapsed)
    {
        using var process = Process.GetCurrentProcess();
        return new CityReport
        {
            Intersections = inputs.Map.Intersections.Count,
            Detectors = inputs.Map.Detectors.Count,
            CitySeconds = Math.Round((engine.NowUnix - engine.Clock.BeginUnix) / 1000.0, 1),
            Seconds = Math.Round(elapsed.TotalSeconds, 1),
            Vehicles = engine.Traffic.Approaches.Sum(static a => a.Tally.Began),
            CpuSeconds = Math.Round(process.TotalProcessorTime.TotalSeconds, 1),
            PeakMebibytes = process.PeakWorkingSet64 >> 20,
        };
    }

    /// <summary>The same with what became of the messages.</summary>
    public CityReport With(CityConnections connections, bool areAnswered)
    {
        var (sent, acknowledged, refused) = (connections.Sent, connections.Acknowledged, connections.Refused);
        return this with
        {
            Connections = connections.Count,
            Sent = sent,
            Acknowledged = areAnswered ? acknowledged : null,
            Refused = areAnswered ? refused : null,
            Broken = connections.Broken,
            Late = connections.Late,
            Lost = areAnswered ? sent - acknowledged - refused : sent - connections.Taken,
            Reconnects = connections.Reconnects,
            SendDelay = LatencySummary.Of(connections.Delay),
            Problems = [.. connections.Problems, .. CityVerdict.Problems(sent, connections.Dropped, areAnswered ? acknowledged : null, refused, connections.Broken)],
        };
    }
}
