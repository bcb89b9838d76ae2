namespace TrafficCore.Tests.House;

/// <summary>docs/reliability.md names a test for every fault, tests that are there, and every test of the fault suite.</summary>
public sealed class ReliabilityPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs/reliability.md"));

    [Fact]
    public void ReliabilityPage_NamedTests_Exist()
    {
        var named = NamedTests.In(Page);

        Assert.True(named.Count > 40);
        Assert.All(named, test => Assert.True(NamedTests.Exists(test), $"{test} is not there"));
    }

    [Fact]
    public void ReliabilityPage_EveryFault_NamesATest()
    {
        var rows = Page.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| fault |", StringComparison.Ordinal)).ToList();

        Assert.True(rows.Count > 20);
        Assert.All(rows, row => Assert.NotEmpty(NamedTests.In(row)));
    }

    [Fact]
    public void ReliabilityPage_EveryTestOfTheFaultSuite_IsNamed()
    {
        var tests = Repository.SourceFiles("tests/TrafficCore.IntegrationTests/Faults")
            .SelectMany(path => NamedTests.MethodsOf(File.ReadAllLines(path)).Select(method => (Path.GetFileNameWithoutExtension(path), method))).ToList();

        Assert.True(tests.Count > 15);
        Assert.Empty(tests.Except(NamedTests.In(Page)));
    }
}
