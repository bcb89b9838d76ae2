using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Output;
using TrafficCore.Traffic.Service;

namespace TrafficCore.Pipeline.City;

/// <summary>Bodies of <see cref="RecordType.CityIndex"/> records, version 1.</summary>
public static class CityIndexCodec
{
    /// <summary>Version that is written.</summary>
    public const byte Version = 1;

    /// <summary>Reads a body.</summary>
    /// <exception cref="InvalidDataException">The body is not of this kind.</exception>
    public static CityIndexRow Decode(ReadOnlySpan<byte> body)
    {
        var reader = new BodyReader(body);
        _ = OutputHeadCodec.Read(ref reader);
        return Read(ref reader);
    }

    internal static void Encode(BodyWriter writer, CityIndexRow row)
    {
        OutputHeadCodec.Write(writer, new OutputHead(OutputHead.Outside, 0, "-"));
        Write(writer, row);
    }

    internal static void Write(BodyWriter writer, CityIndexRow row)
    {
        writer.Text(row.City);
        writer.Signed(row.Start);
        writer.Unsigned((ulong)row.Length);
        writer.Count(row.Revision);
        writer.Count(row.Index.TpiMilli);
        writer.Count(row.Index.DtpMicro);
        writer.Unsigned((ulong)row.Index.TtiMicro);
        for (int level = 1; level <= LevelLengths.Levels; level++)
        {
            writer.Unsigned((ulong)row.Lengths.At(level));
        }

        writer.Count(row.Approaches);
        writer.Unsigned((ulong)row.NetworkLength);
        writer.Unsigned(row.NetworkVersion);
    }

    internal static CityIndexRow Read(ref BodyReader reader) => new()
    {
        // Initialisers run in this order, which is the order in the body.
        City = reader.Text(),
        Start = reader.Signed(),
        Length = reader.Int64(),
        Revision = reader.Int32(),
        Index = new CongestionIndex(reader.Int32(), reader.Int32(), reader.Int64()),
        Lengths = new LevelLengths(reader.Int64(), reader.Int64(), reader.Int64(), reader.Int64(), reader.Int64()),
        Approaches = reader.Int32(),
        NetworkLength = reader.Int64(),
        NetworkVersion = checked((uint)reader.Unsigned()),
    };
}
