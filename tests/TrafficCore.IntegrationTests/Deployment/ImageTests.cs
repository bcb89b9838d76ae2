using System.Diagnostics;
using System.Globalization;
using TrafficCore.IntegrationTests.Acceptance;
using TrafficCore.TestKit.Processes;
using TrafficCore.TestKit.Storage;

namespace TrafficCore.IntegrationTests.Deployment;

/// <summary>What the Dockerfile publishes, started with the commands and variables of docker-compose.yml. What only a container engine does is not tested: users, mounts, networks.</summary>
public sealed class ImageTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Images_PublishedByTheDockerfile_RunTheCityOfTheComposeFile()
    {
        var compose = (await ComposeFile.ReadAsync()).Services;
        await using var influx = new InfluxDouble { Token = "of-the-file" }.Start();
        using var images = new PublishedImages();
        await images.PublishAsync("trafficcore");
        await images.PublishAsync("simulators");

        // The network file is made once, and left alone when it is there.
        var network = images.Program("simulators", compose["network"].List("entrypoint").Concat(compose["network"].Command), []);
        await AssertDoneAsync(network);
        var made = File.GetLastWriteTimeUtc(Path.Combine(images.Volume("network"), "network.json"));
        await AssertDoneAsync(network);
        Assert.Equal(made, File.GetLastWriteTimeUtc(Path.Combine(images.Volume("network"), "network.json")));

        Directory.CreateDirectory(Path.Combine(images.Volume("secrets"), "trafficcore"));
        await File.WriteAllTextAsync(Path.Combine(images.Volume("secrets"), "trafficcore", "influx-token"), influx.Token + "\n");
        var (mqtt, http) = (FreePort.Find(), FreePort.Find());
        var environment = Here(compose["trafficcore"].Environment, mqtt, http, influx.Url);
        var stage = images.Stage("trafficcore");
        using var service = Process.Start(images.Program("trafficcore", [.. stage.EntryPoint, "run"], environment))!;
        var output = service.StandardOutput.ReadToEndAsync();
        var errors = service.StandardError.ReadToEndAsync();
        try
        {
            await Eventually.ReachesAsync(() => UnhealthyAsync(images.Program("trafficcore", stage.HealthCheck!, environment)), Limit);
            var city = compose["city"].Command.Select(word => word.Replace("trafficcore:1883", $"127.0.0.1:{mqtt}", StringComparison.Ordinal));
            await AssertDoneAsync(images.Program("simulators", [.. images.Stage("simulators").EntryPoint, .. city, "--duration", "20s"], []));

            using var api = new ServiceApi(new Uri($"http://127.0.0.1:{http}/"));
            var ledger = await api.LedgerAsync();
            Assert.True(ledger.GetProperty("received").GetInt64() >= 12 * 24, ledger.ToString());
            Assert.Equal(0, ledger.GetProperty("unexplained").GetInt64());
            await Eventually.ReachesAsync(() => Task.FromResult(influx.Points.Count >= 12 ? null : $"{influx.Points.Count} points"), Limit);
        }
        finally
        {
            using var terminate = Process.Start("kill", ["-TERM", service.Id.ToString(CultureInfo.InvariantCulture)]);
            if (!service.WaitForExit(Limit))
            {
                service.Kill(entireProcessTree: true);
                await service.WaitForExitAsync();
            }
        }

        Assert.True(service.ExitCode == 0, await output + await errors);
    }

    /// <summary>The variables of the compose file, with addresses of this machine: names of other containers lead nowhere here.</summary>
    private static Dictionary<string, string> Here(IReadOnlyDictionary<string, string> environment, int mqtt, int http, string influx) => new(environment)
    {
        ["TRAFFICCORE_Mqtt__Port"] = mqtt.ToString(CultureInfo.InvariantCulture),
        ["TRAFFICCORE_Mqtt__Address"] = "127.0.0.1",
        ["TRAFFICCORE_Http__Port"] = http.ToString(CultureInfo.InvariantCulture),
        ["TRAFFICCORE_Http__Address"] = "127.0.0.1",
        ["TRAFFICCORE_Influx__Url"] = influx,

        // Nobody listens on the discard port: what cannot be exported is dropped.
        ["TRAFFICCORE_Telemetry__OtlpEndpoint"] = "http://127.0.0.1:9",
    };

    private static async Task AssertDoneAsync(ProcessStartInfo program)
    {
        var (exit, output) = await PublishedImages.RunAsync(program, Limit);
        Assert.True(exit == 0, output);
    }

    private static async Task<string?> UnhealthyAsync(ProcessStartInfo program)
    {
        var (exit, output) = await PublishedImages.RunAsync(program, Limit);
        return exit == 0 ? null : output;
    }
}
