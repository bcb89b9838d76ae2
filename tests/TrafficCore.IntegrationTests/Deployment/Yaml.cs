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
        await ComposeFile.ProgramAsync();
        return JsonDocument.Parse(await ToolRun.RunAsync(RequiredTools.Find("python3")!, "-c", Program, path)).RootElement;
    }
}
