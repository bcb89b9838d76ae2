using System.Text.RegularExpressions;

namespace TrafficCore.IntegrationTests.Deployment;

/// <summary>Puts values into a query as Grafana does before an InfluxQL data source gets it.</summary>
internal sealed partial class GrafanaVariables
{
    private readonly Dictionary<string, IReadOnlyList<string>> _values = new(StringComparer.Ordinal);

    /// <summary>Chooses the range of the dashboard.</summary>
    public GrafanaVariables Between(DateTimeOffset from, DateTimeOffset to) =>
        Choose("timeFilter", $"time >= {from.ToUnixTimeMilliseconds()}ms and time <= {to.ToUnixTimeMilliseconds()}ms");

    /// <summary>Chooses values; several of a variable that takes several.</summary>
    public GrafanaVariables Choose(string name, params IReadOnlyList<string> values)
    {
        _values[name] = values;
        return this;
    }

    /// <summary><c>$name</c>, <c>${name}</c> and <c>${name:regex}</c>. A name without a value fails the test: Grafana would leave it in the query.</summary>
    public string Apply(string query) => Reference().Replace(query, match =>
    {
        var name = match.Groups["name"].Value;
        Assert.True(_values.TryGetValue(name, out var values), $"${name} has no value in {query}");
        if (match.Groups["format"].Value == "regex")
        {
            var escaped = values!.Select(value => Special().Replace(value, @"\$0")).ToList();
            return escaped.Count == 1 ? escaped[0] : $"({string.Join('|', escaped)})";
        }

        Assert.Equal("", match.Groups["format"].Value);
        return Assert.Single(values!);
    });

    [GeneratedRegex(@"\$\{(?<name>\w+)(:(?<format>\w+))?\}|\$(?<name>\w+)")]
    private static partial Regex Reference();

    // Grafana's own list, which has the slash that ends an InfluxQL pattern.
    [GeneratedRegex(@"[\\^$*+?.()|\[\]{}/]")]
    private static partial Regex Special();
}
