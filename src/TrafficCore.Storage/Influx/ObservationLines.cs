using TrafficCore.Traffic.Observations;

namespace TrafficCore.Storage.Influx;

/// <summary>Writes observations as points: measurement, tags and fields of the contract. A value that is absent is an absent field.</summary>
internal static class ObservationLines
{
    /// <summary>Writes one point and its line end. An observation has a value, so the point has a field.</summary>
    public static void Write(LineBuffer line, Observation observation)
    {
        ObservationKind kind = observation.Kind;
        line.Name(kind.Name);
        line.Raw(",intersection="u8);
        line.Name(observation.Intersection);
        line.Raw((byte)',');
        line.Name(kind.DeviceTag);
        line.Raw((byte)'=');
        line.Name(observation.Device);
        byte separator = (byte)' ';
        for (int i = 0; i < kind.Properties.Count; i++)
        {
            if (observation.Values[i] is { } value)
            {
                line.Raw(separator);
                WriteField(line, kind.Properties[i], value);
                separator = (byte)',';
            }
        }

        line.Raw((byte)' ');
        line.Integer(observation.Timestamp);
        line.Raw((byte)'\n');
    }

    private static void WriteField(LineBuffer line, ObservedProperty property, int value)
    {
        line.Raw(property.Utf8Name);
        line.Raw((byte)'=');
        if (property.IsCount)
        {
            line.Integer(value);
            line.Raw((byte)'i');
        }
        else
        {
            line.Float(property.InContractUnit(value));
        }
    }
}
