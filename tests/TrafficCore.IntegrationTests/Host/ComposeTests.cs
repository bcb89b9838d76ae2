using System.Diagnostics;
using TrafficCore.TestKit;

namespace TrafficCore.IntegrationTests.Host;

public sealed class ComposeTests
{
    [Fact]
    public async Task ComposeFile_WithEveryProfile_IsAccepted()
    {
        var program = RequiredTools.Find("docker-compose");
        Assert.SkipWhen(program is null, "docker-compose is not installed");
        var start = new ProcessStartInfo(program!, ["-f", Path.Combine(Root(), "docker-compose.yml"), "--profile", "influxdb", "config", "--services"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var services = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        Assert.True(process.ExitCode == 0, await errors);
        Assert.Equal(["influxdb", "trafficcore"], (await services).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "TrafficCore.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}
