using System.Text;
using TrafficCore.Pipeline.Ingest;

namespace TrafficCore.Pipeline.Output;

/// <summary>Bodies of <see cref="RecordType.Quarantine"/> records, version 1.</summary>
public static class QuarantineRecordCodec
{
    /// <summary>Version that is written.</summary>
    public const byte Version = 1;

    /// <summary>Reads a body; the payload is copied.</summary>
    /// <exception cref="InvalidDataException">The body is not of this kind.</exception>
    public static QuarantineRecord Decode(ReadOnlySpan<byte> body)
    {
        var reader = new BodyReader(body);
        OutputHead head = OutputHeadCodec.Read(ref reader);
        long receivedMs = reader.Signed();
        var kind = (DeviceKind)reader.Byte();
        return new QuarantineRecord(
            head, receivedMs, kind, reader.Text(), reader.Text(), reader.Text(), reader.Text(), reader.Block().ToArray());
    }

    internal static void Encode(BodyWriter writer, in OutputHead head, long receivedMs, in RejectionView rejection)
    {
        OutputHeadCodec.Write(writer, in head);
        writer.Signed(receivedMs);
        writer.Byte((byte)rejection.Kind);
        writer.Block(rejection.Intersection);
        writer.Block(rejection.DeviceId);
        writer.Block(rejection.Reason);
        writer.Block(rejection.Topic);
        writer.Block(rejection.Payload);
    }

    internal static void Encode(BodyWriter writer, QuarantineRecord record)
    {
        OutputHeadCodec.Write(writer, record.Head);
        writer.Signed(record.ReceivedMs);
        writer.Byte((byte)record.Kind);
        writer.Block(Encoding.UTF8.GetBytes(record.Intersection));
        writer.Block(Encoding.UTF8.GetBytes(record.Device));
        writer.Block(Encoding.UTF8.GetBytes(record.Reason));
        writer.Block(Encoding.UTF8.GetBytes(record.Topic));
        writer.Block(record.Payload.Span);
    }
}
