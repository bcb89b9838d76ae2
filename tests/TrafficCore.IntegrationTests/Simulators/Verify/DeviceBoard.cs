using System.Text.Json;

namespace TrafficCore.IntegrationTests.Simulators.Verify;

/// <summary>A display board: shows what it is sent, says so, and blanks what is over.</summary>
/// <remarks>Ownership: under the device's lock.</remarks>
internal sealed class DeviceBoard(BenchDeviceOptions options)
{
    private const string Topic = "traffic/v1/int-1/board/b-1/status";
    private const int MostCharacters = 200;

    private readonly Queue<object> statuses = new();
    private string? id;
    private long expires = long.MaxValue;

    private static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    public void Receive(ReadOnlySpan<byte> payload)
    {
        var reader = new Utf8JsonReader(payload);
        using var message = JsonDocument.ParseValue(ref reader);
        var multi = message.RootElement.GetProperty("multi").GetString()!;
        id = message.RootElement.GetProperty("id").GetString();
        expires = message.RootElement.TryGetProperty("expires", out var end) && !options.Has("board-expires") ? end.GetInt64() : long.MaxValue;
        if (Now >= expires)
        {
            expires = long.MaxValue;
            Say("blank", "", null);
        }
        else if (multi.Length > MostCharacters && !options.Has("board-refuses"))
        {
            Say("rejected", null, "too long");
        }
        else if (multi.Length == 0 && !options.Has("board-blanks"))
        {
            Say("blank", "", null);
        }
        else
        {
            Say("shown", options.Has("board-shows") ? multi + "!" : multi, null);
        }
    }

    public IEnumerable<DeviceMessage> Take()
    {
        if (Now >= expires)
        {
            expires = long.MaxValue;
            Say("blank", "", null);
        }

        while (statuses.TryDequeue(out var status))
        {
            yield return new DeviceMessage(Topic, options.Has("board-status") ? "shown"u8.ToArray() : JsonSerializer.SerializeToUtf8Bytes(status), Retain: true);
        }
    }

    private void Say(string state, string? multi, string? error) => statuses.Enqueue(new { id, state, multi, ts = Now, error });
}
