using System.Text.Json;
using TrafficCore.IntegrationTests.Mqtt;
using TrafficCore.TestKit;

namespace TrafficCore.IntegrationTests.Deployment;

/// <summary>YAML as JSON, by the parser that Debian's docker-compose brings along.</summary>
internal static class Yaml
{
    private const string Program = "import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1])), sys.stdout)";

    public static async Task<JsonElement> ReadAsync(string path)
    {
        var python = RequiredTools.Find("python3");
        Assert.SkipWhen(python is null || RequiredTools.Find("docker-compose") is null, "python3 with yaml is not installed (it comes with Debian's docker-compose)");
        return JsonDocument.Parse(await ToolRun.RunAsync(python!, "-c", Program, path)).RootElement;
    }
}
