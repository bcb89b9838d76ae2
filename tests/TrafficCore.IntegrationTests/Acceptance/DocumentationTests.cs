using System.Text.RegularExpressions;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Acceptance;

/// <summary>What the documentation says can be done is done with the program itself.</summary>
public sealed partial class DocumentationTests
{
    internal static readonly string Root = FindRoot();

    [Fact]
    public async Task Readme_ConfigurationKeys_AreAcceptedWithTheirDefaults()
    {
        var arguments = ReadmeTable().ToList();
        Assert.True(arguments.Count >= 10, string.Join(' ', arguments));

        var (exitCode, output) = await ServiceProcess.RunAsync("trafficcore.dll", ["check", .. arguments]);

        Assert.True(exitCode == 0, output);
    }

    [Fact]
    public async Task Check_UnknownKeyAndBadValue_ListsBothAndExitsWithTwo()
    {
        var (exitCode, output) = await ServiceProcess.RunAsync("trafficcore.dll", "check", "--Windows:Lenght=60s", "--Mqtt:Port=seventy");

        Assert.Equal(2, exitCode);
        Assert.Contains("Windows:Length", output, StringComparison.Ordinal);
        Assert.Contains("Mqtt:Port", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"intersections\"", "Network:File")]
    [InlineData("\"rules\"", "Boards:RulesFile")]
    [InlineData("\"accounts\"", "Security:AccountsFile")]
    public async Task Contract_Sample_IsValid(string member, string key)
    {
        using var directory = new TemporaryDirectory();
        var sample = JsonBlock().Matches(File.ReadAllText(Path.Combine(Root, "docs", "contract.md"))).Select(match => match.Groups[1].Value).Single(block => block.Contains(member, StringComparison.Ordinal));
        await File.WriteAllTextAsync(directory["sample.json"], sample);

        var (exitCode, output) = await ServiceProcess.RunAsync("trafficcore.dll", "check", $"--{key}={directory["sample.json"]}");

        Assert.True(exitCode == 0, output);
    }

    [Fact]
    public void Documents_RelativeLinks_LeadSomewhere()
    {
        var broken = Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Append(Path.Combine(Root, "README.md")).Append(Path.Combine(Root, "CONTRIBUTING.md"))
            .SelectMany(page => Link().Matches(File.ReadAllText(page)).Select(match => (Page: page, Target: match.Groups[1].Value)))
            .Where(link => !link.Target.Contains("://", StringComparison.Ordinal) && !link.Target.StartsWith('#'))
            .Where(link => !Path.Exists(Path.Combine(Path.GetDirectoryName(link.Page)!, link.Target.Split('#')[0])))
            .Select(link => $"{Path.GetRelativePath(Root, link.Page)}: {link.Target}");

        Assert.Empty(broken);
    }

    private static IEnumerable<string> ReadmeTable() =>
        from line in File.ReadLines(Path.Combine(Root, "README.md"))
        where line.StartsWith("| `", StringComparison.Ordinal)
        let cells = line.Split('|', StringSplitOptions.TrimEntries)
        let keys = Code().Matches(cells[1]).Select(match => match.Groups[1].Value).ToList()
        let defaults = cells[2].Split(',', StringSplitOptions.TrimEntries)
        from pair in keys.Count == 1 ? [(keys[0], cells[2])] : keys.Zip(defaults)
        let value = pair.Item2.Trim('`')
        where pair.Item1.Contains(':', StringComparison.Ordinal) && value != "none" && !value.Contains(' ', StringComparison.Ordinal)
        select $"--{pair.Item1}={value}";

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "TrafficCore.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("No TrafficCore.sln above the tests.");
        }

        return folder.FullName;
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex("```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex JsonBlock();

    [GeneratedRegex(@"\]\(([^)]+)\)")]
    private static partial Regex Link();
}
