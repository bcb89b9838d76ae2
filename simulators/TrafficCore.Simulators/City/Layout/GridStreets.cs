using TrafficCore.Simulators.City.Demand;

namespace TrafficCore.Simulators.City.Layout;

/// <summary>The streets of a grid: where each runs and how fast it is. Immutable.</summary>
internal sealed class GridStreets
{
    // Somewhere on land; a degree of latitude is 111,320 m.
    private const double OriginLongitude = 114.32;
    private const double OriginLatitude = 29.84;
    private const double MetresPerLatitude = 111_320;
    private const double MetresPerLongitude = 96_560;

    private static readonly string[] Names = ["Market", "Station", "Harbour", "Garden", "Museum", "Bridge", "School", "Mill"];

    // Limits of urban arterials, km/h.
    private static readonly int[] Speeds = [40, 50, 50, 50, 60];

    private readonly Street[] _columns;
    private readonly Street[] _rows;

    public GridStreets(GridOptions options)
    {
        var random = CityRandom.For(options.Seed, RandomUse.Layout, 0);
        _columns = Lay(options.Columns, ref random);
        _rows = Lay((options.Intersections + options.Columns - 1) / options.Columns, ref random);
    }

    /// <summary>Free-flow speed of a north-south street, km/h.</summary>
    public int ColumnSpeed(int column) => _columns[column].Speed;

    /// <summary>Free-flow speed of an east-west street, km/h.</summary>
    public int RowSpeed(int row) => _rows[row].Speed;

    /// <summary>Metres between a column and the one before it.</summary>
    public int ColumnSpacing(int column) => _columns[column].Position - _columns[column - 1].Position;

    /// <summary>Metres between a row and the one before it.</summary>
    public int RowSpacing(int row) => _rows[row].Position - _rows[row - 1].Position;

    /// <summary>Position of a corner, WGS 84 degrees, six decimals: about a decimetre.</summary>
    public (double Longitude, double Latitude) Place(int row, int column) => (
        Math.Round(OriginLongitude + (_columns[column].Position / MetresPerLongitude), 6),
        Math.Round(OriginLatitude - (_rows[row].Position / MetresPerLatitude), 6));

    /// <summary>What people call a corner.</summary>
    public static string Name(int row, int column) => $"{Names[column % Names.Length]} St {(column / Names.Length) + 1} / Avenue {row + 1}";

    private static Street[] Lay(int count, ref CityRandom random)
    {
        var streets = new Street[count];
        var position = 0;
        for (var i = 0; i < count; i++)
        {
            streets[i] = new Street(position, Speeds[random.Below(Speeds.Length)]);

            // 250 to 500 m: signals of an arterial; enough for a queue of 30 vehicles a lane.
            position += random.Between(250, 500);
        }

        return streets;
    }

    private readonly record struct Street(int Position, int Speed);
}
