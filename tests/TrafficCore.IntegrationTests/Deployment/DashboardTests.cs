using System.Text.Json;
using System.Text.RegularExpressions;

namespace TrafficCore.IntegrationTests.Deployment;

/// <summary>Every query of every panel, asked as Grafana asks it: InfluxQL of a real InfluxDB 1.6, and the names in PromQL looked up in the service's own metrics.</summary>
public sealed partial class DashboardTests(DashboardCity city) : IClassFixture<DashboardCity>
{
    private static readonly IReadOnlyList<Dashboard> Dashboards = Dashboard.ReadAll();

    [Fact]
    public async Task InfluxQlPanels_OfEveryIntersectionAndWindow_AnswerWhatTheApiAnswers()
    {
        SkipWithoutInflux();
        var answers = city.Answers();
        Dictionary<string, int> seen = [];
        foreach (var choice in await ChoicesAsync(answers))
        {
            foreach (var panel in Dashboards.SelectMany(dashboard => dashboard.Queries).Where(query => query.SourceType == "influxdb"))
            {
                var isOfBoards = panel.Text.Contains("FROM \"board_", StringComparison.Ordinal);
                var query = choice.Between(city.From, isOfBoards ? city.BoardsTo : city.WindowsTo).Apply(panel.Text);
                var select = InfluxQlSelect.Parse(query);

                // When a place was written down is not said by the API.
                var expected = select.Answer(await answers.OfAsync(select.Measurement)).Select(point => point.Describe(select.HasRange)).ToList();
                var actual = Points(await city.AskAsync(query)).Select(point => point.Describe(select.HasRange)).ToList();
                Assert.True(
                    expected.Count == actual.Count && !expected.Except(actual).Any(),
                    $"{panel.Panel}: {query}\nthe API: {string.Join(" | ", expected.Except(actual).Take(3))}\nInfluxDB: {string.Join(" | ", actual.Except(expected).Take(3))}");
                seen[panel.Panel] = seen.GetValueOrDefault(panel.Panel) + actual.Count;
            }
        }

        Assert.All(seen, panel => Assert.True(panel.Value > 0, $"{panel.Key}: no value at all"));
        Assert.True(seen.Count > 20, $"only {seen.Count} queries");
    }

    [Fact]
    public async Task TemplateVariables_Asked_OfferWhatTheCityHas()
    {
        SkipWithoutInflux();
        var intersections = await city.Answers().IntersectionsAsync();
        var choice = new GrafanaVariables().Choose("intersection", "int-0002");
        foreach (var dashboard in Dashboards)
        {
            foreach (var (name, _, query) in dashboard.Variables)
            {
                var offered = Tags(await city.AskAsync(choice.Apply(query))).Order(StringComparer.Ordinal);
                var second = intersections.Single(one => one.GetProperty("id").GetString() == "int-0002");
                IEnumerable<string> expected = name switch
                {
                    "intersection" => intersections.Select(one => one.GetProperty("id").GetString()!),
                    "approach" => CityAnswers.Approaches(second),
                    "detector" => DashboardCity.DetectorsOf(second),
                    _ => DashboardCity.Windows,
                };
                Assert.Equal(expected.Order(StringComparer.Ordinal), offered);
            }
        }
    }

    [Fact]
    public async Task PrometheusPanels_NamesAndLabels_AreInTheServicesMetrics()
    {
        SkipWithoutInflux();
        var samples = Sample().Matches(await city.MetricsAsync()).Select(sample => (Name: sample.Groups[1].Value, Labels: Labels(sample.Groups[2].Value))).ToLookup(sample => sample.Name, sample => sample.Labels);
        var panels = Dashboards.SelectMany(dashboard => dashboard.Queries).Where(query => query.SourceType == "prometheus").ToList();
        Assert.True(panels.Count > 30, $"only {panels.Count} queries");
        foreach (var panel in panels)
        {
            var selectors = Selector().Matches(panel.Text).Where(selector => selector.Groups[1].Value != "up").ToList();
            Assert.True(selectors.Count > 0 || panel.Text.Contains("up{", StringComparison.Ordinal), $"{panel.Panel}: {panel.Text} asks nothing");
            foreach (var selector in selectors)
            {
                // Prometheus itself adds the job, which is the one that scrapes the service.
                var wanted = Labels(selector.Groups[2].Value);
                Assert.True(wanted.Remove("job", out var job) && job == "trafficcore", panel.Panel);
                var found = samples[selector.Groups[1].Value].Where(labels => wanted.All(label => labels.GetValueOrDefault(label.Key) == label.Value)).ToList();
                Assert.True(found.Count > 0, $"{panel.Panel}: the service has no {selector.Value}");
                var used = By().Matches(panel.Text).SelectMany(by => by.Groups[1].Value.Split(", ")).Concat(Placeholder().Matches(panel.Legend).Select(label => label.Groups[1].Value));
                Assert.All(used, label => Assert.True(found[0].ContainsKey(label), $"{panel.Panel}: {selector.Groups[1].Value} has no label {label}"));
            }
        }
    }

    private void SkipWithoutInflux() => Assert.SkipWhen(city.Influx is null, "influxd is not installed");

    /// <summary>Both windows and every intersection, with all of its approaches and detectors, and once with one of each.</summary>
    private static async Task<IReadOnlyList<GrafanaVariables>> ChoicesAsync(CityAnswers answers)
    {
        List<GrafanaVariables> choices = [];
        foreach (var intersection in await answers.IntersectionsAsync())
        {
            var (approaches, detectors) = (CityAnswers.Approaches(intersection).ToList(), DashboardCity.DetectorsOf(intersection).ToList());
            choices.AddRange(DashboardCity.Windows.Select(window => Of(intersection, window).Choose("approach", approaches).Choose("detector", detectors)));
            choices.Add(Of(intersection, DashboardCity.Windows[0]).Choose("approach", approaches[1]).Choose("detector", detectors[2]));
        }

        return choices;
    }

    private static GrafanaVariables Of(JsonElement intersection, string window) =>
        new GrafanaVariables().Choose("intersection", intersection.GetProperty("id").GetString()!).Choose("window", window);

    /// <summary>A database's answer as points; a row's null is a value that is not there.</summary>
    private static IEnumerable<SeriesPoint> Points(JsonElement answer) =>
        from series in answer.TryGetProperty("series", out var all) ? all.EnumerateArray() : default
        let tags = series.TryGetProperty("tags", out var tags) ? tags.EnumerateObject().ToDictionary(tag => tag.Name, tag => tag.Value.GetString()!) : []
        let columns = series.GetProperty("columns").EnumerateArray().Select(column => column.GetString()!).ToList()
        from row in series.GetProperty("values").EnumerateArray()
        let fields = columns.Zip(row.EnumerateArray()).Skip(1).Where(field => field.Second.ValueKind != JsonValueKind.Null)
            .ToDictionary(field => field.First, field => field.Second.ValueKind == JsonValueKind.String ? field.Second.GetString()! : SeriesPoint.Rounded(field.Second.GetDouble()))
        select new SeriesPoint(tags, row[0].GetInt64(), fields);

    private static IEnumerable<string> Tags(JsonElement answer) =>
        from series in answer.GetProperty("series").EnumerateArray()
        from row in series.GetProperty("values").EnumerateArray()
        select row[1].GetString()!;

    private static Dictionary<string, string> Labels(string text) => Label().Matches(text).ToDictionary(label => label.Groups[1].Value, label => label.Groups[2].Value);

    [GeneratedRegex(@"^([a-z_0-9]+)(?:\{(.*)\})? \S+$", RegexOptions.Multiline)]
    private static partial Regex Sample();

    [GeneratedRegex(@"([a-z_0-9]+)\{([^}]*)\}")]
    private static partial Regex Selector();

    [GeneratedRegex("""(\w+)="([^"]*)"[,]?""")]
    private static partial Regex Label();

    [GeneratedRegex(@"by \(([^)]*)\)")]
    private static partial Regex By();

    [GeneratedRegex(@"\{\{(\w+)\}\}")]
    private static partial Regex Placeholder();
}
