using TrafficCore.Pipeline.Ingest;

namespace TrafficCore.Pipeline.Output;

/// <summary>Bodies of <see cref="RecordType.BoardDecision"/> and <see cref="RecordType.BoardStatus"/> records, version 1.</summary>
public static class BoardRecordCodec
{
    /// <summary>Version that is written.</summary>
    public const byte Version = 1;

    /// <summary>Reads the body of a decision.</summary>
    /// <exception cref="InvalidDataException">The body is not of this kind.</exception>
    public static BoardDecisionRecord DecodeDecision(ReadOnlySpan<byte> body)
    {
        var reader = new BodyReader(body);
        OutputHead head = OutputHeadCodec.Read(ref reader);
        return new BoardDecisionRecord(
            head.Intersection,
            Board: reader.Text(),
            Time: reader.Signed(),
            Id: reader.Text(),
            Message: reader.Text(),
            Priority: (int?)OptionalNumber(ref reader),
            Rule: reader.Text(),
            State: reader.Text(),
            Expires: OptionalNumber(ref reader),
            Author: OptionalText(ref reader),
            Reason: reader.Text());
    }

    /// <summary>Reads the body of a status.</summary>
    /// <exception cref="InvalidDataException">The body is not of this kind.</exception>
    public static BoardStatusRecord DecodeStatus(ReadOnlySpan<byte> body)
    {
        var reader = new BodyReader(body);
        OutputHead head = OutputHeadCodec.Read(ref reader);
        return new BoardStatusRecord(
            head.Intersection,
            Board: reader.Text(),
            ReceivedMs: reader.Signed(),
            Id: OptionalText(ref reader),
            State: reader.Text(),
            Message: OptionalText(ref reader),
            Error: OptionalText(ref reader));
    }

    internal static void Encode(BodyWriter writer, BoardDecisionRecord record)
    {
        OutputHeadCodec.Write(writer, new OutputHead(OutputHead.Outside, 0, record.Intersection));
        writer.Text(record.Board);
        writer.Signed(record.Time);
        writer.Text(record.Id);
        writer.Text(record.Message);
        Optional(writer, record.Priority);
        writer.Text(record.Rule);
        writer.Text(record.State);
        Optional(writer, record.Expires);
        Optional(writer, record.Author);
        writer.Text(record.Reason);
    }

    internal static void Encode(BodyWriter writer, BoardStatusRecord record)
    {
        OutputHeadCodec.Write(writer, new OutputHead(OutputHead.Outside, 0, record.Intersection));
        writer.Text(record.Board);
        writer.Signed(record.ReceivedMs);
        Optional(writer, record.Id);
        writer.Text(record.State);
        Optional(writer, record.Message);
        Optional(writer, record.Error);
    }

    private static void Optional(BodyWriter writer, long? value)
    {
        writer.Bool(value is not null);
        if (value is { } known)
        {
            writer.Signed(known);
        }
    }

    private static void Optional(BodyWriter writer, string? value)
    {
        writer.Bool(value is not null);
        if (value is not null)
        {
            writer.Text(value);
        }
    }

    private static long? OptionalNumber(ref BodyReader reader) => reader.Bool() ? reader.Signed() : null;

    private static string? OptionalText(ref BodyReader reader) => reader.Bool() ? reader.Text() : null;
}
