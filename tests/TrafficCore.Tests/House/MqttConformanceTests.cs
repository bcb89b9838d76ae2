using System.Text.RegularExpressions;

namespace TrafficCore.Tests.House;

/// <summary>The page of MQTT's normative statements and the tests agree.</summary>
public sealed partial class MqttConformanceTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "mqtt-conformance.md"));
    private static readonly string[] Tests = [.. Repository.SourceFiles("tests").Where(path => path.Contains("/Mqtt", StringComparison.Ordinal)).Select(File.ReadAllText)];

    [Fact]
    public void Page_NamesOnlyTestsThatExist()
    {
        var named = TestName().Matches(Page).Select(m => m.Groups[1].Value).ToHashSet();

        Assert.True(named.Count > 40, "The page names hardly any test.");
        Assert.All(named, name => Assert.Contains(Tests, text => text.Contains($" {name}(", StringComparison.Ordinal)));
    }

    [Fact]
    public void Tests_NameOnlyStatementsThatThePageHas()
    {
        var inTests = Tests.SelectMany(text => Statement().Matches(text)).Select(m => m.Groups[1].Value).ToHashSet();
        var onPage = Number().Matches(Page).Select(m => m.Value).ToHashSet();

        Assert.NotEmpty(inTests);
        Assert.Empty(inTests.Except(onPage));
    }

    [GeneratedRegex("`([A-Z][A-Za-z0-9]+_[A-Za-z0-9_]+)`")]
    private static partial Regex TestName();

    [GeneratedRegex(@"\[MQTT-(\d\.\d+\.\d+-\d+)\]")]
    private static partial Regex Statement();

    [GeneratedRegex(@"\d\.\d+\.\d+-\d+")]
    private static partial Regex Number();
}
