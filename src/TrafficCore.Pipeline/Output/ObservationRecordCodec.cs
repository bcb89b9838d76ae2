using TrafficCore.Pipeline.Ingest;
using TrafficCore.Traffic.Observations;

namespace TrafficCore.Pipeline.Output;

/// <summary>Bodies of <see cref="RecordType.Observation"/> records, version 1.</summary>
public static class ObservationRecordCodec
{
    /// <summary>Reads a body.</summary>
    /// <exception cref="InvalidDataException">The body is not of this kind.</exception>
    public static ObservationRecord Decode(ReadOnlySpan<byte> body)
    {
        var reader = new BodyReader(body);
        OutputHead head = OutputHeadCodec.Read(ref reader);
        byte code = reader.Byte();
        ObservationKind kind = DeviceKinds.Observed((DeviceKind)code)
            ?? throw new InvalidDataException($"devices of kind {code} send no observations known to this program");
        string device = reader.Text();
        long timestamp = reader.Signed();
        byte present = reader.Byte();
        var values = default(ObservedValues);
        for (int i = 0; i < kind.Properties.Count; i++)
        {
            values[i] = (present >> i & 1) != 0 ? checked((int)reader.Signed()) : null;
        }

        return new ObservationRecord(head, new Observation(kind, head.Intersection, device, timestamp, values));
    }

    internal static void Encode(BodyWriter writer, in OutputHead head, Observation observation)
    {
        ObservationKind kind = observation.Kind;
        OutputHeadCodec.Write(writer, in head);
        writer.Byte((byte)DeviceKinds.Parse(kind.Name));
        writer.Text(observation.Device);
        writer.Signed(observation.Timestamp);
        writer.Byte(PresentIn(observation));
        for (int i = 0; i < kind.Properties.Count; i++)
        {
            if (observation.Values[i] is { } value)
            {
                writer.Signed(value);
            }
        }
    }

    private static byte PresentIn(Observation observation)
    {
        int present = 0;
        for (int i = 0; i < observation.Kind.Properties.Count; i++)
        {
            present |= observation.Values[i] is null ? 0 : 1 << i;
        }

        return (byte)present;
    }
}
