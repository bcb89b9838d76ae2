namespace TrafficCore.Traffic.Service;

/// <summary>Passenger-car units by vehicle class. Immutable.</summary>
/// <remarks>A value in pcu means nothing without its table: store <see cref="Version"/> with it wherever tables can change.</remarks>
public sealed class PcuTable
{
    /// <summary>A class that the table does not name counts as a car: known to be a vehicle, of unknown size.</summary>
    public const int UnknownFactorMilli = 1000;

    private readonly Dictionary<string, int> _factors;

    /// <summary>Makes a table.</summary>
    /// <param name="version">Name of the table, e.g. <c>cjj37-2012</c>.</param>
    /// <param name="factorsMilli">Factor in 0.001 pcu by class name.</param>
    public PcuTable(string version, IEnumerable<KeyValuePair<string, int>> factorsMilli)
    {
        Version = version;
        _factors = new Dictionary<string, int>(factorsMilli, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>
    /// CJJ 37-2012 for urban roads: car 1.0, large bus 2.0, large truck 2.5, articulated 3.0. It has no medium class; 1.5
    /// is JTG B01-2014's. Neither text could be checked, so cities may set their own.
    /// </summary>
    public static PcuTable Cjj37 { get; } = new(
        "cjj37-2012",
        new Dictionary<string, int>
        {
            ["car"] = 1000, ["light"] = 1000, ["medium"] = 1500, ["bus"] = 2000, ["truck"] = 2500, ["articulated"] = 3000, ["train"] = 3000,
        });

    /// <summary>Name of the table.</summary>
    public string Version { get; }

    /// <summary>Factor of a class in 0.001 pcu; case does not matter.</summary>
    public int FactorMilli(string className) => _factors.GetValueOrDefault(className, UnknownFactorMilli);
}
