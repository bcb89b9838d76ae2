using System.Text.RegularExpressions;

namespace TrafficCore.Tests.House;

/// <summary>What docs/security.md promises is shown by tests that are there.</summary>
public sealed partial class SecurityPageTests
{
    [Fact]
    public void SecurityPage_NamedTests_Exist()
    {
        var named = Named().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs/security.md"))).Select(m => (Class: m.Groups[1].Value, Method: m.Groups[2].Value)).ToList();
        var files = Repository.SourceFiles("tests").ToLookup(path => Path.GetFileNameWithoutExtension(path), path => File.ReadAllLines(path));

        Assert.True(named.Count > 30);
        Assert.All(named, test => Assert.Contains(files[test.Class], lines => HasTest(lines, test.Method)));
    }

    [Fact]
    public void SecurityPage_EveryPromise_NamesATest()
    {
        var rows = File.ReadAllText(Path.Combine(Repository.Root, "docs/security.md")).Split("## ").Single(s => s.StartsWith("What is promised", StringComparison.Ordinal))
            .Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1).ToList();

        Assert.NotEmpty(rows);
        Assert.All(rows, row => Assert.Matches(Named(), row));
    }

    // The method, and above it nothing but attributes, one of which makes it a test.
    private static bool HasTest(string[] lines, string method)
    {
        var at = Array.FindIndex(lines, line => line.StartsWith("    public ", StringComparison.Ordinal) && line.Contains($" {method}(", StringComparison.Ordinal));
        return at > 0 && lines[..at].Reverse().TakeWhile(line => line.TrimStart().StartsWith('[')).Any(line => line.Trim() is "[Fact]" or "[Theory]");
    }

    [GeneratedRegex("`([A-Z][A-Za-z]+Tests)\\.([A-Za-z0-9_]+)`")]
    private static partial Regex Named();
}
