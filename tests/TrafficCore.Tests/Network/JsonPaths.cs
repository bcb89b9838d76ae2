using System.Globalization;
using System.Text.Json.Nodes;

namespace TrafficCore.Tests.Network;

/// <summary>Every place in a JSON document, and how to put something else there.</summary>
internal static class JsonPaths
{
    public static IEnumerable<string> All(JsonNode? node, string path = "")
    {
        IEnumerable<(string, JsonNode?)> children = node switch
        {
            JsonObject o => o.Select(p => (p.Key, p.Value)),
            JsonArray a => a.Select((v, i) => (i.ToString(CultureInfo.InvariantCulture), v)),
            _ => [],
        };
        return children.SelectMany(c => All(c.Item2, $"{path}.{c.Item1}").Prepend($"{path}.{c.Item1}"));
    }

    public static void Replace(JsonNode root, string path, JsonNode? value)
    {
        string[] parts = path.Split('.', StringSplitOptions.RemoveEmptyEntries);
        JsonNode node = root;
        foreach (string part in parts[..^1])
        {
            node = node is JsonArray a ? a[int.Parse(part, CultureInfo.InvariantCulture)]! : node[part]!;
        }

        if (node is JsonArray array)
        {
            array[int.Parse(parts[^1], CultureInfo.InvariantCulture)] = value;
        }
        else
        {
            node[parts[^1]] = value;
        }
    }
}
