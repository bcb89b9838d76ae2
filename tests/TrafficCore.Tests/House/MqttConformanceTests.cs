using System.Globalization;
using System.Text.RegularExpressions;

namespace TrafficCore.Tests.House;

/// <summary>The page of MQTT's normative statements and the tests agree.</summary>
public sealed partial class MqttConformanceTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "mqtt-conformance.md"));
    private static readonly string[] Tests = [.. Repository.SourceFiles("tests").Where(path => path.Contains("/Mqtt", StringComparison.Ordinal) || path.Contains("/Client/", StringComparison.Ordinal)).Select(File.ReadAllText)];

    /// <summary>How many statements each section of 5.0 has (appendix B); those of 2.2.1 begin with the second.</summary>
    private const string Sections = """
        1.5.4:3 1.5.5:1 1.5.7:1 2.1.3:1 2.2.1:6 2.2.2:1 3.1.0:2 3.1.2:30 3.1.3:12 3.1.4:6 3.2.0:2 3.2.2:22 3.3.1:13 3.3.2:20 3.3.4:10 3.4.2:3 3.5.2:3
        3.6.1:1 3.6.2:3 3.7.2:3 3.8.1:1 3.8.3:5 3.8.4:8 3.9.2:2 3.9.3:2 3.10.1:1 3.10.3:2 3.10.4:6 3.11.2:2 3.11.3:2 3.12.4:1 3.14.0:1 3.14.1:1 3.14.2:4
        3.14.4:3 3.15.1:1 3.15.2:3 4.1.0:2 4.2.0:1 4.3.1:1 4.3.2:5 4.3.3:13 4.4.0:2 4.5.0:2 4.6.0:6 4.7.0:1 4.7.1:2 4.7.2:1 4.7.3:4 4.8.2:6 4.9.0:3
        4.12.0:7 4.12.1:2 4.13.1:1 4.13.2:1 6.0.0:4
        """;

    /// <summary>The same of 3.1.1.</summary>
    private const string Sections311 = """
        1.5.3:3 2.2.2:2 2.3.1:7 3.1.0:2 3.1.2:24 3.1.3:11 3.1.4:5 3.2.0:1 3.2.2:6 3.3.1:12 3.3.2:3 3.3.4:1 3.3.5:2 3.6.1:1 3.8.1:1 3.8.3:4 3.8.4:6 3.9.3:2
        3.10.1:1 3.10.3:2 3.10.4:6 3.12.4:1 3.14.1:1 3.14.4:3 4.1.0:2 4.3.1:1 4.3.2:2 4.3.3:2 4.4.0:1 4.5.0:2 4.6.0:6 4.7.1:3 4.7.2:1 4.7.3:4 4.8.0:2 6.0.0:4
        7.0.0:2 7.1.1:1 7.1.2:1
        """;

    private static readonly string Page311 = Page[Page.IndexOf("## MQTT 3.1.1", StringComparison.Ordinal)..Page.IndexOf("## MQTT 3.1\n", StringComparison.Ordinal)];
    private static readonly string Page5 = Page.Replace(Page311, "", StringComparison.Ordinal);

    [Fact]
    public void Page_HasEveryStatementOf5AndNoOther() =>
        Assert.Equal(StatementsOf(Sections).Where(n => n != "2.2.1-1").Order(StringComparer.Ordinal), NumbersOn(Page5));

    [Fact]
    public void Page_HasEveryStatementOf311AndNoOther() => Assert.Equal(StatementsOf(Sections311).Order(StringComparer.Ordinal), NumbersOn(Page311));

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

        Assert.NotEmpty(inTests);
        Assert.Empty(inTests.Except(NumbersOn(Page5)));
    }

    private static IEnumerable<string> StatementsOf(string sections) =>
        sections.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(section => section.Split(':'))
            .SelectMany(s => Enumerable.Range(1, int.Parse(s[1], CultureInfo.InvariantCulture)).Select(n => $"{s[0]}-{n}"));

    private static IEnumerable<string> NumbersOn(string page) => Number().Matches(page).Select(m => m.Value).Distinct().Order(StringComparer.Ordinal);

    [GeneratedRegex("`([A-Z][A-Za-z0-9]+_[A-Za-z0-9_]+)`")]
    private static partial Regex TestName();

    [GeneratedRegex(@"\[MQTT-(\d\.\d+\.\d+-\d+)\]")]
    private static partial Regex Statement();

    [GeneratedRegex(@"\d\.\d+\.\d+-\d+")]
    private static partial Regex Number();
}
