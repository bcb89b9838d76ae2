using TrafficCore.Traffic.Observations;

namespace TrafficCore.TestKit.Storage;

/// <summary>Observations with every value within its limits or absent, as the seed decides.</summary>
public sealed class RandomObservations(int seed)
{
    private readonly Random random = new(seed);

    /// <summary>An observation of one device and instant; it has at least one value.</summary>
    public Observation Next(ObservationKind kind, string intersection, string device, long timestamp)
    {
        ObservedValues values = default;
        while (values.IsEmpty)
        {
            for (int i = 0; i < kind.Properties.Count; i++)
            {
                ObservedProperty property = kind.Properties[i];
                values[i] = random.Next(3) switch
                {
                    0 => null,
                    1 => random.Next(Math.Max(-50, property.Min), 50),
                    _ => random.Next(property.Min, property.Max + 1),
                };
            }
        }

        return new Observation(kind, intersection, device, timestamp, values);
    }

    /// <summary>Fields of an observation's point by the contract: floats for environment, integers for parking.</summary>
    public static Dictionary<string, object> Fields(Observation observation)
    {
        double[] units = observation.Kind == ObservationKind.Environment ? [0.01, 0.1, 0.1, 0.01] : [1, 1];
        string[] names = observation.Kind == ObservationKind.Environment ? ["rain", "waterLevel", "visibility", "temperature"] : ["capacity", "occupied"];
        return names.Select((name, i) => (name, value: observation.Values[i], unit: units[i])).Where(field => field.value is not null).ToDictionary(
            field => field.name, field => field.unit == 1 ? (object)(long)field.value!.Value : (double)(field.value!.Value * (decimal)field.unit));
    }

    /// <summary>Tags of an observation's point by the contract.</summary>
    public static Dictionary<string, string> Tags(Observation observation) => new()
    {
        ["intersection"] = observation.Intersection,
        [observation.Kind == ObservationKind.Environment ? "sensor" : "parking"] = observation.Device,
    };
}
