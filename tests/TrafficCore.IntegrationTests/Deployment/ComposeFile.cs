using System.Text.Json;
using TrafficCore.IntegrationTests.Acceptance;
using TrafficCore.IntegrationTests.Mqtt;
using TrafficCore.TestKit;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Deployment;

/// <summary><c>docker-compose.yml</c> as <c>docker-compose config</c> understands it: anchors resolved, variables replaced, paths absolute.</summary>
internal sealed class ComposeFile
{
    // It does not change while tests run.
    private static readonly Lazy<Task<ComposeFile>> Read = new(LoadAsync);

    private ComposeFile(JsonElement json) => Services =
        json.GetProperty("services").EnumerateObject().ToDictionary(service => service.Name, service => new ComposeService(service.Name, service.Value), StringComparer.Ordinal);

    public static string FullName => Path.Combine(DocumentationTests.Root, "docker-compose.yml");

    public IReadOnlyDictionary<string, ComposeService> Services { get; }

    public static Task<ComposeFile> ReadAsync() => Read.Value;

    /// <summary>Debian's docker-compose, 1.29: later ones write the same in other forms. Skips the test where there is none.</summary>
    public static async Task<string> ProgramAsync()
    {
        var program = RequiredTools.Find("docker-compose");
        Assert.SkipWhen(program is null, "docker-compose is not installed");
        var version = await ToolRun.RunAsync(program!, "version", "--short");
        Assert.SkipUnless(version.StartsWith("1.", StringComparison.Ordinal) || RequiredTools.AreRequired, $"docker-compose is {version}, not Debian's 1.29");
        return program!;
    }

    private static async Task<ComposeFile> LoadAsync()
    {
        var program = await ProgramAsync();
        using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(directory["config.yml"], await ToolRun.RunAsync(program, "-f", FullName, "config"));
        return new ComposeFile(await Yaml.ReadAsync(directory["config.yml"]));
    }
}

/// <summary>One service of it.</summary>
internal sealed record ComposeService(string Name, JsonElement Json)
{
    public string Image => Json.GetProperty("image").GetString()!;

    /// <summary>Runs to its end, instead of being kept running.</summary>
    public bool IsOnce => Text("restart") == "no";

    /// <summary>The stage of the Dockerfile; null for an image that is not built here.</summary>
    public string? Target => Json.TryGetProperty("build", out var build) ? build.GetProperty("target").GetString() : null;

    public IReadOnlyDictionary<string, string> Environment => Json.TryGetProperty("environment", out var environment)
        ? environment.EnumerateObject().ToDictionary(variable => variable.Name, variable => variable.Value.ToString(), StringComparer.Ordinal)
        : new Dictionary<string, string>();

    public IReadOnlyList<string> Command => List("command");

    public IReadOnlyList<string> Networks => Json.TryGetProperty("networks", out var networks) ? [.. networks.EnumerateObject().Select(network => network.Name)] : [];

    /// <summary>Source, path in the container, and whether it may be written.</summary>
    public IEnumerable<(string Source, string Path, bool IsWritable)> Volumes =>
        List("volumes").Select(volume => volume.Split(':')).Select(parts => (parts[0], parts[1], parts.Length < 3 || parts[2] != "ro"));

    /// <summary>Services that it waits for, and until when.</summary>
    public IReadOnlyDictionary<string, string> WaitsFor => Json.TryGetProperty("depends_on", out var others)
        ? others.EnumerateObject().ToDictionary(other => other.Name, other => other.Value.GetProperty("condition").GetString()!, StringComparer.Ordinal)
        : new Dictionary<string, string>();

    public string Text(string key) => Json.TryGetProperty(key, out var value) ? value.ToString() : "";

    /// <summary>A list of texts; a single text is a list of one.</summary>
    public IReadOnlyList<string> List(string key) => !Json.TryGetProperty(key, out var value) ? []
        : value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(one => one.ToString())]
        : [value.ToString()];
}
