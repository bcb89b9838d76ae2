using System.Security.Cryptography.X509Certificates;
using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;
using TrafficCore.TestKit.Mqtt;

namespace TrafficCore.IntegrationTests.Client;

/// <summary>TLS and WebSocket against mosquitto, with certificates of the test's own authority.</summary>
public sealed class ClientTransportTests : IDisposable
{
    private const string ServerName = "broker.test";

    // mosquitto 2.0 serves its WebSockets ten times a second, a packet each time: more would only take long.
    private const int Messages = 20;

    private readonly CertificateFiles certificates = new();

    public void Dispose() => certificates.Dispose();

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task Tls_TrustedAuthorityAndName_IsConnected(MqttVersion version)
    {
        await using var server = await StartAsync(TlsLines(ServerName));
        var options = Options(server, "mqtts") with { Version = version };

        await RoundTripAsync(options with { Tls = Trusting() with { ServerName = ServerName } });
    }

    [Fact]
    public async Task Tls_AddressInTheCertificate_IsAName()
    {
        await using var server = await StartAsync(TlsLines("127.0.0.1"));
        await RoundTripAsync(Options(server, "mqtts") with { Tls = Trusting() });
    }

    [Fact]
    public async Task Tls_OtherNameOrUnknownAuthority_IsRefused()
    {
        await using var server = await StartAsync(TlsLines(ServerName));
        using var others = new CertificateFiles();
        foreach (var tls in new[] { Trusting(), Trusting() with { ServerName = "elsewhere.test" }, new MqttTlsOptions { ServerName = ServerName }, MqttTlsOptions.FromFiles(others.Authority) with { ServerName = ServerName } })
        {
            var refused = await Assert.ThrowsAsync<MqttConnectionException>(() => MqttClient.ConnectAsync(Options(server, "mqtts") with { Tls = tls }));
            Assert.Contains("certificate", refused.Message, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task Tls_BrokerThatWantsACertificate_TakesOursAndNoOther()
    {
        await using var server = await StartAsync([.. TlsLines(ServerName), "require_certificate true", "use_identity_as_username true"]);
        var (certificate, key) = certificates.Issue("cabinet-7", isServer: false);
        var options = Options(server, "mqtts");
        await RoundTripAsync(options with { Tls = MqttTlsOptions.FromFiles(certificates.Authority, certificate, key) with { ServerName = ServerName } });

        using var others = new CertificateFiles();
        var stranger = others.Issue("cabinet-7", isServer: false);
        foreach (var tls in new[] { Trusting(), Trusting() with { Certificate = X509Certificate2.CreateFromPemFile(stranger.Certificate, stranger.Key) } })
        {
            await Assert.ThrowsAsync<MqttConnectionException>(() => MqttClient.ConnectAsync(options with { Tls = tls with { ServerName = ServerName } }));
        }
    }

    [Fact]
    public async Task Tls_ServerThatSpeaksPlain_IsRefused()
    {
        await using var server = await StartAsync([]);
        await Assert.ThrowsAsync<MqttConnectionException>(() => MqttClient.ConnectAsync(Options(server, "mqtts") with { Tls = Trusting() }));
    }

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task WebSocket_SubprotocolMqtt_IsConnected(MqttVersion version)
    {
        await using var server = await StartAsync(["protocol websockets"]);
        await RoundTripAsync(Options(server, "ws") with { Version = version });
    }

    [Fact]
    public async Task WebSocket_OverTls_IsConnected()
    {
        await using var server = await StartAsync(["protocol websockets", .. TlsLines(ServerName)]);
        await RoundTripAsync(Options(server, "wss") with { Tls = Trusting() with { ServerName = ServerName } });
        await Assert.ThrowsAsync<MqttConnectionException>(() => MqttClient.ConnectAsync(Options(server, "wss") with { Tls = new MqttTlsOptions() }));
    }

    [Fact]
    public async Task WebSocket_ServerThatIsNone_IsRefused()
    {
        await using var server = await StartAsync([]);
        await Assert.ThrowsAsync<MqttConnectionException>(() => MqttClient.ConnectAsync(Options(server, "ws")));
    }

    private static MqttClientOptions Options(MosquittoServer server, string scheme)
    {
        Assert.True(MqttAddress.TryParse($"{scheme}://127.0.0.1:{server.Port}", out var address, out var error), error);
        return new MqttClientOptions { Host = "", ClientId = "c", ConnectTimeout = ScriptedPeer.Patience }.At(address);
    }

    private static async Task<MosquittoServer> StartAsync(string[] listener)
    {
        var server = await MosquittoServer.TryStartPersistentAsync(listener);
        Assert.SkipWhen(server is null, "mosquitto is not installed");
        return server;
    }

    /// <summary>Small and large messages at every quality come back, and the good-bye is heard.</summary>
    private static async Task RoundTripAsync(MqttClientOptions options)
    {
        await using var client = await MqttClient.ConnectAsync(options).WaitAsync(ScriptedPeer.Patience);
        await client.SubscribeAsync("t", QualityOfService.ExactlyOnce);
        var random = new Random(7);
        var sent = new List<(QualityOfService QoS, string Payload)>();
        for (var i = 0; i < Messages; i++)
        {
            var payload = new byte[i % 10 == 9 ? 100_000 : i];
            random.NextBytes(payload);
            sent.Add(((QualityOfService)(i % 3), Convert.ToHexString(payload)));
            await client.EnqueueAsync(new MqttPublication("t", payload, (QualityOfService)(i % 3)));
        }

        var received = new List<(QualityOfService QoS, string Payload)>();
        while (received.Count < sent.Count)
        {
            var message = await client.Messages.ReadAsync().AsTask().WaitAsync(ScriptedPeer.Patience);
            received.Add((message.QoS, Convert.ToHexString(message.Payload.Span)));
        }

        // Order holds within one quality of service.
        Assert.Equal(sent.OrderBy(m => m.QoS), received.OrderBy(m => m.QoS));
        await client.DrainAsync().WaitAsync(ScriptedPeer.Patience);
        await client.DisconnectAsync().WaitAsync(ScriptedPeer.Patience);
        Assert.Null(await client.Completion);
    }

    private MqttTlsOptions Trusting() => MqttTlsOptions.FromFiles(certificates.Authority);

    private string[] TlsLines(string name)
    {
        var (certificate, key) = certificates.Issue(name, isServer: true);
        return [$"cafile {certificates.Authority}", $"certfile {certificate}", $"keyfile {key}"];
    }
}
