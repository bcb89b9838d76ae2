using System.Runtime.CompilerServices;
using System.Text.Json;
using TrafficCore.IntegrationTests.Host;
using TrafficCore.TestKit;

namespace TrafficCore.IntegrationTests.Mqtt;

/// <summary>The npm client against our server. The package is installed once into a folder of the system's temporary directory.</summary>
public sealed class NpmClientTests
{
    private static readonly Lazy<Task<string?>> Package = new(InstallAsync);

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Client_WholeScenario_Works(int version)
    {
        var folder = await FolderAsync();
        await using var host = await BrokerHost.StartAsync(realTime: true);

        await RunScenarioAsync(folder, $"mqtt://127.0.0.1:{host.Port}", version, "traffic/v1/i1/detector/d1");
        Assert.Contains("q1", host.Log.Records);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Client_OverWebSocket_Works(int version)
    {
        var folder = await FolderAsync();
        await using var service = await RunningService.StartAsync();

        // The service would refuse these payloads as telemetry.
        await RunScenarioAsync(folder, $"ws://127.0.0.1:{service.Service.Http.Port}/mqtt", version, "plain/d1");
    }

    private static async Task<string> FolderAsync()
    {
        var folder = await Package.Value;
        Assert.SkipWhen(folder is null, "npm is not installed, or could not install the client");
        return folder!;
    }

    private static async Task RunScenarioAsync(string folder, string url, int version, string topic)
    {
        var output = await ToolRun.RunAsync(RequiredTools.Find("node")!, Path.Combine(folder, "interop.js"), url, $"{version}", topic);
        var result = JsonDocument.Parse(output).RootElement;
        Assert.Equal([$"{topic}|0|false|q0", $"{topic}|1|false|q1", $"{topic}|2|false|q2"], Lines(result, "live"));
        Assert.Equal(["npm/state|1|true|online"], Lines(result, "retained"));
        Assert.Equal(["npm/will|1|false|gone"], Lines(result, "will"));
        Assert.True(result.GetProperty("sessionPresent").GetBoolean());
        Assert.Equal(["npm/kept/1|1|false|one", "npm/kept/2|2|false|two"], Lines(result, "kept"));
    }

    private static IEnumerable<string?> Lines(JsonElement result, string name) => result.GetProperty(name).EnumerateArray().Select(e => e.GetString());

    private static async Task<string?> InstallAsync()
    {
        if (RequiredTools.Find("npm") is not { } npm || RequiredTools.Find("node") is null)
        {
            return null;
        }

        var source = Path.Combine(SourceFolder(), "npm");
        var folder = Directory.CreateTempSubdirectory("trafficcore-npm-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        foreach (var file in new[] { "package.json", "interop.js" })
        {
            File.Copy(Path.Combine(source, file), Path.Combine(folder, file));
        }

        try
        {
            await ToolRun.RunAsync(npm, "install", "--prefix", folder, "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error");
            return folder;
        }
        catch (Exception) when (!RequiredTools.AreRequired)
        {
            return null; // no network: the test says that it was skipped
        }
    }

    private static string SourceFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
