using System.Buffers;
using System.Text.Json;

namespace TrafficCore.Simulators.Verify;

/// <summary>Sends each board a text, a blank, a text that no board can hold, and a text that is soon over.</summary>
internal sealed class BoardScript(BenchServer server, BenchRecord record, TimeSpan patience, TimeProvider time)
{
    /// <summary>Long enough to be shown, short enough to be waited for.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(3);

    /// <summary>No longer than what the checks allow.</summary>
    private TimeSpan Answer => patience < BoardChecks.AnswerWithin ? patience : BoardChecks.AnswerWithin;

    public async Task RunAsync(IReadOnlyList<string> boards, CancellationToken cancellation)
    {
        await SendAsync(boards, "verify-show", "[jp3]BENCH[nl]TEST", null, cancellation);
        await SendAsync(boards, "verify-blank", "", null, cancellation);
        await SendAsync(boards, "verify-long", new string('W', BoardChecks.TooLong), null, cancellation);
        await SendAsync(boards, "verify-expire", "[jp3]SOON OVER", time.GetUtcNow() + Life, cancellation);
        await record.ReachesAsync(static seen => BoardChecks.Expires(seen).Outcome == CheckOutcome.Pass, Life + Answer, cancellation);
    }

    /// <summary>Sends to all boards and waits until each has answered, or had its time.</summary>
    private async Task SendAsync(IReadOnlyList<string> boards, string id, string multi, DateTimeOffset? expires, CancellationToken cancellation)
    {
        foreach (var board in boards)
        {
            await server.PublishAsync($"traffic/v1/{board.Replace("/", "/board/", StringComparison.Ordinal)}/message", Message(id, multi, expires));
        }

        await record.ReachesAsync(
            seen => BoardExchange.Of(seen).Where(e => e.Id == id) is var exchanges && exchanges.Any() && exchanges.All(e => e.Statuses.Any(s => s.Status.Id == id)),
            Answer,
            cancellation);
    }

    private static ReadOnlyMemory<byte> Message(string id, string multi, DateTimeOffset? expires)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("id", id);
        json.WriteString("multi", multi);
        json.WriteNumber("priority", 100);
        if (expires is { } end)
        {
            json.WriteNumber("expires", end.ToUnixTimeMilliseconds());
        }

        json.WriteStartObject("reason");
        json.WriteString("rule", "verify-device");
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }
}
