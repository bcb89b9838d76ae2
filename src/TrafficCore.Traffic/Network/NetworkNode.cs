using System.Globalization;
using System.Text.Json;

namespace TrafficCore.Traffic.Network;

/// <summary>An object in the network file that remembers its path, reports what is wrong and what nobody asked for.</summary>
/// <param name="element">The object.</param>
/// <param name="path">Where it is.</param>
/// <param name="errors">Where to report what is wrong.</param>
/// <param name="warnings">Where to report what is ignored.</param>
/// <param name="root">The file, when this is its root: it has the elements of its long lists.</param>
internal sealed class NetworkNode(JsonElement element, string path, List<NetworkError> errors, List<NetworkError> warnings, NetworkDocument? root = null)
{
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    public string Path => path;

    public bool IsObject(string what)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            return true;
        }

        errors.Add(new NetworkError(path, $"must be an object: {what}"));
        return false;
    }

    public void Error(string name, string message) => errors.Add(new NetworkError($"{path}.{name}", message));

    /// <summary>A string, or null when absent or wrong.</summary>
    public string? Text(string name, bool required = false)
    {
        if (!TryGet(name, required, out JsonElement value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            return value.GetString();
        }

        Error(name, "must be a string");
        return null;
    }

    /// <summary>A required id; when it is wrong a stand-in, so that checking goes on.</summary>
    public string Id(string name)
    {
        string? id = Text(name, required: true);
        if (id is not null && !NetworkId.IsValid(id))
        {
            Error(name, $"\"{id}\" is not an id: it must match {NetworkId.Pattern}");
        }

        return id ?? path;
    }

    /// <summary>A number within bounds, or null when absent or wrong.</summary>
    public double? Number(string name, double min, double max)
    {
        if (!TryGet(name, required: false, out JsonElement value))
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out double number) || !double.IsFinite(number))
        {
            Error(name, "must be a number");
            return null;
        }

        if (number < min || number > max)
        {
            Error(name, string.Create(CultureInfo.InvariantCulture, $"{number} is not within {min}..{max}"));
            return null;
        }

        return number;
    }

    /// <summary>An integer within bounds, or null when absent or wrong. 3.0 is an integer.</summary>
    public int? Integer(string name, int min, int max, bool required = false)
    {
        if (required && !TryGet(name, required, out _))
        {
            return null;
        }

        double? number = Number(name, min, max);
        if (number is { } value && value != Math.Floor(value))
        {
            Error(name, "must be an integer");
            return null;
        }

        return (int?)number;
    }

    /// <summary>The objects of an array; empty when absent or wrong.</summary>
    public IEnumerable<NetworkNode> Objects(string name, string what, bool required = false)
    {
        int index = 0;
        foreach (JsonElement item in Items(name, required))
        {
            var node = new NetworkNode(item, $"{path}.{name}[{index++}]", errors, warnings);
            if (node.IsObject(what))
            {
                yield return node;
            }
        }
    }

    /// <summary>The strings of an array with their paths; empty when absent or wrong.</summary>
    public IEnumerable<(string Name, string Value)> Texts(string name)
    {
        int index = 0;
        foreach (JsonElement item in Items(name))
        {
            string itemName = $"{name}[{index++}]";
            if (item.ValueKind == JsonValueKind.String)
            {
                yield return (itemName, item.GetString()!);
            }
            else
            {
                Error(itemName, "must be a string");
            }
        }
    }

    /// <summary>An object, or null when absent or wrong.</summary>
    public NetworkNode? Object(string name, string what)
    {
        if (!TryGet(name, required: false, out JsonElement value))
        {
            return null;
        }

        var node = new NetworkNode(value, $"{path}.{name}", errors, warnings);
        return node.IsObject(what) ? node : null;
    }

    /// <summary>Warns of members that were not asked for, and refuses members that appear twice.</summary>
    public void Finish()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (!seen.Add(property.Name))
            {
                Error(property.Name, "appears twice");
            }

            if (!_asked.Contains(property.Name) && !property.Name.StartsWith('$'))
            {
                warnings.Add(new NetworkError($"{path}.{property.Name}", "is not known and ignored"));
            }
        }
    }

    private IEnumerable<JsonElement> Items(string name, bool required = false)
    {
        if (!TryGet(name, required, out JsonElement value))
        {
            return [];
        }

        if (value.ValueKind == JsonValueKind.Array)
        {
            return root?.Elements(name) ?? value.EnumerateArray();
        }

        Error(name, "must be an array");
        return [];
    }

    // null counts as absent: generators write it for what they do not know.
    private bool TryGet(string name, bool required, out JsonElement value)
    {
        _asked.Add(name);
        bool present = element.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
        if (!present && required)
        {
            Error(name, "is required");
        }

        return present;
    }
}
