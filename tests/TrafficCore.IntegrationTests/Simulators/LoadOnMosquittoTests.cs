using System.Globalization;
using System.Text.Json;
using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;
using TrafficCore.TestKit.Mqtt;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Simulators;

/// <summary>The load generator's own MQTT against somebody else's broker: qualities, storms, restarts, TLS, and what it costs.</summary>
public sealed class LoadOnMosquittoTests
{
    [Theory]
    [InlineData("1", "5.0")]
    [InlineData("2", "5.0")]
    [InlineData("2", "3.1.1")]
    public async Task Load_EveryQuality_ArrivesOnce(string qos, string version)
    {
        await using var server = await StartAsync();
        await using var subscriber = await SubscribeAsync(server);

        var (exit, report) = await SimulatorProgram.RunAsync(
            "load", "--broker", Address(server), "--rate", "1000", "--connections", "10", "--count", "1000", "--qos", qos, "--mqtt", version, "--window", "3", "--json");

        Assert.True(exit == 0, report.ToString());
        Assert.Equal((1000, 1000), (Number(report, "sent"), Number(report, "acknowledged")));
        Assert.Equal(1000, await ReadAsync(subscriber, 1000));
        Assert.Equal(0, subscriber.Messages.Count);
    }

    [Fact]
    public async Task Load_Storm_EveryConnectionComesBackWithItsBacklog()
    {
        await using var server = await StartAsync();
        await using var subscriber = await SubscribeAsync(server);

        var (exit, report) = await SimulatorProgram.RunAsync(
            "load", "--broker", Address(server), "--rate", "200", "--connections", "20", "--duration", "2s", "--storm", "1s:5", "--storm", "500ms", "--json");

        Assert.True(exit == 0, report.ToString());
        Assert.Equal((500, 500, 40, 0), (Number(report, "planned"), Number(report, "acknowledged"), Number(report, "reconnects"), Number(report, "connectionsLost")));
        Assert.True(report.GetProperty("reconnecting").GetProperty("max").GetDouble() > 0);
        Assert.True(await ReadAsync(subscriber, 500) <= 500 + Number(report, "resent"));
    }

    [Fact]
    public async Task Load_BrokerRestarts_SendsAgainWhatWasNotAcknowledged()
    {
        await using var server = await StartAsync();
        var watcher = await SubscribeAsync(server);

        var load = SimulatorProgram.RunAsync("load", "--broker", Address(server), "--rate", "500", "--connections", "10", "--duration", "4s", "--json");
        await watcher.Messages.ReadAsync().AsTask().WaitAsync(ScriptedPeer.Patience);
        await server.KillAsync();
        await server.StartAsync();
        var (exit, report) = await load;

        Assert.True(exit == 0, report.ToString());
        Assert.Equal((2000, 2000), (Number(report, "planned"), Number(report, "acknowledged")));
        Assert.True(Number(report, "connectionsLost") >= 10 && Number(report, "reconnects") >= 10, report.ToString());
        await watcher.DisposeAsync();
    }

    [Fact]
    public async Task Load_Tls_IsCheckedUnlessToldOtherwise()
    {
        using var certificates = new CertificateFiles();
        var (serverCertificate, serverKey) = certificates.Issue("127.0.0.1", isServer: true);
        var (certificate, key) = certificates.Issue("generator", isServer: false);
        await using var server = await StartAsync($"cafile {certificates.Authority}", $"certfile {serverCertificate}", $"keyfile {serverKey}", "require_certificate true");
        string[] load = ["load", "--broker", $"mqtts://127.0.0.1:{server.Port}", "--rate", "100", "--connections", "2", "--count", "50", "--json"];
        string[] identity = ["--cert", certificate, "--key", key];

        var (exit, report) = await SimulatorProgram.RunAsync([.. load, .. identity, "--cafile", certificates.Authority]);
        Assert.Equal((0, 50), (exit, Number(report, "acknowledged")));

        Assert.Equal(0, (await SimulatorProgram.RunAsync([.. load, .. identity, "--insecure"])).Exit);
        Assert.Equal(1, (await SimulatorProgram.RunTextAsync([.. load, .. identity])).Exit);
        Assert.Equal(1, (await SimulatorProgram.RunTextAsync([.. load, "--cafile", certificates.Authority])).Exit);
    }

    [Fact]
    public async Task Load_AsAProcess_AllocatesNothingForAMessage()
    {
        await using var server = await StartAsync();

        // Buffers grow once, code is compiled once: what the longer run allocated beyond the shorter one is what messages cost.
        var (few, beginning) = await AllocatedAsync(server, "2s");
        var (many, all) = await AllocatedAsync(server, "10s");

        // The smallest object is 24 bytes; what is less is the progress lines. The small window bounds the buffers on a machine that stalls.
        Assert.InRange((all - beginning) / (many - few), double.MinValue, 20);
    }

    /// <summary>Messages of a run, and the bytes that it allocated.</summary>
    private static async Task<(double Messages, double Bytes)> AllocatedAsync(MosquittoServer server, string duration)
    {
        var (exit, output) = await ServiceProcess.RunAsync(
            "trafficcore-sim.dll", "load", "--broker", Address(server), "--rate", "10000", "--connections", "50", "--duration", duration, "--window", "4", "--json");

        Assert.True(exit == 0, output);
        using var report = JsonDocument.Parse(output.Split('\n').Last(static line => line.StartsWith('{')));
        var cost = report.RootElement.GetProperty("generator");
        Assert.True(cost.GetProperty("cpuMicroseconds").GetDouble() > 0, output);
        var messages = Number(report.RootElement, "sent");
        return (messages, messages * cost.GetProperty("allocatedBytes").GetDouble());
    }

    private static async Task<MosquittoServer> StartAsync(params string[] listener)
    {
        var server = await MosquittoServer.TryStartPersistentAsync(listener);
        Assert.SkipWhen(server is null, "mosquitto is not installed");
        return server;
    }

    private static string Address(MosquittoServer server) => $"mqtt://127.0.0.1:{server.Port}";

    private static long Number(JsonElement report, string name) => report.GetProperty(name).GetInt64();

    private static async Task<MqttClient> SubscribeAsync(MosquittoServer server)
    {
        var client = await MqttClient.ConnectAsync(new MqttClientOptions { Host = "127.0.0.1", Port = server.Port, ClientId = "watcher", MaxQueuedMessages = 5000 });
        await client.SubscribeAsync("traffic/v1/#", QualityOfService.ExactlyOnce);
        return client;
    }

    /// <summary>Reads until so many different readings have come; returns how many messages that took.</summary>
    private static async Task<int> ReadAsync(MqttClient subscriber, int readings)
    {
        var (found, messages) = (new HashSet<string>(), 0);
        for (; found.Count < readings; messages++)
        {
            var message = await subscriber.Messages.ReadAsync().AsTask().WaitAsync(ScriptedPeer.Patience);
            using var reading = JsonDocument.Parse(message.Payload);
            found.Add(string.Create(CultureInfo.InvariantCulture, $"{message.Topic} {reading.RootElement.GetProperty("ts").GetInt64()}"));
        }

        return messages;
    }
}
