using System.Globalization;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Host;

/// <summary>A service that cannot start says in one line what is in the way, and its exit code tells whether the configuration is wrong.</summary>
public sealed class StartFailureTests
{
    private const int Failed = 1;
    private const int WrongConfiguration = 2;

    [Theory]
    [InlineData("Mqtt", "MQTT")]
    [InlineData("Http", "HTTP")]
    public async Task Run_PortTaken_NamesTheListenerAndExitsWithOne(string section, string shown)
    {
        using var data = new TemporaryDirectory();
        await using var first = await ServiceProcess.StartAsync(data["one"]);
        var port = section == "Mqtt" ? first.MqttPort : first.HttpPort;
        string[] ports = ["--Mqtt:Port=0", "--Http:Port=0", string.Create(CultureInfo.InvariantCulture, $"--{section}:Port={port}")];

        var expected = string.Create(CultureInfo.InvariantCulture, $"trafficcore: {shown} cannot listen on 127.0.0.1:{port} ({section}:Address, {section}:Port): address already in use");
        await AssertFailsAsync(Failed, expected, ["run", $"--Data:Directory={data["two"]}", .. ports]);
    }

    [Fact]
    public async Task Run_AddressOfAnotherMachine_SaysSoAndExitsWithOne()
    {
        using var data = new TemporaryDirectory();
        await AssertFailsAsync(
            Failed,
            "trafficcore: HTTP cannot listen on 192.0.2.1:0 (Http:Address, Http:Port): this machine does not have the address",
            "run", $"--Data:Directory={data.FullName}", "--Mqtt:Port=0", "--Http:Port=0", "--Http:Address=192.0.2.1");
    }

    [Theory]
    [InlineData("run")]
    [InlineData("check")]
    public async Task Program_BothListenersOnOnePort_ExitsWithTwo(string command) => await AssertFailsAsync(
        WrongConfiguration, "Http:Port: 1883 is Mqtt:Port too; each listener needs a port of its own", command, "--Mqtt:Port=1883", "--Http:Port=1883");

    [Theory]
    [InlineData("run", "file")]
    [InlineData("run", "file/below")]
    [InlineData("check", "file")]
    [InlineData("check", "file/below")]
    public async Task Program_AFileWhereTheDataShouldBe_ExitsWithTwo(string command, string path)
    {
        using var data = new TemporaryDirectory();
        await File.WriteAllTextAsync(data["file"], "");
        await AssertFailsAsync(
            WrongConfiguration, $"Data:Directory: {data["file"]} is a file, not a directory", command, $"--Data:Directory={data[path]}", "--Mqtt:Port=0", "--Http:Port=0");
    }

    [Fact]
    public async Task Run_DataDirectoryCannotBeMade_ExitsWithTwo()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc takes no directories, not even root's");
        await AssertFailsAsync(
            WrongConfiguration, "Data:Directory: /proc/trafficcore cannot be used: ", "run", "--Data:Directory=/proc/trafficcore", "--Mqtt:Port=0", "--Http:Port=0");
    }

    [Fact]
    public async Task Run_DataDirectoryMayNotBeWritten_ExitsWithTwo()
    {
        using var data = new TemporaryDirectory();
        Directory.CreateDirectory(data["data/lock"]); // what stands where the lock should be refuses to be opened, even to root
        await AssertFailsAsync(
            WrongConfiguration, $"Data:Directory: {data["data"]} cannot be used: ", "run", $"--Data:Directory={data["data"]}", "--Mqtt:Port=0", "--Http:Port=0");
    }

    [Fact]
    public async Task Run_DataDirectoryInUse_SaysSoAndExitsWithOne()
    {
        using var data = new TemporaryDirectory();
        await using var first = await ServiceProcess.StartAsync(data.FullName);
        await AssertFailsAsync(
            Failed, $"trafficcore: {data.FullName} is in use by another process.", "run", $"--Data:Directory={data.FullName}", "--Mqtt:Port=0", "--Http:Port=0");
        await AssertFailsAsync(Failed, $"trafficcore: {data.FullName} is in use by another process.", "audit", $"--Data:Directory={data.FullName}");
    }

    /// <summary>The last line says why; nothing prints a stack.</summary>
    private static async Task AssertFailsAsync(int exitCode, string lastLine, params string[] arguments)
    {
        var (exit, output) = await ServiceProcess.RunAsync("trafficcore.dll", arguments);
        Assert.True(exit == exitCode, $"{exit}: {output}");
        Assert.StartsWith(lastLine, output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1], StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", output, StringComparison.Ordinal);
    }
}
