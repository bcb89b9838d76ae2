using TrafficCore.Simulators.City.Faults;
using TrafficCore.Simulators.City.Layout;
using TrafficCore.Simulators.City.Sending;
using TrafficCore.Simulators.City.Truth;
using TrafficCore.Simulators.Cli;
using TrafficCore.Traffic.Network;

namespace TrafficCore.Simulators.City.Boards;

/// <summary>All boards of the city.</summary>
/// <remarks>Ownership: each board is a loop of its own.</remarks>
internal sealed class CityBoards : IAsyncDisposable
{
    private readonly BoardDevice[] _boards;
    private readonly BoardTruthFile? _truth;
    private readonly SendPace _pace;
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public CityBoards(CityMap map, FaultSchedule faults, CityClock clock, SendPace pace, BrokerAddress broker, TimeProvider time, TruthFiles? truth)
    {
        (_truth, _pace) = (truth is null ? null : new BoardTruthFile(truth), pace);
        _boards = [.. BoardTruthFile.In(map).Select((s, index) => new BoardDevice(
            s.Intersection.Id,
            s.Board,
            broker,
            time,
            BoardFault.Of(faults, index, clock, pace, time),
            truth is null ? null : Note(s.Intersection, s.Board)))];
    }

    /// <summary>Boards that there are.</summary>
    public int Count => _boards.Length;

    /// <summary>Times that a board lit up.</summary>
    public int Shown => _boards.Sum(static b => b.Face.Shown);

    /// <summary>Times that a board went blank.</summary>
    public int Cleared => _boards.Sum(static b => b.Face.Cleared);

    /// <summary>Lets them live until they are stopped.</summary>
    public void Start() => _running = Task.WhenAll(_boards.Select(b => b.RunAsync(_stop.Token)));

    /// <summary>Lets every board say good-bye.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    /// <summary>Writes down what a board shows, from the begin on: a board that never warns is judged too.</summary>
    private Action<BoardFace> Note(Intersection intersection, BoardSite board)
    {
        var note = (BoardFace face) =>
        {
            _truth!.Add(intersection, board, _pace.NowUnix, face);
            _truth.Flush();
        };
        note(new BoardFace([]));
        return note;
    }
}
