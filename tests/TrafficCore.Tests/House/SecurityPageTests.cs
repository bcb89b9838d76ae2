namespace TrafficCore.Tests.House;

/// <summary>What docs/security.md promises is shown by tests that are there.</summary>
public sealed class SecurityPageTests
{
    [Fact]
    public void SecurityPage_NamedTests_Exist()
    {
        var named = NamedTests.In(File.ReadAllText(Path.Combine(Repository.Root, "docs/security.md")));

        Assert.True(named.Count > 30);
        Assert.All(named, test => Assert.True(NamedTests.Exists(test), $"{test} is not there"));
    }

    [Fact]
    public void SecurityPage_EveryPromise_NamesATest()
    {
        var rows = File.ReadAllText(Path.Combine(Repository.Root, "docs/security.md")).Split("## ").Single(s => s.StartsWith("What is promised", StringComparison.Ordinal))
            .Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1).ToList();

        Assert.NotEmpty(rows);
        Assert.All(rows, row => Assert.NotEmpty(NamedTests.In(row)));
    }
}
