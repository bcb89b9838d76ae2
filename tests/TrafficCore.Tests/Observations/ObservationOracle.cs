using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using TrafficCore.Traffic.Observations;

namespace TrafficCore.Tests.Observations;

/// <summary>Says what a payload holds by the contract's words, with the framework's document and exact fractions: slow, and nothing of the parser's.</summary>
internal static class ObservationOracle
{
    private static readonly BigInteger LastTime = 253_402_300_799_999;

    public static List<string> Describe(byte[] payload, ObservationKind kind)
    {
        byte[] json = payload.AsSpan().StartsWith("\uFEFF"u8) ? payload[3..] : payload;
        try
        {
            using JsonDocument? document = Utf8.IsValid(json) ? JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 64 }) : null;
            return document?.RootElement.ValueKind switch
            {
                null => ["BadJson"],
                JsonValueKind.Object => [Element(document.RootElement, kind)],
                JsonValueKind.Array => [.. document.RootElement.EnumerateArray().Select(element => Element(element, kind))],
                _ => ["BadShape"],
            };
        }
        catch (JsonException)
        {
            return ["BadJson"];
        }
    }

    /// <summary>How a parsed element reads in the oracle's words.</summary>
    public static string Describe(in ParsedObservation found, ReadOnlySpan<byte> payload, ObservationKind kind)
    {
        string element = Encoding.UTF8.GetString(payload.Slice(found.Offset, found.Length));
        if (found.Fault != Traffic.Readings.ReadingFault.None)
        {
            return $"{found.Fault} {element}";
        }

        var text = new StringBuilder($"@{found.Timestamp}");
        for (int i = 0; i < kind.Properties.Count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $" {kind.Properties[i].Name}={found.Values[i]}{((found.Dropped >> i & 1) != 0 ? "!" : "")}");
        }

        return $"{text} {element}";
    }

    private static string Element(JsonElement element, ObservationKind kind)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return $"BadShape {element.GetRawText()}";
        }

        Dictionary<string, JsonElement> last = [];
        foreach (JsonProperty property in element.EnumerateObject())
        {
            last[NameOf(property)] = property.Value;
        }

        JsonElement? time = Known(last, "ts");
        (BigInteger Value, bool IsExact)? ts = time is { } sent ? Number(sent, 0) : null;
        if (time is not null && ts is not { IsExact: true, Value: var at } || ts?.Value < 0 || ts?.Value > LastTime)
        {
            return $"BadTimestamp {element.GetRawText()}";
        }

        string[] values = [.. kind.Properties.Select(property => $" {property.Name}={Value(Known(last, property.Name), property)}")];
        return values.All(value => value.EndsWith('=') || value.EndsWith('!'))
            ? $"NoValue {element.GetRawText()}"
            : $"@{ts?.Value}{string.Concat(values)} {element.GetRawText()}";
    }

    private static string Value(JsonElement? sent, ObservedProperty property)
    {
        if (sent is not { } element)
        {
            return "";
        }

        return Number(element, property.Decimals) is { } number && (number.IsExact || !property.IsCount)
            && number.Value >= property.Min && number.Value <= property.Max ? $"{number.Value}" : "!";
    }

    private static JsonElement? Known(Dictionary<string, JsonElement> fields, string name) =>
        fields.TryGetValue(name, out JsonElement element) && element.ValueKind != JsonValueKind.Null ? element : null;

    // Half a surrogate pair cannot be a name of ours.
    private static string NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }

    /// <summary>A number as floor(x * 10^decimals + 1/2), exactly.</summary>
    private static (BigInteger Value, bool IsExact)? Number(JsonElement element, int decimals)
    {
        if (element.ValueKind != JsonValueKind.Number)
        {
            return null;
        }

        string[] parts = element.GetRawText().ToLowerInvariant().Split('e');
        int point = parts[0].IndexOf('.', StringComparison.Ordinal);
        BigInteger digits = BigInteger.Parse(parts[0].Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        int exponent = decimals + (parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0) - (point < 0 ? 0 : parts[0].Length - point - 1);
        BigInteger unit = BigInteger.Pow(10, Math.Abs(exponent));
        if (exponent >= 0)
        {
            return (digits * unit, true);
        }

        BigInteger twice = (digits * 2) + unit;
        BigInteger value = BigInteger.DivRem(twice, unit * 2, out BigInteger rest);
        return (rest < 0 ? value - 1 : value, digits % unit == 0);
    }
}
