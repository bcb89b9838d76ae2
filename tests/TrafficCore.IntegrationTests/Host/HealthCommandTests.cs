using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Host;

/// <summary><c>trafficcore health</c>, what a container engine asks.</summary>
public sealed class HealthCommandTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("*")]
    public async Task Health_ServiceIsReady_ExitsWithZero(string address)
    {
        await using var service = await RunningService.StartAsync();

        var (exit, output) = await AskAsync(service.Service.Http.Port, $"--Http:Address={address}", "--Http:Anonymous=true");

        Assert.True(exit == 0, output);
        Assert.Contains("\"ready\"", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_AddressThatIsNoUsualName_IsAskedAllTheSame()
    {
        await using var service = await RunningService.StartAsync("--Http:Address=127.0.0.2");

        var (exit, output) = await AskAsync(service.Service.Http.Port, "--Http:Address=127.0.0.2");

        Assert.True(exit == 0, output);
    }

    [Fact]
    public async Task Health_ServiceIsNotReady_ExitsWithOneAndSaysWhy()
    {
        await using var unready = WebApplication.CreateSlimBuilder().Build();
        unready.Urls.Add("http://127.0.0.1:0");
        unready.MapGet("/health/ready", () => Results.Text("the log cannot be written", statusCode: (int)HttpStatusCode.ServiceUnavailable));
        await unready.StartAsync();
        var address = unready.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

        var (exit, output) = await AskAsync(new Uri(address).Port);

        Assert.Equal(1, exit);
        Assert.Contains("the log cannot be written", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_NobodyListens_ExitsWithOne()
    {
        // The discard port of this machine.
        var (exit, output) = await AskAsync(9);

        Assert.Equal(1, exit);
        Assert.Contains("127.0.0.1:9", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_AnyFreePort_IsWrongUsage() => Assert.Equal(2, (await AskAsync(0)).ExitCode);

    private static Task<(int ExitCode, string Output)> AskAsync(int port, params string[] arguments) =>
        ServiceProcess.RunAsync("trafficcore.dll", static start => start.Environment["HTTP_PROXY"] = "http://127.0.0.1:9", ["health", $"--Http:Port={port.ToString(CultureInfo.InvariantCulture)}", .. arguments]);
}
