using TrafficCore.Simulators.Load;

namespace TrafficCore.Simulators.Demo;

/// <summary>How a demonstration ended; <c>--json</c> prints it.</summary>
internal sealed record DemoReport
{
    public required double Seconds { get; init; }

    public required long Sent { get; init; }

    public required long Acknowledged { get; init; }

    /// <summary>Times that a board began to show a warning.</summary>
    public required int Warnings { get; init; }

    /// <summary>Times that a board went blank again.</summary>
    public required int Cleared { get; init; }

    /// <summary>Intersections with at least one published window.</summary>
    public required int IntersectionsWithWindows { get; init; }

    /// <summary>What the ledger grew by.</summary>
    public required LedgerCounts Ledger { get; init; }

    /// <summary>Whether it ended before its <c>--duration</c>, by Ctrl-C or SIGTERM.</summary>
    public required bool Stopped { get; init; }

    /// <summary>Whether everything that was sent is accounted for.</summary>
    public bool Balanced => Acknowledged == Sent && Ledger.Stored >= Acknowledged && Ledger.Unexplained == 0;
}
