using System.Text.RegularExpressions;

namespace TrafficCore.Tests.House;

/// <summary>Tests that a page of the documentation names as <c>XTests.Method</c>.</summary>
internal static partial class NamedTests
{
    /// <summary>In a page or a part of one.</summary>
    public static IReadOnlyList<(string Class, string Method)> In(string text) => [.. Named().Matches(text).Select(m => (m.Groups[1].Value, m.Groups[2].Value))];

    /// <summary>Whether there is such a test.</summary>
    public static bool Exists((string Class, string Method) test) => Files.Value[test.Class].Any(lines => MethodsOf(lines).Contains(test.Method));

    /// <summary>The test methods of a source file: public ones with nothing but attributes above them, one of which makes them a test.</summary>
    public static IEnumerable<string> MethodsOf(string[] lines) =>
        from at in Enumerable.Range(1, lines.Length - 1)
        where lines[at].StartsWith("    public ", StringComparison.Ordinal)
        where lines[..at].Reverse().TakeWhile(line => line.TrimStart().StartsWith('[')).Any(line => line.Trim() is "[Fact]" or "[Theory]")
        select Method().Match(lines[at]).Groups[1].Value;

    private static readonly Lazy<ILookup<string, string[]>> Files = new(() => Repository.SourceFiles("tests").ToLookup(path => Path.GetFileNameWithoutExtension(path), path => File.ReadAllLines(path)));

    [GeneratedRegex("`([A-Z][A-Za-z0-9]+Tests)\\.([A-Za-z0-9_]+)`")]
    private static partial Regex Named();

    [GeneratedRegex(" ([A-Za-z0-9_]+)\\(")]
    private static partial Regex Method();
}
