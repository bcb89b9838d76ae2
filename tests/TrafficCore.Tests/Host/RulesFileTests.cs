using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using TrafficCore.Boards.Rules;
using TrafficCore.Host.Boards;
using TrafficCore.Host.Configuration;
using TrafficCore.Tests.House;
using TrafficCore.Tests.Network;

namespace TrafficCore.Tests.Host;

public sealed class RulesFileTests
{
    private const string Sample = """
        { "$schema": "rules.schema.json", "shape": 1, "rules": [
          { "name": "congestion", "version": 3, "kind": "level-of-service", "window": "60s", "enterWindows": 2, "exitWindows": 3, "minimumOn": "3m", "minimumOff": "90s",
            "minimumCoverage": 0.5, "expiry": "5m", "watches": ["int-1/n"], "boards": ["int-1/b-1"],
            "steps": [
              { "name": "slow", "priority": 8, "text": ["SLOW TRAFFIC|SLOW", "AHEAD"], "when": { "speedRatio": { "enter": 0.5, "exit": 0.67 }, "occupancy": { "enter": 35, "exit": 25 } } },
              { "name": "severe", "priority": 9, "text": ["JAM"], "when": { "speedRatio": { "enter": 0.3, "exit": 0.4 }, "occupancy": { "enter": 50, "exit": 40 } } } ] } ] }
        """;

    private static readonly JsonNode Schema = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "src/TrafficCore.Host/rules.schema.json")))!;

    [Fact]
    public void Parse_Sample_IsBoundWhole()
    {
        var (rules, errors) = Parse(Sample);
        Assert.Empty(errors);
        var rule = Assert.Single(rules);
        Assert.Equal(("congestion", 3, BoardRuleKind.LevelOfService, 2, 3), (rule.Name, rule.Version, rule.Kind, rule.EnterWindows, rule.ExitWindows));
        Assert.Equal((TimeSpan.FromSeconds(90), "int-1/n", "int-1/b-1"), (rule.MinimumOff, Assert.Single(rule.Watches), Assert.Single(rule.Boards)));
        Assert.Equal([("slow", 8, 35.0), ("severe", 9, 50.0)], rule.Steps.Select(s => (s.Name, s.Priority, s.When.Occupancy!.Enter)));
    }

    [Theory]
    [InlineData("\"shape\": 1", "\"shape\": 2", "Shape")]
    [InlineData("\"name\": \"severe\"", "\"name\": \"slow\"", "Rules:0:Steps:1:Name")]
    [InlineData("\"version\": 3", "\"vershion\": 3", "rules:0:vershion")]
    [InlineData("\"window\": \"60s\"", "\"window\": \"30s\"", "Rules:0:Window")]
    [InlineData("\"expiry\": \"5m\"", "\"expiry\": \"60s\"", "Rules:0:Expiry")]
    [InlineData("\"minimumOn\": \"3m\"", "\"minimumOn\": \"soon\"", "Rules:0:MinimumOn")]
    [InlineData("\"enterWindows\": 2", "\"enterWindows\": 0", "Rules:0:EnterWindows")]
    [InlineData("\"int-1/n\"", "\"n\"", "Rules:0:Watches")]
    [InlineData("\"enter\": 0.5, \"exit\": 0.67", "\"enter\": 0.5, \"exit\": 0.5", "Rules:0:Steps:0:When:SpeedRatio:Exit")]
    [InlineData("\"enter\": 50, \"exit\": 40", "\"enter\": 35, \"exit\": 25", "Rules:0:Steps:1:When:Occupancy")]
    [InlineData("\"priority\": 9", "\"priority\": 7", "Rules:0:Steps:1:Priority")]
    [InlineData("\"priority\": 9", "\"priority\": 300", "Rules:0:Steps:1:Priority")]
    [InlineData("\"text\": [\"JAM\"]", "\"text\": []", "Rules:0:Steps:1:Text")]
    [InlineData("\"kind\": \"level-of-service\"", "\"kind\": \"weather\"", "Rules:0:Kind")]
    [InlineData("\"name\": \"congestion\"", "\"name\": \"manual\"", "Rules:0:Name")]
    public void Parse_OneMistake_IsNamedByItsPlace(string from, string to, string key)
    {
        Assert.Contains(from, Sample, StringComparison.Ordinal);
        Assert.Contains(key, Parse(Sample.Replace(from, to, StringComparison.Ordinal)).Errors.Select(e => e.Key));
    }

    [Fact]
    public void Parse_ManyMistakes_AreListedAtOnce()
    {
        // Values first; how they stand to each other is judged when each of them can be read.
        var unreadable = Sample.Replace("\"expiry\": \"5m\"", "\"expiry\": \"soon\"", StringComparison.Ordinal).Replace("\"priority\": 8", "\"priority\": 0", StringComparison.Ordinal)
            .Replace("\"shape\": 1", "\"shape\": 9", StringComparison.Ordinal);
        Assert.Equal(3, Parse(unreadable).Errors.Count);
        var contradictory = Sample.Replace("\"expiry\": \"5m\"", "\"expiry\": \"1s\"", StringComparison.Ordinal).Replace("\"priority\": 9", "\"priority\": 1", StringComparison.Ordinal)
            .Replace("\"window\": \"60s\"", "\"window\": \"30s\"", StringComparison.Ordinal);
        Assert.Equal(3, Parse(contradictory).Errors.Count);
    }

    [Theory]
    [InlineData("{ nonsense")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"shape\":1,\"shape\":1}")]
    [InlineData("{\"shape\":1,\"Shape\":1}")]
    public void Parse_NoRulesFile_IsAnError(string content) => Assert.NotEmpty(Parse(content).Errors);

    [Fact]
    public void Parse_RuleOfTheConfiguration_MayNotComeTwice()
    {
        const string Step = "Boards:Rules:0:Steps:0";
        var settings = Settings("Boards:Rules:0:Name=congestion", $"{Step}:Name=x", $"{Step}:When:Occupancy:Enter=40", $"{Step}:When:Occupancy:Exit=30", $"{Step}:Text:0=X");
        Assert.Equal("Rules:0:Name", Assert.Single(RulesFile.Parse(Encoding.UTF8.GetBytes(Sample), settings).Errors).Key);
    }

    [Fact]
    public void Schema_EverySingleChangeThatItAccepts_IsAcceptedOrWrongTogetherWithOthers()
    {
        Assert.Empty(SchemaCheck.Errors(Schema, JsonNode.Parse(Sample)));
        string[] together = ["is not one of Windows:Length", "must be ", "is there twice", "is kept for", "needs ", "is longer than"];
        JsonNode?[] values = [0, 1, 2, 0.25, 70, "60s", "900s", "2h", "x", "int-1/n", "level-of-service", new JsonArray(), new JsonArray("q"), new JsonArray("a/b")];
        var accepted = 0;
        foreach (var path in JsonPaths.All(JsonNode.Parse(Sample)!).Where(p => !p.Contains('$', StringComparison.Ordinal)))
        {
            foreach (var value in values)
            {
                var root = JsonNode.Parse(Sample)!;
                JsonPaths.Replace(root, path, value?.DeepClone());
                if (SchemaCheck.Errors(Schema, root).Count == 0)
                {
                    accepted++;
                    Assert.All(Parse(root.ToJsonString()).Errors, e => Assert.True(together.Any(t => e.Message.StartsWith(t, StringComparison.Ordinal) || e.Message.Contains(t, StringComparison.Ordinal)), $"{path} = {value}: {e}"));
                }
            }
        }

        Assert.True(accepted > 60, $"{accepted}");
    }

    [Theory]
    [InlineData("""{"shape":1,"rules":[{"name":"\ud800"}]}""")]
    [InlineData("""{"shape":1,"\ud800":[]}""")]
    [InlineData("""{"\ud800":1,"\ud800":2}""")]
    public void Parse_HalfASurrogatePair_IsAnError(string content) => Assert.Equal("$", Assert.Single(Parse(content).Errors).Key);

    [Fact]
    public void Schema_Names_AreTheOnesThatAreBound()
    {
        AssertNames(Schema["$defs"]!["rule"]!, typeof(BoardRule));
        AssertNames(Schema["$defs"]!["step"]!, typeof(RuleStep));
        AssertNames(Schema["$defs"]!["step"]!["properties"]!["when"]!, typeof(RuleCondition));
        AssertNames(Schema["$defs"]!["thresholds"]!, typeof(RuleThresholds));
    }

    private static void AssertNames(JsonNode schema, Type type) => Assert.Equal(
        type.GetProperties().Where(p => p.SetMethod is { IsPublic: true }).Select(p => char.ToLowerInvariant(p.Name[0]) + p.Name[1..]).Order(StringComparer.Ordinal),
        schema["properties"]!.AsObject().Select(p => p.Key).Order(StringComparer.Ordinal));

    private static (IReadOnlyList<BoardRule> Rules, IReadOnlyList<ConfigurationError> Errors) Parse(string content) => RulesFile.Parse(Encoding.UTF8.GetBytes(content), Settings());

    private static ServiceSettings Settings(params string[] settings) => ServiceSettings.Bind(new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(s => s.Split('=', 2)).Select(p => KeyValuePair.Create(p[0], (string?)p[1]))).Build()).Settings;
}
