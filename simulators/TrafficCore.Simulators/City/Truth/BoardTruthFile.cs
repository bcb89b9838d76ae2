using System.Globalization;
using TrafficCore.Simulators.City.Boards;
using TrafficCore.Simulators.City.Layout;
using TrafficCore.Traffic.Network;

namespace TrafficCore.Simulators.City.Truth;

/// <summary>Writes down which boards there are, what they watch, and what stands on them.</summary>
/// <remarks>Ownership: shared by all boards; the lock keeps their lines whole.</remarks>
internal sealed class BoardTruthFile
{
    private readonly TextWriter _file;
    private readonly Lock _gate = new();

    public BoardTruthFile(TruthFiles files) => _file = files.Boards;

    /// <summary>The boards of a city in the order of its network file.</summary>
    public static IEnumerable<(Intersection Intersection, BoardSite Board)> In(CityMap map) =>
        map.Intersections.SelectMany(static i => i.Site.Boards.Select(b => (i.Site, b)));

    /// <summary>A board of which nobody knows what it shows, because the run has no devices of boards.</summary>
    public void AddUnseen(Intersection intersection, BoardSite board, long unixMs) => Write(intersection, board, unixMs, ",,,");

    /// <summary>What stands on a board from a moment on.</summary>
    public void Add(Intersection intersection, BoardSite board, long unixMs, BoardFace face) =>
        Write(intersection, board, unixMs, $"{face.State},{face.Id},{face.Rule},{face.Multi.Replace(',', ' ')}");

    /// <summary>Lets others see the lines.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            _file.Flush();
        }
    }

    private void Write(Intersection intersection, BoardSite board, long unixMs, string shown)
    {
        // A board that names nothing to watch is about every approach of its intersection, as for the service.
        var watches = string.Join(';', board.Watches.Count > 0
            ? board.Watches.Select(static w => w.ToString())
            : intersection.Approaches.Select(a => new ApproachReference(intersection.Id, a.Id).ToString()));
        var time = DateTimeOffset.FromUnixTimeMilliseconds(unixMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        lock (_gate)
        {
            _file.WriteLine($"{time},{intersection.Id},{board.Id},{watches},{shown}");
        }
    }
}
