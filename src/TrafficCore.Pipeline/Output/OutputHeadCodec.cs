namespace TrafficCore.Pipeline.Output;

/// <summary>The beginning that all bodies of the output log share: recovery needs no more than this.</summary>
public static class OutputHeadCodec
{
    /// <summary>Reads cause, ordinal and intersection from the beginning of an output body.</summary>
    /// <exception cref="InvalidDataException">The body is not an output body.</exception>
    public static OutputHead Decode(ReadOnlySpan<byte> body)
    {
        var reader = new BodyReader(body);
        return Read(ref reader);
    }

    internal static OutputHead Read(ref BodyReader reader) => new(reader.FixedInt64(), reader.FixedInt32(), reader.Text());

    internal static void Write(BodyWriter writer, in OutputHead head)
    {
        writer.FixedInt64(head.Cause);
        writer.FixedInt32(head.Ordinal);
        writer.Text(head.Intersection);
    }
}
