namespace TrafficCore.Traffic.Observations;

/// <summary>What devices of a kind observe. All that differs between environment and parking is in this table.</summary>
/// <remarks>Immutable, one instance a kind. The order of the properties is the order of values in records: it only grows.</remarks>
public sealed class ObservationKind
{
    private ObservationKind(string name, string deviceTag, params ObservedProperty[] properties)
    {
        Name = name;
        DeviceTag = deviceTag;
        Properties = properties;
    }

    /// <summary>Weather and water on the road: <c>rain</c> mm/h, <c>waterLevel</c> cm, <c>visibility</c> m, <c>temperature</c> degrees Celsius.</summary>
    public static ObservationKind Environment { get; } = new(
        "environment",
        "sensor",

        // 0.01 mm/h. The one-minute records, 31.2 mm (Unionville 1956, WMO) and 38 mm (Barot 1970), are 1,872 and 2,280 mm/h; rounded up.
        new ObservedProperty("rain", 2, 0, 3_000_00),

        // 0.1 cm, the millimetre that gauges resolve. Radar level gauges reach 30 m; a level may lie below the gauge's zero.
        new ObservedProperty("waterLevel", 1, -3_000_0, 3_000_0),

        // 0.1 m up to 100 km, as NTCIP 1204 has it (essVisibility).
        new ObservedProperty("visibility", 1, 0, 100_000_0),

        // 0.01 degrees within 100 degrees of freezing, as NTCIP 1204 has it (essAirTemperature, in 0.1; surface probes resolve more).
        new ObservedProperty("temperature", 2, -100_00, 100_00));

    /// <summary>A car park: <c>capacity</c> and <c>occupied</c> in spaces. More may be occupied than there are: cars stand in the aisles.</summary>
    public static ObservationKind Parking { get; } = new(
        "parking",
        "parking",

        // The largest car park (West Edmonton Mall) has 20,000 spaces; five times that is no car park.
        new ObservedProperty("capacity", 0, 0, 100_000),
        new ObservedProperty("occupied", 0, 0, 100_000));

    /// <summary>Name as topics, measurements and paths spell it, e.g. <c>environment</c>.</summary>
    public string Name { get; }

    /// <summary>What tags and answers call the device: <c>sensor</c> or <c>parking</c>.</summary>
    public string DeviceTag { get; }

    /// <summary>What is observed; at most <see cref="ObservedValues.MaxProperties"/>.</summary>
    public IReadOnlyList<ObservedProperty> Properties { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
