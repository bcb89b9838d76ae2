using System.Text.Json.Nodes;
using TrafficCore.Tests.House;
using TrafficCore.Traffic.Network;

namespace TrafficCore.Tests.Network;

/// <summary>The shipped schema and the parser must not drift apart: each single change to the sample gets the same answer from both.</summary>
public sealed class NetworkSchemaTests
{
    private static readonly JsonNode Schema = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "src/TrafficCore.Host/network.schema.json")))!;

    // What a schema cannot say: uniqueness in a scope and references.
    private static readonly string[] OnlyParser = ["already", "there is no", "not an approach of", "appears twice"];

    [Fact]
    public void Schema_Sample_IsValid() => Assert.Empty(SchemaCheck.Errors(Schema, JsonNode.Parse(SampleNetwork.Json)));

    [Fact]
    public void Schema_EverySingleChange_AgreesWithTheParser()
    {
        JsonNode?[] values = [null, -1, 0, 1, 2.5, 256, 1e9, "", "x y", "a/b", "count", true, new JsonArray(), new JsonObject(), new JsonArray(1), new JsonArray("q")];
        int changes = 0;
        foreach (string path in JsonPaths.All(JsonNode.Parse(SampleNetwork.Json)!))
        {
            foreach (JsonNode? value in values)
            {
                JsonNode root = JsonNode.Parse(SampleNetwork.Json)!;
                JsonPaths.Replace(root, path, value?.DeepClone());
                NetworkParseResult result = SampleNetwork.Parse(root.ToJsonString());
                NetworkError[] errors = [.. result.Errors.Where(e => !OnlyParser.Any(e.Message.Contains))];
                List<string> schemaErrors = SchemaCheck.Errors(Schema, root);
                Assert.True((errors.Length == 0) == (schemaErrors.Count == 0), $"{path} = {value?.ToJsonString() ?? "null"}: parser [{string.Join("; ", errors)}] schema [{string.Join("; ", schemaErrors)}]");
                changes++;
            }
        }

        Assert.True(changes > 500, $"{changes}");
    }

    [Fact]
    public void Schema_Functions_AreTheParsers()
    {
        JsonNode names = Schema["$defs"]!["detector"]!["properties"]!["functions"]!["items"]!["enum"]!;
        Assert.Equal(DetectorFunctionNames.All, names.AsArray().Select(n => n!.GetValue<string>()));
        Assert.Equal(NetworkId.Pattern, Schema["$defs"]!["id"]!["pattern"]!.GetValue<string>());
    }
}
