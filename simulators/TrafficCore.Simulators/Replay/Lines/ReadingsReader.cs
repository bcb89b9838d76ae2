using System.Text;
using System.Text.Json;
using TrafficCore.Simulators.Cli;
using TrafficCore.Traffic.Network;

namespace TrafficCore.Simulators.Replay;

/// <summary>
/// Reads messages as the <c>city</c> command records them, a JSON object in each line: <c>{"due":ms,"topic":"...","payload":...}</c>, or with
/// <c>"text":"..."</c> where what was sent is not JSON.
/// </summary>
internal sealed class ReadingsReader
{
    /// <summary>Root of the topics that devices send on.</summary>
    private const string Root = "traffic/v1/";

    private readonly RowFindings _findings;
    private readonly NameIndex _intersections = new();
    private readonly NameIndex _topics = new();
    private readonly List<RecordedLine> _lines = [];

    private ReadingsReader(RowFindings findings) => _findings = findings;

    /// <summary>Reads all lines.</summary>
    /// <exception cref="UsageException">Not one of them is a message.</exception>
    public static LineRecording Read(TextReader text, RowFindings findings) => new ReadingsReader(findings).ReadAll(text);

    private LineRecording ReadAll(TextReader text)
    {
        for (var number = 1; text.ReadLine() is { } line; number++)
        {
            if (line.AsSpan().IsWhiteSpace())
            {
                continue;
            }

            _findings.Rows++;
            if (Problem(line) is { } problem)
            {
                _findings.Refuse(number, problem, "the message can't be read");
            }
        }

        return _lines.Count > 0 ? new LineRecording(_intersections.Names, _lines) : throw new UsageException("no messages in the file.");
    }

    /// <summary>Takes a line; else says what is wrong with it.</summary>
    private string? Problem(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return "bad-line";
            }

            if (!root.TryGetProperty("due", out var due) || due.ValueKind != JsonValueKind.Number || !due.TryGetInt64(out var dueMs))
            {
                return "bad-due";
            }

            var topic = root.TryGetProperty("topic", out var named) && named.ValueKind == JsonValueKind.String ? named.GetString()! : "";
            var levels = topic.Split('/');
            if (!topic.StartsWith(Root, StringComparison.Ordinal) || levels.Length < 4 || !NetworkId.IsValid(levels[2]) || topic.AsSpan().ContainsAny('+', '#'))
            {
                return "bad-topic";
            }

            return Take(dueMs, topic, levels[2], root) ? null : "no-payload";
        }
        catch (JsonException)
        {
            return "bad-line";
        }
    }

    private bool Take(long dueMs, string topic, string intersection, JsonElement root)
    {
        var (readings, events) = (0, 0);
        byte[] bytes;
        if (root.TryGetProperty("payload", out var payload))
        {
            bytes = Encoding.UTF8.GetBytes(payload.GetRawText());
            var isEvents = payload.ValueKind == JsonValueKind.Object && payload.TryGetProperty("events", out var batch) && batch.ValueKind == JsonValueKind.Array;
            events = isEvents ? payload.GetProperty("events").GetArrayLength() : 0;
            readings = isEvents ? 0 : payload.ValueKind == JsonValueKind.Array ? payload.GetArrayLength() : 1;
        }
        else if (root.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String)
        {
            bytes = Encoding.UTF8.GetBytes(text.GetString()!);
        }
        else
        {
            return false;
        }

        _lines.Add(new RecordedLine(dueMs, _intersections.Of(intersection), _topics.Names[_topics.Of(topic)], bytes, readings, events));
        return true;
    }
}
