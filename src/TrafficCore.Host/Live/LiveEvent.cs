using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using TrafficCore.Host.Api;

namespace TrafficCore.Host.Live;

/// <summary>An event as it goes over the wire, made once for all clients.</summary>
/// <param name="Kind">Its name; empty for a comment.</param>
/// <param name="Frame">All its lines.</param>
internal sealed record LiveEvent(string Kind, ReadOnlyMemory<byte> Frame)
{
    /// <summary>A comment: what reads events passes over it.</summary>
    public static LiveEvent KeepAlive { get; } = new("", ":\n\n"u8.ToArray());

    /// <summary>An event with an answer of the API as its data.</summary>
    /// <param name="kind">Its name.</param>
    /// <param name="position">Position in the output log that it is as of, its <c>id</c>; null for what does not come from there.</param>
    /// <param name="answer">Its data.</param>
    public static LiveEvent Of<T>(string kind, long? position, T answer)
    {
        var frame = new ArrayBufferWriter<byte>(512);
        if (position is { } id)
        {
            frame.Write("id: "u8);
            Utf8Formatter.TryFormat(id, frame.GetSpan(20), out var digits);
            frame.Advance(digits);
            frame.Write("\n"u8);
        }

        frame.Write(Encoding.ASCII.GetBytes($"event: {kind}\ndata: "));
        using (var json = new Utf8JsonWriter(frame))
        {
            JsonSerializer.Serialize(json, answer, ApiJson.Options); // on one line: a line break in a text is written as \n
        }

        frame.Write("\n\n"u8);
        return new LiveEvent(kind, frame.WrittenMemory);
    }

    /// <summary>Whether a client would read the same.</summary>
    public bool SaysTheSame(LiveEvent other) => Frame.Span.SequenceEqual(other.Frame.Span);
}
