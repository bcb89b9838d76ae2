using TrafficCore.TestKit;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Host;

/// <summary>The service under a limit of open files that the test sets.</summary>
public sealed class DescriptorLimitTests
{
    [Theory]
    [InlineData("2000", true)]
    [InlineData("3000", false)]
    public async Task Start_FewerDescriptorsThanConnectionsMayNeed_IsSaid(string limit, bool isSaid)
    {
        var shell = RequiredTools.Find("sh");
        Assert.SkipWhen(shell is null || !OperatingSystem.IsLinux(), "limits are set and read as Linux has them");
        using var directory = new TemporaryDirectory();
        await using var service = await ServiceProcess.StartAsync(
            directory["data"],
            start =>
            {
                string[] program = [start.FileName, .. start.ArgumentList];
                start.FileName = shell!;
                start.ArgumentList.Clear();
                foreach (var word in (string[])["-c", "ulimit -n \"$0\" && exec \"$@\"", limit, .. program])
                {
                    start.ArgumentList.Add(word);
                }
            },
            "--Mqtt:MaxConnections=2000", "--Http:MaxConnections=100");

        // The log has a thread of its own, and says this before it says that the service has started.
        await Eventually.ReachesAsync(() => Task.FromResult(service.Output.Contains("[5000]", StringComparison.Ordinal) ? null : service.Output), TimeSpan.FromSeconds(20));
        Assert.Equal(isSaid, service.Output.Contains($"may open {limit} files and sockets, and may come to need 2612", StringComparison.Ordinal));
    }
}
