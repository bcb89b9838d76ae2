using System.Text.Json;
using TrafficCore.Boards;
using TrafficCore.Boards.Arbitration;
using TrafficCore.Boards.Multi;
using TrafficCore.Host.Configuration;

namespace TrafficCore.Host.Api;

/// <summary>Reads and checks the body of an operator's command against the board, and collects everything that is wrong under its field.</summary>
internal sealed class BoardCommandReader(JsonElement body, BoardFace face, BoardsOptions options, DateTimeOffset now)
{
    /// <summary>Characters of an author's name: a person or an account.</summary>
    public const int MaxAuthor = 64;

    private const int MaxNote = 200;

    // Longer MULTI than any board's buffer.
    private const int MaxMulti = 2048;

    // What must stay longer is a rule or a sign.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(31);

    private static readonly string[] Known = ["multi", "text", "priority", "expires", "duration", "author", "note"];

    private readonly Dictionary<string, List<string>> errors = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, string[]> Errors => errors.ToDictionary(e => e.Key, e => e.Value.ToArray(), StringComparer.Ordinal);

    /// <summary>The message; null when something is wrong.</summary>
    public ManualMessage? Read()
    {
        try
        {
            return ReadFields();
        }
        catch (InvalidOperationException error)
        {
            // Strings that are not UTF-8 or hold half a surrogate pair pass the parser and throw when they are read.
            Add("body", $"is not text: {error.Message}");
            return null;
        }
    }

    private ManualMessage? ReadFields()
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            Add("body", "must be an object");
            return null;
        }

        foreach (var property in body.EnumerateObject().Where(p => !Known.Contains(p.Name)))
        {
            Add(property.Name, $"is not a field of a message; the nearest is {NearestKey.Find(property.Name, Known)}");
        }

        var multi = ReadContent();
        var priority = ReadPriority();
        var expires = ReadExpiry();
        var (author, note) = (ReadText("author", MaxAuthor), ReadText("note", MaxNote));
        return errors.Count > 0 ? null : new ManualMessage(multi, priority, now.ToUnixTimeMilliseconds(), expires.ToUnixTimeMilliseconds(), author, note);
    }

    private string ReadContent()
    {
        if (Has("multi", out var multi) == Has("text", out var text))
        {
            Add("multi", "either multi or text is required, and not both");
            return "";
        }

        return multi.ValueKind == JsonValueKind.Undefined ? ReadLines(text) : ReadMulti(multi);
    }

    private string ReadMulti(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String || value.GetString()!.Length > MaxMulti)
        {
            Add("multi", $"must be a string of at most {MaxMulti} characters");
            return "";
        }

        var multi = value.GetString()!;
        AddAll("multi", MultiLayout.Problems(multi, face));
        if (!errors.ContainsKey("multi") && MultiString.IsBlank(multi))
        {
            Add("multi", "shows nothing");
        }

        return MultiString.Normalize(multi);
    }

    private string ReadLines(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0 || value.EnumerateArray().Any(line => line.ValueKind != JsonValueKind.String || line.GetString()!.Length > MaxMulti))
        {
            Add("text", "must be an array of lines, each a string");
            return "";
        }

        string[] lines = [.. value.EnumerateArray().Select(line => line.GetString()!)];
        AddAll("text", MultiText.Problems(lines, face));
        return MultiText.Compose(lines, face);
    }

    private int ReadPriority()
    {
        if (!Has("priority", out var value))
        {
            return ManualMessage.DefaultPriority;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var priority) && priority is >= 1 and <= 255)
        {
            return priority;
        }

        Add("priority", "must be a whole number from 1 (low) to 255 (high)");
        return 0;
    }

    private DateTimeOffset ReadExpiry()
    {
        if (Has("expires", out var expires) & Has("duration", out var duration))
        {
            Add("duration", "either expires or duration, not both");
            return now;
        }

        var (field, end) = ("duration", now + options.ManualDuration);
        if (expires.ValueKind != JsonValueKind.Undefined)
        {
            field = "expires";
            end = expires.ValueKind == JsonValueKind.String && TimeRange.TryParseInstant(expires.GetString()!, now, out var instant) ? instant
                : expires.ValueKind == JsonValueKind.Number && expires.TryGetInt64(out var ms) && ms is > 0 and < 253_402_300_800_000 ? ApiJson.Instant(ms)
                : DateTimeOffset.MinValue;
        }
        else if (duration.ValueKind != JsonValueKind.Undefined)
        {
            end = duration.ValueKind == JsonValueKind.String && DurationText.TryParse(duration.GetString(), out var time) && time < TimeSpan.FromDays(400) ? now + time : DateTimeOffset.MinValue;
        }

        if (end <= now || end > now + Longest)
        {
            Add(field, $"must end after now and within {DurationText.Format(Longest)}: {(field == "expires" ? "ISO 8601 with an offset, or Unix milliseconds" : "a duration such as 90s, 30m or 8h")}");
        }

        return end;
    }

    private string? ReadText(string name, int most)
    {
        if (!Has(name, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.String && value.GetString() is { } text && text.Length <= most && !text.Any(char.IsControl))
        {
            return text.Trim().Length == 0 ? null : text.Trim();
        }

        Add(name, $"must be a string of at most {most} characters without control characters");
        return null;
    }

    // null counts as absent: clients write it for what they do not know.
    private bool Has(string name, out JsonElement value)
    {
        if (body.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null)
        {
            return true;
        }

        value = default;
        return false;
    }

    private void AddAll(string field, IReadOnlyList<string> problems)
    {
        foreach (var problem in problems)
        {
            Add(field, problem);
        }
    }

    private void Add(string field, string problem) => (errors.TryGetValue(field, out var known) ? known : errors[field] = []).Add(problem);
}
