using System.Runtime.CompilerServices;
using System.Text.Json;
using TrafficCore.IntegrationTests.Host;
using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;
using TrafficCore.TestKit;

namespace TrafficCore.IntegrationTests.Mqtt;

/// <summary>Eclipse Paho's clients for Python and C against our server.</summary>
public sealed class PahoClientTests
{
    /// <summary>Debian's own Python: the package is installed for no other.</summary>
    private const string Python = "/usr/bin/python3";
    private const string PythonPackage = "/usr/lib/python3/dist-packages/paho/mqtt/client.py";

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Python_WholeScenario_Works(int version)
    {
        SkipWithoutPython();
        await using var host = await BrokerHost.StartAsync(realTime: true);

        const string Topic = "traffic/v1/i1/detector/d1";
        AssertScenario(await ToolRun.RunAsync(Python, Script(), $"{host.Port}", $"{version}", "tcp", Topic), Topic);
        Assert.Contains("q1", host.Log.Records);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Python_OverWebSocket_Works(int version)
    {
        SkipWithoutPython();
        await using var service = await RunningService.StartAsync();

        const string Topic = "plain/d1"; // the service would refuse these payloads as telemetry
        AssertScenario(await ToolRun.RunAsync(Python, Script(), $"{service.Service.Http.Port}", $"{version}", "websockets", Topic), Topic);
    }

    [Theory]
    [InlineData("paho_c_pub", "31", 1)]
    [InlineData("paho_c_pub", "311", 0)]
    [InlineData("paho_c_pub", "311", 2)]
    [InlineData("paho_c_pub", "5", 1)]
    [InlineData("paho_c_pub", "5", 2)]
    [InlineData("paho_cs_pub", "311", 1)]
    [InlineData("paho_cs_pub", "5", 2)]
    public async Task C_Publishes_AndIsTakenIn(string program, string version, int qos)
    {
        var tool = RequiredTools.Find(program);
        Assert.SkipWhen(tool is null, "paho.mqtt.c-examples is not installed");
        await using var host = await BrokerHost.StartAsync(realTime: true);
        await ToolRun.RunAsync(
            tool!, "-t", "traffic/v1/i1/detector/d1", "-h", "127.0.0.1", "-p", $"{host.Port}", "-V", version, "-q", $"{qos}", "-m", "hello", "-i", "c-client");

        await AcknowledgementTests.UntilAsync(() => host.Log.Records.Any(r => r.EndsWith("hello", StringComparison.Ordinal)), "taken in");
    }

    [Theory]
    [InlineData("paho_c_sub", "31", "tcp", 1)]
    [InlineData("paho_c_sub", "311", "tcp", 2)]
    [InlineData("paho_c_sub", "5", "tcp", 2)]
    [InlineData("paho_cs_sub", "311", "tcp", 1)]
    [InlineData("paho_cs_sub", "5", "tcp", 2)]
    [InlineData("paho_c_sub", "311", "ws", 1)]
    [InlineData("paho_c_sub", "5", "ws", 2)]
    public async Task C_Subscribes_AndGetsRetainedAndLiveMessages(string program, string version, string transport, int qos)
    {
        var tool = RequiredTools.Find(program);
        Assert.SkipWhen(tool is null, "paho.mqtt.c-examples is not installed");
        await using var service = await RunningService.StartAsync();
        await using var publisher = await service.ConnectAsync("publisher");
        await publisher.PublishAsync(new MqttPublication("plain/kept", "kept"u8.ToArray(), (QualityOfService)qos, true));
        var where = transport == "ws" ? $"ws://127.0.0.1:{service.Service.Http.Port}/mqtt" : $"tcp://127.0.0.1:{service.Service.Mqtt.Port}";
        using var subscriber = ToolRun.Start(tool!, "-t", "plain/#", "-c", where, "-V", version, "-q", $"{qos}", "-i", "c-client", "--verbose");
        await subscriber.PrintsAsync("plain/kept\tkept");
        await publisher.PublishAsync(new MqttPublication("plain/live", "live"u8.ToArray(), (QualityOfService)qos));

        await subscriber.PrintsAsync("plain/live\tlive");
    }

    private static void SkipWithoutPython()
    {
        var isThere = File.Exists(PythonPackage);
        Assert.False(RequiredTools.AreRequired && !isThere, "python3-paho-mqtt is not installed");
        Assert.SkipWhen(!isThere, "python3-paho-mqtt is not installed");
    }

    private static void AssertScenario(string output, string topic)
    {
        var result = JsonDocument.Parse(output).RootElement;
        Assert.Equal([$"{topic}|0|0|q0", $"{topic}|1|0|q1", $"{topic}|2|0|q2"], Lines(result, "live"));
        Assert.Equal(["paho/state|1|1|online"], Lines(result, "retained"));
        Assert.Equal(["last/will|1|0|gone"], Lines(result, "will"));
        Assert.Equal(["kept/1|1|0|one", "kept/2|2|0|two"], Lines(result, "kept"));
        Assert.True(result.GetProperty("present").GetBoolean());
    }

    private static IEnumerable<string> Lines(JsonElement result, string name) =>
        result.GetProperty(name).EnumerateArray().Select(e => e.GetString()!.Replace("|False|", "|0|", StringComparison.Ordinal).Replace("|True|", "|1|", StringComparison.Ordinal));

    private static string Script([CallerFilePath] string path = "") => Path.Combine(Path.GetDirectoryName(path)!, "paho", "interop.py");
}
