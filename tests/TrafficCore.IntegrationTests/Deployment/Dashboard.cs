using System.Text.Json;
using TrafficCore.IntegrationTests.Acceptance;

namespace TrafficCore.IntegrationTests.Deployment;

/// <summary>One dashboard file of <c>deploy/grafana/dashboards</c>.</summary>
internal sealed record Dashboard(string File, JsonElement Json)
{
    public static string Directory => Path.Combine(DocumentationTests.Root, "deploy", "grafana", "dashboards");

    public string Uid => Json.GetProperty("uid").GetString()!;

    public IEnumerable<JsonElement> Panels => Json.GetProperty("panels").EnumerateArray();

    /// <summary>Queries of panels.</summary>
    public IEnumerable<PanelQuery> Queries =>
        from panel in Panels
        where panel.TryGetProperty("targets", out _)
        from target in panel.GetProperty("targets").EnumerateArray()
        let source = target.GetProperty("datasource")
        let text = target.GetProperty(source.GetProperty("type").GetString() == "prometheus" ? "expr" : "query").GetString()!
        select new PanelQuery(
            $"{Uid}: {panel.GetProperty("title").GetString()} {target.GetProperty("refId").GetString()}", source.GetProperty("type").GetString()!,
            source.GetProperty("uid").GetString()!, text, Legend(target));

    /// <summary>Queries of template variables, by name, in the order in which they depend on each other.</summary>
    public IEnumerable<(string Name, bool IsMulti, string Query)> Variables =>
        from variable in Json.GetProperty("templating").GetProperty("list").EnumerateArray()
        select (variable.GetProperty("name").GetString()!, variable.GetProperty("multi").GetBoolean(), variable.GetProperty("query").GetString()!);

    public static IReadOnlyList<Dashboard> ReadAll() =>
        [.. System.IO.Directory.EnumerateFiles(Directory, "*.json").Order(StringComparer.Ordinal).Select(path =>
            new Dashboard(Path.GetFileName(path), JsonDocument.Parse(System.IO.File.ReadAllText(path)).RootElement))];

    private static string Legend(JsonElement target) => target.TryGetProperty("legendFormat", out var legend) ? legend.GetString()! : "";
}

/// <summary>What one panel asks.</summary>
/// <param name="Panel">For messages: dashboard, panel, letter of the query.</param>
/// <param name="SourceType">Kind of data source, <c>influxdb</c> or <c>prometheus</c>.</param>
/// <param name="SourceUid">Which data source.</param>
/// <param name="Text">The query as it stands in the file.</param>
/// <param name="Legend">Names of its series; only of Prometheus.</param>
internal sealed record PanelQuery(string Panel, string SourceType, string SourceUid, string Text, string Legend);
