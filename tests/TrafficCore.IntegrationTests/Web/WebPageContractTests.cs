using System.Text.Json;
using System.Text.RegularExpressions;
using TrafficCore.Host.Api;
using TrafficCore.IntegrationTests.Host;

namespace TrafficCore.IntegrationTests.Web;

/// <summary>The page asks for what the API has, and reads fields that its answers have.</summary>
public sealed partial class WebPageContractTests : IAsyncLifetime
{
    // What is sent has no schema there: its reader takes it apart by itself.
    private static readonly HashSet<string> Command = [.. typeof(BoardCommandRequest).GetProperties().Select(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name))];

    private RunningService service = null!;
    private JsonElement api;

    public async ValueTask InitializeAsync()
    {
        service = await RunningService.StartAsync();
        api = await service.GetAsync("openapi/v1.json");
    }

    public ValueTask DisposeAsync() => service.DisposeAsync();

    [Fact]
    public void Scripts_AddressesAndTheirParameters_AreInTheApi()
    {
        var asked = Directory.EnumerateFiles(WebPageFiles.Folder, "*.js").SelectMany(file => Address().Matches(File.ReadAllText(file))).Select(m => m.Value).ToList();
        Assert.True(asked.Count > 12, $"found {asked.Count} addresses");
        var paths = api.GetProperty("paths").EnumerateObject().ToLookup(p => Placeholder().Replace(p.Name.TrimEnd('/'), "{}"), p => p.Value, StringComparer.Ordinal);
        Assert.All(asked, address =>
        {
            var (path, query) = Split(address);
            Assert.True(paths.Contains(path), path);
            var known = paths[path].SelectMany(Parameters).ToHashSet(StringComparer.Ordinal);
            Assert.All(query, name => Assert.Contains(name, known));
        });
    }

    [Fact]
    public void Scripts_AddressesOfTheApi_AreInTheContract()
    {
        var contract = Placeholder().Replace(File.ReadAllText(Path.Combine(WebPageFiles.Folder, "../../../../docs/contract.md")), "{}");
        var asked = Address().Matches(WebPageFiles.Read("api.js")).Select(m => Split(m.Value).Path).Distinct();
        Assert.All(asked, path => Assert.Matches(Regex.Escape(path) + "[`?]", contract));
    }

    [Theory]
    [InlineData("shapes.js", 13)]
    [InlineData("boardShapes.js", 10)]
    public void Shapes_Fields_AreInTheSchemasThatTheyName(string file, int least)
    {
        var schemas = api.GetProperty("components").GetProperty("schemas");
        var shapes = Shape().Matches(WebPageFiles.Read(file));
        Assert.True(shapes.Count >= least, $"found {shapes.Count} shapes");
        Assert.All(shapes, shape =>
        {
            var known = shape.Groups[1].Value == nameof(BoardCommandRequest)
                ? Command
                : schemas.GetProperty(shape.Groups[1].Value).GetProperty("properties").EnumerateObject().Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
            var read = Field().Matches(shape.Groups[2].Value).Select(m => m.Groups[1].Value).ToList();
            Assert.NotEmpty(read);
            Assert.All(read, name => Assert.True(known.Contains(name), $"{shape.Groups[1].Value} has no {name}"));
        });
    }

    [Fact]
    public void Scripts_Answers_AreReadByTheShapesAlone()
    {
        var others = Directory.EnumerateFiles(WebPageFiles.Folder, "*.js").Where(file => Path.GetFileName(file) is not ("api.js" or "shapes.js" or "boardShapes.js" or "events.js"));
        Assert.All(others, file => Assert.DoesNotMatch("\\bfetch\\(|\\.json\\(|JSON\\.parse", File.ReadAllText(file)));
    }

    private static (string Path, IEnumerable<string> Query) Split(string address)
    {
        var parts = Inserted().Replace(address.Trim('`', '"'), "{}").Split('?', 2);
        return (parts[0].Replace("/live{}{}", "/live", StringComparison.Ordinal), parts.Length == 1 ? [] : parts[1].Split('&').Select(p => p.Split('=')[0]));
    }

    private static IEnumerable<string> Parameters(JsonElement path) =>
        from method in path.EnumerateObject()
        where method.Value.ValueKind == JsonValueKind.Object && method.Value.TryGetProperty("parameters", out _)
        from parameter in method.Value.GetProperty("parameters").EnumerateArray()
        select parameter.GetProperty("name").GetString();

    [GeneratedRegex("[`\"]/(?:api|health)/[^`\"]*(?:\"[?]\"[^`]*)?[`\"]")]
    private static partial Regex Address();

    [GeneratedRegex(@"\$\{[^}]*\}")]
    private static partial Regex Inserted();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"^// (\w+)\nexport function \w+\(\w+\) \{\n(.*?)^\}", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Shape();

    [GeneratedRegex(@"\bjson\.(\w+)")]
    private static partial Regex Field();
}
