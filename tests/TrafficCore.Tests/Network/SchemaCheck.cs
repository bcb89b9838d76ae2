using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace TrafficCore.Tests.Network;

/// <summary>As much of JSON Schema as the shipped schema uses.</summary>
internal static class SchemaCheck
{
    public static List<string> Errors(JsonNode schema, JsonNode? value)
    {
        var errors = new List<string>();
        Check(schema, schema, value, "$", errors);
        return errors;
    }

    private static void Check(JsonNode root, JsonNode schema, JsonNode? value, string path, List<string> errors)
    {
        if (schema["$ref"] is { } reference)
        {
            Check(root, root["$defs"]![reference.GetValue<string>()["#/$defs/".Length..]]!, value, path, errors);
            return;
        }

        if (schema["type"] is { } type && !Types(type).Any(t => Is(t, value)))
        {
            errors.Add($"{path}: type");
            return;
        }

        if (schema["enum"] is JsonArray allowed && !allowed.Any(a => JsonNode.DeepEquals(a, value)))
        {
            errors.Add($"{path}: enum");
        }

        switch (value)
        {
            case JsonObject o:
                CheckObject(root, schema, o, path, errors);
                break;
            case JsonArray a:
                if (a.Count < (schema["minItems"]?.GetValue<int>() ?? 0))
                {
                    errors.Add($"{path}: minItems");
                }

                for (int i = 0; i < a.Count && schema["items"] is not null; i++)
                {
                    Check(root, schema["items"]!, a[i], $"{path}[{i}]", errors);
                }

                break;
            case JsonValue v when v.GetValueKind() == JsonValueKind.Number:
                double number = Number(v);
                if (number < (schema["minimum"]?.GetValue<double>() ?? double.MinValue) || number > (schema["maximum"]?.GetValue<double>() ?? double.MaxValue))
                {
                    errors.Add($"{path}: bounds");
                }

                break;
            case JsonValue v when v.GetValueKind() == JsonValueKind.String:
                if (schema["pattern"] is { } pattern && !Regex.IsMatch(v.GetValue<string>(), pattern.GetValue<string>()))
                {
                    errors.Add($"{path}: pattern");
                }

                break;
        }
    }

    private static void CheckObject(JsonNode root, JsonNode schema, JsonObject value, string path, List<string> errors)
    {
        foreach (JsonNode? required in schema["required"]?.AsArray() ?? [])
        {
            if (!value.ContainsKey(required!.GetValue<string>()))
            {
                errors.Add($"{path}: {required} is missing");
            }
        }

        foreach ((string name, JsonNode? member) in value)
        {
            if (schema["properties"]?[name] is { } property)
            {
                Check(root, property, member, $"{path}.{name}", errors);
            }
        }
    }

    private static IEnumerable<string> Types(JsonNode type) => type is JsonArray many ? many.Select(t => t!.GetValue<string>()) : [type.GetValue<string>()];

    private static bool Is(string type, JsonNode? value) => type switch
    {
        "null" => value is null,
        "object" => value is JsonObject,
        "array" => value is JsonArray,
        "string" => value?.GetValueKind() == JsonValueKind.String,
        "number" => value?.GetValueKind() == JsonValueKind.Number,
        "integer" => value?.GetValueKind() == JsonValueKind.Number && Number((JsonValue)value) is var n && n == Math.Floor(n),
        _ => false,
    };

    private static double Number(JsonValue value) => double.Parse(value.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture);
}
