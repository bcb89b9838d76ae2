using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using TrafficCore.IntegrationTests.Acceptance;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Deployment;

/// <summary>The scripts that make secrets at the first start, with <c>/bin/sh</c>; InfluxDB's command is one that writes down what it is asked and answers as documented.</summary>
[SupportedOSPlatform("linux")]
public sealed partial class SecretScriptTests : IDisposable
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const string Influx = """
        #!/bin/sh
        echo "$@" >> "$CALLS"
        [ "$INFLUX_TOKEN" = "$(cat "$SECRETS_DIRECTORY/influxdb/admin-token")" ] || { echo unauthorized >&2; exit 1; }
        case "$1 $2" in
          "bucket list") printf '00c0ffee00c0ffee\ttraffic\t9600h0m0s\t168h0m0s\tfeed00feed00feed\timplicit\n' ;;
          "auth list") cat "$KNOWN" ;;
          "auth create")
            token="$4+$(od -An -v -N8 -tx1 /dev/urandom | tr -d ' \n')=="
            printf '{\n\t"id": "1",\n\t"description": "%s",\n\t"token": "%s",\n\t"status": "active"\n}\n' "$4" "$token" | tee -a "$KNOWN" ;;
        esac
        """;

    private readonly TemporaryDirectory _directory = new();

    public SecretScriptTests()
    {
        foreach (var folder in (string[])["secrets", "bin"])
        {
            Directory.CreateDirectory(_directory[folder]);
        }

        File.WriteAllText(_directory["bin/influx"], Influx);
        File.SetUnixFileMode(_directory["bin/influx"], Owner | UnixFileMode.UserExecute);
        File.WriteAllText(_directory["known"], "[]\n");
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Generate_Twice_MakesSecretsOnceForTheirReadersAlone()
    {
        await RunAsync("secrets/generate.sh");
        var first = Secrets();
        await RunAsync("secrets/generate.sh");

        Assert.Equal(first, Secrets());
        Assert.Equal(["grafana/admin-password", "influxdb/admin-password", "influxdb/admin-token"], first.Keys.Order(StringComparer.Ordinal));
        Assert.All(first.Values, secret => Assert.Matches("^[0-9a-f]{64}$", secret));
        Assert.Equal(3, first.Values.Distinct().Count());
        Assert.All(first.Keys, name => Assert.Equal(Owner, File.GetUnixFileMode(_directory[$"secrets/{name}"])));
        Assert.All(Directory.EnumerateDirectories(_directory["secrets"]), path => Assert.Equal(Owner | UnixFileMode.UserExecute, File.GetUnixFileMode(path)));
    }

    [Fact]
    public async Task Setup_Twice_MakesOneTokenForEachProgramWithTheOneRightItNeeds()
    {
        await RunAsync("secrets/generate.sh");
        await RunAsync("influxdb/setup.sh");
        var first = Secrets();
        await RunAsync("influxdb/setup.sh");

        Assert.Equal(first, Secrets());
        Assert.Equal(
            ["auth create --description trafficcore --write-bucket 00c0ffee00c0ffee --json", "auth create --description grafana --read-bucket 00c0ffee00c0ffee --json"],
            File.ReadLines(_directory["calls"]).Where(call => call.StartsWith("auth create", StringComparison.Ordinal)));
        Assert.Matches(@"^trafficcore\+[0-9a-f]{16}==$", first["trafficcore/influx-token"]);
        Assert.Equal(Owner, File.GetUnixFileMode(_directory["secrets/grafana/influx-token"]));
    }

    [Fact]
    public async Task Setup_DatabaseIsNew_ReplacesTokensThatItDoesNotKnow()
    {
        await RunAsync("secrets/generate.sh");
        await RunAsync("influxdb/setup.sh");
        var old = Secrets();
        await File.WriteAllTextAsync(_directory["known"], "[]\n");

        await RunAsync("influxdb/setup.sh");

        Assert.NotEqual(old["trafficcore/influx-token"], Secrets()["trafficcore/influx-token"]);
        Assert.NotEqual(old["grafana/influx-token"], Secrets()["grafana/influx-token"]);
    }

    [Fact]
    public async Task Secrets_ThatAreReadAnywhere_AreMade()
    {
        await RunAsync("secrets/generate.sh");
        await RunAsync("influxdb/setup.sh");
        var files = Directory.EnumerateFiles(Path.Combine(DocumentationTests.Root, "deploy", "grafana"), "*", SearchOption.AllDirectories).Append(ComposeFile.FullName);
        var read = files.SelectMany(path => SecretPath().Matches(File.ReadAllText(path))).Select(match => match.Groups[1].Value).Distinct();
        Assert.Equal(Secrets().Keys.Order(StringComparer.Ordinal), read.Order(StringComparer.Ordinal));
    }

    private Dictionary<string, string> Secrets() => Directory.EnumerateFiles(_directory["secrets"], "*", SearchOption.AllDirectories)
        .ToDictionary(path => Path.GetRelativePath(_directory["secrets"], path), File.ReadAllText);

    private async Task RunAsync(string script)
    {
        var start = new ProcessStartInfo("/bin/sh", [Path.Combine(DocumentationTests.Root, "deploy", script)]) { RedirectStandardError = true };
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["SECRETS_DIRECTORY"] = _directory["secrets"], ["OWNERS"] = "no", ["INFLUX_BUCKET"] = "traffic", ["CALLS"] = _directory["calls"], ["KNOWN"] = _directory["known"],
            ["PATH"] = _directory["bin"] + ":" + Environment.GetEnvironmentVariable("PATH"),
        })
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.True(process.ExitCode == 0, errors);
    }

    [GeneratedRegex(@"/secrets/([a-z]+/[a-z-]+)(?=[\s}])")]
    private static partial Regex SecretPath();
}
