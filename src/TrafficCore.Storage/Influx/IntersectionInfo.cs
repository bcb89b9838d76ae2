namespace TrafficCore.Storage.Influx;

/// <summary>Where an intersection is, for maps; written at start and when the network changes.</summary>
/// <param name="Intersection">Intersection id.</param>
/// <param name="Name">Name; null when it has none.</param>
/// <param name="Lon">Longitude, degrees; null when unknown.</param>
/// <param name="Lat">Latitude, degrees; null when unknown.</param>
public sealed record IntersectionInfo(string Intersection, string? Name, double? Lon, double? Lat)
{
    /// <summary>Writes the point; nothing at all when nothing is known.</summary>
    internal bool TryWrite(LineBuffer line, long timestampMs)
    {
        if (Name is null && Lon is null && Lat is null)
        {
            return false;
        }

        line.Raw("intersection_info,intersection="u8);
        line.Name(Intersection);
        byte separator = (byte)' ';
        if (Name is not null)
        {
            line.Raw(" name="u8);
            line.Text(Name);
            separator = (byte)',';
        }

        separator = WriteDegrees(line, separator, "lon="u8, Lon);
        WriteDegrees(line, separator, "lat="u8, Lat);
        line.Raw((byte)' ');
        line.Integer(timestampMs);
        line.Raw((byte)'\n');
        return true;
    }

    private static byte WriteDegrees(LineBuffer line, byte separator, ReadOnlySpan<byte> name, double? value)
    {
        if (value is not { } known)
        {
            return separator;
        }

        line.Raw(separator);
        line.Raw(name);
        line.Float(known);
        return (byte)',';
    }
}
