using System.Text.Json;
using System.Text.RegularExpressions;
using TrafficCore.IntegrationTests.Acceptance;

namespace TrafficCore.IntegrationTests.Deployment;

/// <summary>No container engine runs here: docker-compose judges the file's form, and what is below judges what it says.</summary>
public sealed partial class ComposeTests
{
    // What a container engine cannot ask: one image has no program to ask with, the other only sends.
    private static readonly string[] WithoutHealthCheck = ["city", "collector"];

    [Fact]
    public async Task ComposeFile_AsDockerComposeReadsIt_HasTheWholeCity()
    {
        var file = await ComposeFile.ReadAsync();
        Assert.Equal(
            ["city", "collector", "grafana", "influxdb", "influxdb-setup", "network", "prometheus", "secrets", "trafficcore"],
            file.Services.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Images_OfEveryService_ArePinnedOrBuiltHere()
    {
        var (file, stages) = (await ComposeFile.ReadAsync(), Dockerfile.Read().Stages);
        var built = file.Services.Values.Where(service => service.Target is not null).ToDictionary(service => service.Image, service => service.Target!);
        Assert.All(built.Values, target => Assert.Contains(target, stages.Keys));
        Assert.All(file.Services.Values.Where(service => !built.ContainsKey(service.Image)), service => Assert.Matches(@"^[a-z0-9/-]+:v?\d+\.\d+\.\d+$", service.Image));
    }

    [Fact]
    public async Task Mounts_OfEveryService_ExistAndFilesAreReadOnly()
    {
        var volumes = (await ComposeFile.ReadAsync()).Services.Values.SelectMany(service => service.Volumes).ToList();
        Assert.All(volumes.Where(volume => volume.Source.StartsWith('/')), volume =>
        {
            Assert.True(Path.Exists(volume.Source), volume.Source);
            Assert.StartsWith(DocumentationTests.Root, volume.Source, StringComparison.Ordinal);
            Assert.False(volume.IsWritable, volume.Source);
        });
        Assert.Equal(6, volumes.Count(volume => volume.Source.StartsWith('/')));
    }

    [Fact]
    public async Task Ports_ThatArePublished_AreOfThisMachineUnlessTheOperatorSaysOtherwise()
    {
        var ports = (await ComposeFile.ReadAsync()).Services.Values.SelectMany(service => service.List("ports")).ToList();
        Assert.Equal(["127.0.0.1:1883:1883/tcp", "127.0.0.1:3000:3000/tcp", "127.0.0.1:8080:8080/tcp", "127.0.0.1:8086:8086/tcp", "127.0.0.1:9090:9090/tcp"], ports.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Services_All_AreConfinedAndBounded()
    {
        Assert.All((await ComposeFile.ReadAsync()).Services.Values, service =>
        {
            Assert.Equal("True", service.Text("read_only"));
            Assert.Equal(["ALL"], service.List("cap_drop"));
            Assert.Equal(["no-new-privileges:true"], service.List("security_opt"));
            Assert.NotEqual("", service.Text("mem_limit"));
            Assert.Equal("10m", service.Json.GetProperty("logging").GetProperty("options").GetProperty("max-size").GetString());
            Assert.True(service.IsOnce || service.Text("restart") == "unless-stopped", service.Name);
            Assert.True(service.IsOnce || service.Text("pids_limit").Length > 0, service.Name);
            Assert.True(service.IsOnce || service.List("cap_add").Count == 0, service.Name);
        });
    }

    [Fact]
    public async Task Services_ThatOthersWaitFor_CanBeWaitedFor()
    {
        var (file, stages) = (await ComposeFile.ReadAsync(), Dockerfile.Read().Stages);
        bool HasHealthCheck(ComposeService service) =>
            service.Json.TryGetProperty("healthcheck", out _) || (service.Target is { } target && stages[target].HealthCheck is not null);
        Assert.All(file.Services.Values.SelectMany(service => service.WaitsFor), wait => Assert.True(
            wait.Value == (file.Services[wait.Key].IsOnce ? "service_completed_successfully" : "service_healthy"), $"{wait.Key}: {wait.Value}"));
        Assert.Equal(WithoutHealthCheck, file.Services.Values.Where(service => !service.IsOnce && !HasHealthCheck(service)).Select(service => service.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task HealthChecks_OfForeignPrograms_AskThePortThatIsPublished()
    {
        foreach (var service in (await ComposeFile.ReadAsync()).Services.Values.Where(service => service.Json.TryGetProperty("healthcheck", out _)))
        {
            var asked = LocalPort().Match(service.Json.GetProperty("healthcheck").GetProperty("test").ToString());
            Assert.Contains($"127.0.0.1:{asked.Groups[1].Value}:{asked.Groups[1].Value}/tcp", service.List("ports"));
        }
    }

    [Fact]
    public async Task Secrets_InEnvironment_AreNamesOfFiles()
    {
        var variables = (await ComposeFile.ReadAsync()).Services.Values.SelectMany(service => service.Environment).Where(variable => SecretName().IsMatch(variable.Key)).ToList();
        Assert.Equal(4, variables.Count);
        Assert.All(variables, variable =>
        {
            Assert.EndsWith("FILE", variable.Key, StringComparison.OrdinalIgnoreCase);
            Assert.StartsWith("/secrets/", variable.Value, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Secrets_InAnyFile_AreNone()
    {
        var files = Directory.EnumerateFiles(Path.Combine(DocumentationTests.Root, "deploy"), "*", SearchOption.AllDirectories).Append(ComposeFile.FullName);
        var literal = files.SelectMany(path => File.ReadLines(path).Where(line => LiteralSecret().IsMatch(line)).Select(line => $"{path}: {line}"));
        Assert.Empty(literal);
        Assert.Matches(LiteralSecret(), "GF_SECURITY_ADMIN_PASSWORD: admin");
    }

    [GeneratedRegex("PASSWORD|TOKEN|SECRET", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();

    // A key for a secret with a value that is neither a path nor taken from somewhere else; or 32 digits in a row.
    [GeneratedRegex("""(password|token|secret)["']?\s*[:=]\s*["']?[^\s"'/$*|&{].*|[0-9A-Fa-f]{32}""", RegexOptions.IgnoreCase)]
    private static partial Regex LiteralSecret();

    [GeneratedRegex(@"http://127\.0\.0\.1:(\d+)/")]
    private static partial Regex LocalPort();
}
