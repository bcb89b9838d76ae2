using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using TrafficCore.Mqtt.Wire;
using TrafficCore.Simulators.Cli;
using TrafficCore.TestKit;
using TrafficCore.TestKit.Mqtt;

namespace TrafficCore.IntegrationTests.Simulators.Verify;

/// <summary>The test bench with simulated devices: good ones pass every check, and each check has a device that fails it.</summary>
public sealed partial class VerifyDeviceTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    private static readonly string[] DetectorFaults =
    [
        "connect", "client-id", "session", "keep-alive", "will", "online", "reconnect", "topics", "retain", "payload", "qos", "clock", "ts-start", "interval", "seq", "acknowledged",
        "resend", "session-present", "duplicates", "buffer",
    ];

    private static readonly string[] ControllerFaults = ["event-codes", "event-times", "batch-seq"];

    private static readonly string[] BoardFaults = ["board-subscribe", "board-status", "board-shows", "board-blanks", "board-refuses", "board-expires"];

    [Theory]
    [InlineData("detector", MqttVersion.V5, true, false)]
    [InlineData("detector", MqttVersion.V5, false, false)]
    [InlineData("detector", MqttVersion.V311, true, false)]
    [InlineData("detector", MqttVersion.V311, false, true)]
    [InlineData("controller", MqttVersion.V5, true, false)]
    [InlineData("board", MqttVersion.V311, true, false)]
    public async Task GoodDevice_EveryCheck_Passes(string kind, MqttVersion version, bool isPersistent, bool isExactlyOnce)
    {
        var (exit, sheet) = await VerifyAsync(["--device", kind], port => new BenchDeviceOptions { Port = port, Kind = kind, Version = version, IsPersistent = isPersistent, IsExactlyOnce = isExactlyOnce });

        Assert.True(exit == 0 && sheet.GetProperty("passed").GetBoolean(), sheet.ToString());
        var checks = sheet.GetProperty("checks").EnumerateArray().ToDictionary(static c => c.GetProperty("name").GetString()!, static c => c.GetProperty("result").GetString());
        Assert.All(checks, static check => Assert.Equal("pass", check.Value));
        Assert.Equal([.. (kind == "board" ? BoardFaults : kind == "controller" ? ControllerFaults : DetectorFaults).Order()], checks.Keys.Intersect([.. DetectorFaults, .. ControllerFaults, .. BoardFaults])
            .Where(name => kind == "detector" || !DetectorFaults.Contains(name)).Order());
        Assert.Equal([$"{kind} int-1/{kind[..1]}-1"], sheet.GetProperty("devices").EnumerateArray().Select(static d => d.GetString()));
    }

    [Theory]
    [InlineData("detector")]
    [InlineData("controller")]
    [InlineData("board")]
    public async Task BadDevices_EachFailsItsCheck(string kind)
    {
        // Each on a bench of its own, side by side: they wait most of the time.
        var faults = kind == "detector" ? DetectorFaults : kind == "controller" ? ControllerFaults : BoardFaults;
        var sheets = await Task.WhenAll(faults.Select(fault => VerifyAsync(
            ["--device", kind, "--checks", fault, "--patience", "3s"],
            port => new BenchDeviceOptions { Port = port, Kind = kind, Fault = fault, IsPersistent = fault != "duplicates" })));

        Assert.All(faults.Zip(sheets), static one =>
        {
            var (fault, (exit, sheet)) = one;
            var check = Assert.Single(sheet.GetProperty("checks").EnumerateArray());
            Assert.Equal((fault, "fail", 1), (check.GetProperty("name").GetString(), check.GetProperty("result").GetString(), exit));
            Assert.NotEmpty(check.GetProperty("reason").GetString()!);
            Assert.NotEmpty(check.GetProperty("clause").GetString()!);
        });
    }

    [Fact]
    public void Faults_AllChecks_HaveOne() => Assert.Equal(
        TrafficCore.Simulators.Verify.CheckCatalog.All.Select(static c => c.Name).Order(), [.. ((IEnumerable<string>)[.. DetectorFaults, .. ControllerFaults, .. BoardFaults]).Order()]);

    [Fact]
    public async Task Tls_AskedFor_IsACheckOfItsOwn()
    {
        using var certificates = new CertificateFiles();
        var (certificate, key) = certificates.Issue("127.0.0.1", isServer: true);
        string[] bench = ["--tls-cert", certificate, "--tls-key", key, "--checks", "connect,tls"];

        var (good, sheet) = await VerifyAsync(bench, port => new BenchDeviceOptions { Port = port, Authority = certificates.Authority });
        Assert.True(good == 0, sheet.ToString());

        var (bad, plain) = await VerifyAsync([.. bench, "--wait", "2s"], static port => new BenchDeviceOptions { Port = port });
        Assert.Equal(1, bad);
        Assert.Equal(["fail", "notSeen"], plain.GetProperty("checks").EnumerateArray().Select(static c => c.GetProperty("result").GetString()));
    }

    [Fact]
    public async Task MosquittoPub_AsADevice_IsServed()
    {
        var program = RequiredTools.Find("mosquitto_pub");
        Assert.SkipWhen(program is null, "mosquitto_pub is not installed (Debian package mosquitto-clients)");
        Process? device = null;
        var (exit, sheet) = await VerifyAsync(["--checks", "connect,session,keep-alive,will,topics,retain,payload,qos"], port =>
        {
            string[] arguments =
            [
                "-h", "127.0.0.1", "-p", $"{port}", "-V", "mqttv5", "-i", "mosquitto", "-q", "2", "-k", "20", "-t", "traffic/v1/int-1/detector/d-1", "-l",
                "--will-topic", "traffic/v1/int-1/detector/d-1/state", "--will-payload", "offline", "--will-retain",
            ];
            device = Process.Start(new ProcessStartInfo(program!, arguments) { RedirectStandardInput = true })!;
            device.StandardInput.WriteLine("{\"volume\":1}");
            device.StandardInput.WriteLine("[{\"volume\":2},{\"volume\":3}]");
            device.StandardInput.Flush();
            return null;
        });

        device!.Kill();
        await device.WaitForExitAsync();
        device.Dispose();
        Assert.True(exit == 0, sheet.ToString());
        Assert.Equal((1, 2), (sheet.GetProperty("connections").GetInt32(), sheet.GetProperty("messages").GetInt32()));
    }

    [Fact]
    public async Task NothingConnects_IsNotPassed()
    {
        var (exit, sheet) = await VerifyAsync(["--wait", "200ms"], static _ => null);

        Assert.Equal(1, exit);
        Assert.All(sheet.GetProperty("checks").EnumerateArray(), static c => Assert.Equal("notSeen", c.GetProperty("result").GetString()));
    }

    [Fact]
    public async Task Broker_DeviceBehindIt_IsJudgedByWhatItPublishes()
    {
        await using var server = await MosquittoServer.TryStartAsync();
        Assert.SkipWhen(server is null, "mosquitto is not installed");
        await using var device = new BenchDevice(new BenchDeviceOptions { Port = server.Port });
        string[] bench = ["verify-device", "--broker", $"mqtt://127.0.0.1:{server.Port}", "--duration", "3s", "--json"];

        var (exit, sheet) = await SimulatorProgram.RunAsync(bench);

        Assert.True(exit == 0, sheet.ToString());
        var results = sheet.GetProperty("checks").EnumerateArray().ToDictionary(static c => c.GetProperty("name").GetString()!, static c => c.GetProperty("result").GetString());
        Assert.All((string[])["topics", "retain", "payload", "qos", "clock", "ts-start", "interval", "seq"], name => Assert.Equal("pass", results[name]));
        Assert.All((string[])["will", "resend", "buffer"], name => Assert.Equal("notSeen", results[name]));

        await using var bad = new BenchDevice(new BenchDeviceOptions { Port = server.Port, Kind = "controller", Fault = "event-codes" });
        Assert.Equal(1, (await SimulatorProgram.RunAsync(bench)).Exit);
        Assert.Equal(0, (await SimulatorProgram.RunAsync([.. bench, "--filter", "traffic/v1/+/detector/#"])).Exit);
    }

    [Fact]
    public async Task Sheet_WithoutATerminal_IsPlainLines()
    {
        var (exit, output, _) = await SimulatorProgram.RunTextAsync("verify-device", "--port", "0", "--wait", "100ms");

        Assert.Equal(1, exit);
        Assert.Contains("NOT SEEN  connect", output, StringComparison.Ordinal);
        Assert.Contains("NOT PASSED: 0 passed, 0 failed", output, StringComparison.Ordinal);
    }

    /// <summary>Runs the bench on a free port with a device that connects as soon as it can.</summary>
    private static async Task<(int Exit, JsonElement Sheet)> VerifyAsync(string[] arguments, Func<int, BenchDeviceOptions?> device)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var synchronized = TextWriter.Synchronized(output);
        string[] bench = ["verify-device", "--port", "0", "--duration", "2500ms", "--outage", "1500ms", "--patience", "6s", "--wait", "20s", "--json", .. arguments];
        var run = SimulatorCommandLine.RunAsync([.. bench.Where((_, i) => !IsRepeated(bench, i))], synchronized, error);
        await using var connecting = await ConnectAsync(() => Read(synchronized, output), run, device);
        var exit = await run.WaitAsync(Limit);
        var last = Read(synchronized, output).Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault(static line => line.StartsWith('{'));
        Assert.True(last is not null, error.ToString());
        using var json = JsonDocument.Parse(last);
        return (exit, json.RootElement.Clone());
    }

    private static async Task<BenchDevice?> ConnectAsync(Func<string> output, Task run, Func<int, BenchDeviceOptions?> device)
    {
        Match match;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!(match = Listening().Match(output())).Success && !run.IsCompleted)
        {
            await timer.WaitForNextTickAsync();
        }

        return match.Success && device(int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)) is { } options ? new BenchDevice(options) : null;
    }

    /// <summary>The synchronized writer locks itself, so whoever holds its lock may read what it wraps.</summary>
    private static string Read(TextWriter synchronized, StringWriter output)
    {
        lock (synchronized)
        {
            return output.ToString();
        }
    }

    /// <summary>An option of the defaults that the test gives again, or the value of one.</summary>
    private static bool IsRepeated(string[] arguments, int index)
    {
        var option = arguments[index].StartsWith("--", StringComparison.Ordinal) ? index : index - 1;
        return option >= 0 && arguments[option].StartsWith("--", StringComparison.Ordinal) && arguments[option] != "--json" && Array.LastIndexOf(arguments, arguments[option]) > option;
    }

    [GeneratedRegex(@"listening mqtt=[^ ]*:(\d+)")]
    private static partial Regex Listening();
}
