using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Host;

/// <summary>One run of <c>check</c> shows what is wrong in every source.</summary>
public sealed class ConfigurationSourceTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData("check")]
    [InlineData("run")]
    public async Task Program_UnknownKeysInEverySource_AreAllReported(string command)
    {
        await File.WriteAllTextAsync(directory["appsettings.json"], """{ "Windows": { "Lenght": "60s" }, "Mqtt": 5 }""");
        var lines = await RunAsync([command, "--Bogus=1", "--Network:Fiel", "x", "--Http:Port=-1"], ("TRAFFICCORE_Data__Diretory", "x"), ("TRAFFICCORE_Mqtt_Port", "1"));

        Assert.Contains("Windows:Lenght: is not a known key; the nearest is Windows:Length", lines);
        Assert.Contains("Mqtt: is a section of keys, not a value", lines);
        Assert.Contains("Data:Diretory: is not a known key; the nearest is Data:Directory", lines);
        Assert.Contains("Mqtt_Port: is not a known key; the nearest is Mqtt:Port", lines);
        Assert.Contains(lines, line => line.StartsWith("Bogus: is not a known key; the nearest is ", StringComparison.Ordinal));
        Assert.Contains("Network:Fiel: is not a known key; the nearest is Network:File", lines);
        Assert.Contains(lines, line => line.StartsWith("Http:Port: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Check_UnknownOption_DoesNotHideTheConfiguration()
    {
        var lines = await RunAsync(["check", "--bogus=1", "--Mqtt:Prot=2"]);
        Assert.Contains("Unrecognized command or argument '--bogus=1'.", lines);
        Assert.Contains("Mqtt:Prot: is not a known key; the nearest is Mqtt:Port", lines);
    }

    [Theory]
    [InlineData("""{ "Mqtt": { "Port": 1,, } }""", "',' is an invalid start of a property name")]
    [InlineData("""{ "Mqtt": { "Port": 1, "Port": 2 } }""", "A duplicate key 'Mqtt:Port' was found.")]
    [InlineData("""{ "Data": { "Directory": "\ud800" } }""", "Cannot read incomplete UTF-16 JSON text")]
    [InlineData("""[ 1 ]""", "Top-level JSON element must be an object.")]
    public async Task Check_FileUnreadable_DoesNotHideTheRest(string file, string problem)
    {
        await File.WriteAllTextAsync(directory["appsettings.json"], file);
        var lines = await RunAsync(["check", "--Mqtt:Prot=2"]);
        Assert.Contains(lines, line => line.StartsWith($"{directory["appsettings.json"]}: {problem}", StringComparison.Ordinal));
        Assert.Contains("Mqtt:Prot: is not a known key; the nearest is Mqtt:Port", lines);
    }

    private async Task<string[]> RunAsync(string[] arguments, params (string Name, string Value)[] environment)
    {
        var (exit, output) = await ServiceProcess.RunAsync(
            "trafficcore.dll",
            start =>
            {
                start.WorkingDirectory = directory.FullName;
                foreach (var (name, value) in environment)
                {
                    start.Environment[name] = value;
                }
            },
            arguments);
        Assert.True(exit == 2, output);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        return output.Split('\n');
    }
}
