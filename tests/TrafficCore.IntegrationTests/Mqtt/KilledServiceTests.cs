using TrafficCore.TestKit;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Mqtt;

/// <summary>The program itself, killed, and clients of another implementation.</summary>
public sealed class KilledServiceTests
{
    [Theory]
    [InlineData("mqttv311", 1)]
    [InlineData("mqttv5", 2)]
    public async Task Kill_SessionQueueAndRetained_AreThereAfterwards(string version, int qos)
    {
        var (pub, sub) = (RequiredTools.Find("mosquitto_pub"), RequiredTools.Find("mosquitto_sub"));
        Assert.SkipWhen(pub is null || sub is null, "mosquitto-clients is not installed");
        using var directory = new TemporaryDirectory();
        string[] keeper = ["-V", version, "-i", "keeper", "-c", .. version == "mqttv5" ? ["-x", "300"] : Array.Empty<string>(), "-q", $"{qos}", "-t", "news/#"];
        await using (var service = await ServiceProcess.StartAsync(directory["data"]))
        {
            await ToolRun.RunAsync(sub!, [.. At(service), .. keeper, "-E"]);
            foreach (var payload in new[] { "a", "b" })
            {
                await ToolRun.RunAsync(pub!, [.. At(service), "-V", version, "-q", $"{qos}", "-t", "news/1", "-m", payload]);
            }

            await ToolRun.RunAsync(pub!, [.. At(service), "-V", version, "-q", "1", "-r", "-t", "site/state", "-m", "online"]);
            await service.KillAsync();
        }

        await using var again = await ServiceProcess.StartAsync(directory["data"]);
        Assert.Equal("a\nb", await ToolRun.RunAsync(sub!, [.. At(again), .. keeper, "-C", "2"]));
        Assert.Equal("online", await ToolRun.RunAsync(sub!, [.. At(again), "-V", version, "-t", "site/+", "-C", "1"]));
    }

    private static string[] At(ServiceProcess service) => ["-h", "127.0.0.1", "-p", $"{service.MqttPort}"];
}
