using TrafficCore.Simulators.City.Faults;
using TrafficCore.Simulators.City.Sending;

namespace TrafficCore.Simulators.City.Boards;

/// <summary>What is wrong with a board for a while. Immutable.</summary>
/// <param name="Kind">Offline, wrong or reject.</param>
/// <param name="FromMs">When it begins, Unix ms.</param>
/// <param name="UntilMs">When it is over, Unix ms.</param>
/// <param name="Multi">What a wrong board shows.</param>
internal sealed record BoardFault(FaultKind Kind, long FromMs, long UntilMs, string Multi)
{
    /// <summary>The faults of a board on the wall clock: boards live in real time, whatever the pace of the city.</summary>
    public static IReadOnlyList<BoardFault> Of(FaultSchedule schedule, int board, CityClock clock, SendPace pace, TimeProvider time)
    {
        long Wall(long model) => time.GetUtcNow().ToUnixTimeMilliseconds() + (long)pace.Until(clock.Unix(model)).TotalMilliseconds;
        return [.. schedule.Of(FaultyDevices.Board, board).Select(f => new BoardFault(f.Kind, Wall(f.From), Wall(f.Until), f.Parameters.Multi))];
    }

    /// <summary>Whether it is there at a moment.</summary>
    public bool IsAt(long at) => at >= FromMs && at < UntilMs;
}
