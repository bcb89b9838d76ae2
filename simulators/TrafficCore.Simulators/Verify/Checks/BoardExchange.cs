using System.Text.Json;
using TrafficCore.Boards.Delivery;

namespace TrafficCore.Simulators.Verify;

/// <summary>A message to a board, and everything that the board said from then on.</summary>
internal sealed record BoardExchange(
    DateTimeOffset At, string Board, string Id, string Multi, long? Expires, IReadOnlyList<(DateTimeOffset At, BoardStatus Status)> Statuses)
{
    /// <summary>All messages to boards: the bench's own, or of whoever sent them through the broker.</summary>
    public static IReadOnlyList<BoardExchange> Of(Evidence seen)
    {
        var statuses = seen.Messages.Where(static m => m is { Kind: "board", Leaf: "status" })
            .Select(static m => (m.Sent.At, Board: $"{m.Intersection}/{m.Device}", Status: BoardMessageJson.ReadStatus(m.Sent.Payload.Span)))
            .Where(static s => s.Status is not null)
            .ToList();
        var sent = seen.Events.OfType<BenchDelivered>().Select(static d => (d.At, d.Topic, d.Payload))
            .Concat(seen.Messages.Where(static m => m is { Kind: "board", Leaf: "message" }).Select(static m => (m.Sent.At, m.Sent.Topic, m.Sent.Payload)));
        return
        [
            .. sent.Select(m => Read(m.At, m.Topic, m.Payload)).OfType<BoardExchange>()
                .Select(e => e with { Statuses = [.. statuses.Where(s => s.Board == e.Board && s.At >= e.At).Select(static s => (s.At, s.Status!))] })
                .OrderBy(static e => e.At),
        ];
    }

    private static BoardExchange? Read(DateTimeOffset at, string topic, ReadOnlyMemory<byte> payload)
    {
        try
        {
            using var json = JsonDocument.Parse(payload);
            var root = json.RootElement;
            return topic.Split('/') is [_, _, var intersection, "board", var board, "message"]
                ? new BoardExchange(
                    at,
                    $"{intersection}/{board}",
                    root.GetProperty("id").GetString() ?? "",
                    root.GetProperty("multi").GetString() ?? "",
                    root.TryGetProperty("expires", out var expires) ? expires.GetInt64() : null,
                    [])
                : null;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null; // an ordinary broker lets anybody write there
        }
    }
}
