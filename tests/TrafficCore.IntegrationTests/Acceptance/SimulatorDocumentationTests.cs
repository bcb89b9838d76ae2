using System.Text.RegularExpressions;
using TrafficCore.IntegrationTests.Simulators;
using TrafficCore.Simulators.Verify;

namespace TrafficCore.IntegrationTests.Acceptance;

/// <summary>The pages on the simulators name the program's own options, formats and checks.</summary>
public sealed partial class SimulatorDocumentationTests
{
    [Theory]
    [InlineData("load-testing.md", "load")]
    [InlineData("replay.md", "replay")]
    [InlineData("verify-device.md", "verify-device")]
    public async Task Page_OptionsOfTheCommand_AreInItsHelpAndTheOtherWayRound(string page, string command)
    {
        var (exit, help, _) = await SimulatorProgram.RunTextAsync(command, "--help");
        Assert.Equal(0, exit);
        var known = Option().Matches(help).Select(static m => m.Value).ToHashSet();

        // The service's own options have a colon; dotnet run's stand before the lone dashes.
        var text = File.ReadAllText(Page(page));
        var named = Option().Matches(text).Where(m => m.Index + m.Length >= text.Length || text[m.Index + m.Length] != ':').Select(static m => m.Value).ToHashSet();

        Assert.Empty(named.Except(known).Except(["--project", "--record"]));
        if (command == "load")
        {
            Assert.Empty(known.Except(named).Except(["--help", "--drain"]));
        }
    }

    [Fact]
    public void VerifyPage_Checks_AreAllThere() => Assert.Equal(
        CheckCatalog.All.Select(static c => c.Name),
        File.ReadLines(Page("verify-device.md")).Select(static line => CheckRow().Match(line)).Where(static m => m.Success).Select(static m => m.Groups[1].Value));

    private static string Page(string name) => Path.Combine(DocumentationTests.Root, "docs", name);

    [GeneratedRegex("--[a-z][a-z-]*[a-z]")]
    private static partial Regex Option();

    [GeneratedRegex("^\\| `([a-z-]+)` \\| ")]
    private static partial Regex CheckRow();
}
