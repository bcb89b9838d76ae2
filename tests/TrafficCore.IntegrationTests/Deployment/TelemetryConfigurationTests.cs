using System.Text.Json;
using System.Text.RegularExpressions;
using TrafficCore.IntegrationTests.Acceptance;

namespace TrafficCore.IntegrationTests.Deployment;

/// <summary>Configuration of Grafana, Prometheus and the collector against docker-compose.yml: whoever is asked is there, in a network with the asker, on that port.</summary>
public sealed partial class TelemetryConfigurationTests
{
    [Fact]
    public async Task Prometheus_Targets_AreReachable()
    {
        var file = await ComposeFile.ReadAsync();
        var jobs = (await ReadAsync("prometheus", "prometheus.yml")).GetProperty("scrape_configs").EnumerateArray().ToList();
        Assert.Contains("trafficcore", jobs.Select(job => job.GetProperty("job_name").GetString()));
        foreach (var target in jobs.SelectMany(job => job.GetProperty("static_configs").EnumerateArray()).SelectMany(config => config.GetProperty("targets").EnumerateArray()))
        {
            await AssertReachableAsync(file, "prometheus", target.GetString()!);
        }
    }

    [Fact]
    public async Task Grafana_DataSources_AreReachableAndAreThoseOfTheDashboards()
    {
        var file = await ComposeFile.ReadAsync();
        var sources = (await ReadAsync("grafana", "provisioning", "datasources", "trafficcore.yaml")).GetProperty("datasources").EnumerateArray().ToList();
        foreach (var source in sources)
        {
            await AssertReachableAsync(file, "grafana", Address(source.GetProperty("url").GetString()!));
        }

        var uids = sources.ToDictionary(source => source.GetProperty("uid").GetString()!, source => source.GetProperty("type").GetString()!);
        Assert.All(Dashboard.ReadAll().SelectMany(dashboard => dashboard.Queries), query => Assert.Equal(query.SourceType, uids[query.SourceUid]));

        // The database of InfluxQL is the bucket that the service writes: InfluxDB maps it by its name.
        var influx = sources.Single(source => source.GetProperty("type").GetString() == "influxdb");
        Assert.Equal(file.Services["trafficcore"].Environment["TRAFFICCORE_Influx__Bucket"], influx.GetProperty("jsonData").GetProperty("dbName").GetString());
        Assert.Equal("Authorization", influx.GetProperty("jsonData").GetProperty("httpHeaderName1").GetString());
        Assert.Equal("Token $__file{/secrets/grafana/influx-token}", influx.GetProperty("secureJsonData").GetProperty("httpHeaderValue1").GetString());
    }

    [Fact]
    public async Task Grafana_DashboardFiles_AreWhereTheProviderLooks()
    {
        var grafana = (await ComposeFile.ReadAsync()).Services["grafana"];
        var provider = (await ReadAsync("grafana", "provisioning", "dashboards", "trafficcore.yaml")).GetProperty("providers")[0];
        var mount = grafana.Volumes.Single(volume => volume.Path == provider.GetProperty("options").GetProperty("path").GetString());
        Assert.Equal(Dashboard.Directory, mount.Source);
        Assert.True(File.Exists(grafana.Environment["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"].Replace(mount.Path, mount.Source, StringComparison.Ordinal)));
        Assert.Contains(grafana.Volumes, volume => volume.Path == "/etc/grafana/provisioning");
    }

    [Fact]
    public void Dashboards_All_CanBeLoadedTogetherAndRead()
    {
        var dashboards = Dashboard.ReadAll();
        Assert.Equal(["trafficcore-city", "trafficcore-intersection", "trafficcore-pipeline"], dashboards.Select(dashboard => dashboard.Uid).Order(StringComparer.Ordinal));
        foreach (var dashboard in dashboards)
        {
            Assert.Equal(42, dashboard.Json.GetProperty("schemaVersion").GetInt32());
            Assert.Equal(dashboard.Panels.Count(), dashboard.Panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
            Assert.Equal("text", dashboard.Panels.First().GetProperty("type").GetString());
            var panels = dashboard.Panels.Where(panel => panel.TryGetProperty("targets", out _)).ToList();
            Assert.All(panels, panel => Assert.True(panel.GetProperty("title").GetString()!.Length > 0 && panel.GetProperty("description").GetString()!.Length > 0, dashboard.File));
            Assert.All(panels.Where(panel => panel.GetProperty("type").GetString() == "timeseries"), panel =>
                Assert.True(panel.GetProperty("fieldConfig").GetProperty("defaults").TryGetProperty("unit", out _), panel.GetProperty("title").GetString()));
            AssertNoOverlap(dashboard);
        }
    }

    [Fact]
    public async Task Collector_Pipelines_UseWhatIsConfiguredAndTheServiceSendsThere()
    {
        var collector = await ReadAsync("collector", "config.yaml");
        foreach (var pipeline in collector.GetProperty("service").GetProperty("pipelines").EnumerateObject())
        {
            Assert.All(pipeline.Value.EnumerateObject(), part => Assert.All(part.Value.EnumerateArray(), name => Assert.True(collector.GetProperty(part.Name).TryGetProperty(name.GetString()!, out _), $"{part.Name} {name}")));
        }

        var file = await ComposeFile.ReadAsync();
        var endpoint = file.Services["trafficcore"].Environment["TRAFFICCORE_Telemetry__OtlpEndpoint"];
        await AssertReachableAsync(file, "trafficcore", Address(endpoint));
        await AssertReachableAsync(file, "trafficcore", Address(file.Services["trafficcore"].Environment["TRAFFICCORE_Influx__Url"]));
        Assert.Contains(file.Services["collector"].Command, argument => argument == "--config=" + file.Services["collector"].Volumes.Single().Path);
    }

    private static async Task AssertReachableAsync(ComposeFile file, string from, string address)
    {
        var (host, port) = (address.Split(':')[0], address.Split(':')[1]);
        if (host == "127.0.0.1")
        {
            host = from;
        }

        Assert.True(file.Services.TryGetValue(host, out var service), $"no service {host}");
        Assert.True(host == from || service.Networks.Intersect(file.Services[from].Networks).Any(), $"{from} and {host} have no network in common");

        // What listens is what is published, or what the collector's configuration says.
        var listens = host == "collector" ? await CollectorPortsAsync() : service.List("ports").Select(published => published.Split(':', '/')[^2]);
        Assert.Contains(port, listens);
    }

    private static async Task<IEnumerable<string>> CollectorPortsAsync() =>
        Ports((await ReadAsync("collector", "config.yaml")).GetProperty("receivers"))
            .Concat(Ports((await ReadAsync("collector", "config.yaml")).GetProperty("exporters")))
            .Concat(Ports((await ReadAsync("collector", "config.yaml")).GetProperty("service")));

    private static IEnumerable<string> Ports(JsonElement configuration) => Port().Matches(configuration.ToString()).Select(match => match.Groups[1].Value);

    private static Task<JsonElement> ReadAsync(params string[] path) => Yaml.ReadAsync(Path.Combine([DocumentationTests.Root, "deploy", .. path]));

    private static string Address(string url) => new Uri(url).Authority;

    private static void AssertNoOverlap(Dashboard dashboard)
    {
        var cells = from panel in dashboard.Panels
                    let grid = panel.GetProperty("gridPos")
                    from x in Enumerable.Range(grid.GetProperty("x").GetInt32(), grid.GetProperty("w").GetInt32())
                    from y in Enumerable.Range(grid.GetProperty("y").GetInt32(), grid.GetProperty("h").GetInt32())
                    select (x, y);
        var all = cells.ToList();
        Assert.Equal(all.Count, all.Distinct().Count());
        Assert.All(all, cell => Assert.InRange(cell.x, 0, 23));
    }

    [GeneratedRegex("""(?:0\.0\.0\.0:|"port": )(\d+)""")]
    private static partial Regex Port();
}
