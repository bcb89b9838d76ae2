namespace TrafficCore.Simulators.City;

/// <summary>What stands where: intersections with approaches, detectors and boards, laid out from a seed. Immutable.</summary>
internal sealed record CityPlan(CityOptions Options, IReadOnlyList<CityIntersection> Intersections)
{
    private const int Columns = 3;
    private static readonly string[] Sides = ["n", "e", "s", "w"];
    private static readonly string[] Streets = ["Market", "Station", "Harbour", "Garden", "Museum", "Bridge", "School", "Mill"];
    private static readonly string[] Avenues = ["First", "Second", "Third", "Fourth", "Fifth", "Sixth"];

    /// <summary>Lays out a city.</summary>
    public static CityPlan Create(CityOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Intersections, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Intersections, 99);
        var random = CityRandom.For(options.Seed, 0);
        return new CityPlan(options, [.. Enumerable.Range(0, options.Intersections).Select(i => Intersection(i, options, ref random))]);
    }

    private static CityIntersection Intersection(int index, CityOptions options, ref CityRandom random)
    {
        var (row, column) = Math.DivRem(index, Columns);
        var id = $"int-{index + 1:0000}";
        var name = $"{Streets[column % Streets.Length]} St / {Avenues[row % Avenues.Length]} Ave";
        var approaches = Sides.Select((side, i) => Approach(side, i, index, options)).ToArray();

        // A board at every other intersection, over the first approach that has a rush.
        var watched = Array.Find(approaches, static a => a.HasRush) ?? approaches[0];
        CityBoard[] boards = index % 2 == 0 ? [new CityBoard("b-1", $"{id}/{watched.Id}")] : [];
        var longitude = 114.32 + (column * 0.0043) + random.Between(-0.0004, 0.0004);
        var latitude = 29.84 - (row * 0.0038) + random.Between(-0.0003, 0.0003);
        return new CityIntersection(id, name, longitude, latitude, approaches, boards);
    }

    private static CityApproach Approach(string side, int sideIndex, int intersection, CityOptions options)
    {
        // Detectors 1..8 of an intersection, two lanes an approach; the controller knows them as channels 1..8.
        CityDetector[] detectors =
        [
            new($"d-{(sideIndex * 2) + 1:00}", 1, (sideIndex * 2) + 1),
            new($"d-{(sideIndex * 2) + 2:00}", 2, (sideIndex * 2) + 2),
        ];
        var phase = side is "n" or "s" ? 2 : 4;
        return new CityApproach(side, sideIndex * 90, phase, HasRush: (intersection + sideIndex) % 4 == 0, detectors);
    }
}

/// <summary>One intersection.</summary>
internal sealed record CityIntersection(
    string Id, string Name, double Longitude, double Latitude, IReadOnlyList<CityApproach> Approaches, IReadOnlyList<CityBoard> Boards);

/// <summary>One approach: traffic that arrives from one side.</summary>
internal sealed record CityApproach(string Id, int Bearing, int Phase, bool HasRush, IReadOnlyList<CityDetector> Detectors)
{
    /// <summary>km/h on an empty road.</summary>
    public const double FreeFlowSpeed = 50;
}

/// <summary>One detector over one lane.</summary>
internal sealed record CityDetector(string Id, int Lane, int Channel);

/// <summary>One display board and the approach that it warns of.</summary>
internal sealed record CityBoard(string Id, string Watches);
