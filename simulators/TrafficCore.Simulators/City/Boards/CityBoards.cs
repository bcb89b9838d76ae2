using System.Globalization;
using TrafficCore.Simulators.City.Faults;
using TrafficCore.Simulators.City.Layout;
using TrafficCore.Simulators.City.Sending;
using TrafficCore.Simulators.City.Truth;
using TrafficCore.Simulators.Cli;
using TrafficCore.Traffic.Network;

namespace TrafficCore.Simulators.City.Boards;

/// <summary>All boards of the city.</summary>
/// <remarks>Ownership: each board is a loop of its own; what they write down is under one lock.</remarks>
internal sealed class CityBoards : IAsyncDisposable
{
    private readonly BoardDevice[] _boards;
    private readonly TruthFiles? _truth;
    private readonly SendPace _pace;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public CityBoards(CityMap map, FaultSchedule faults, CityClock clock, SendPace pace, BrokerAddress broker, TimeProvider time, TruthFiles? truth)
    {
        (_truth, _pace) = (truth, pace);
        var sites = map.Intersections.SelectMany(static i => i.Site.Boards.Select(b => (Intersection: i.Site, Board: b)));
        _boards = [.. sites.Select((s, index) => new BoardDevice(
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
        // A board that names nothing to watch is about every approach of its intersection, as for the service.
        var watches = string.Join(';', board.Watches.Count > 0
            ? board.Watches.Select(static w => w.ToString())
            : intersection.Approaches.Select(a => new ApproachReference(intersection.Id, a.Id).ToString()));
        var note = (BoardFace face) =>
        {
            var time = DateTimeOffset.FromUnixTimeMilliseconds(_pace.NowUnix).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
            lock (_gate)
            {
                _truth!.Boards.WriteLine($"{time},{intersection.Id},{board.Id},{watches},{face.State},{face.Id},{face.Rule},{face.Multi.Replace(',', ' ')}");
                _truth.Boards.Flush();
            }
        };
        note(new BoardFace([]));
        return note;
    }
}
