using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using TrafficCore.IntegrationTests.Mqtt;
using TrafficCore.TestKit;
using TrafficCore.TestKit.Mqtt;

namespace TrafficCore.IntegrationTests.Host;

/// <summary>MQTT over TLS and over WebSocket: the same broker behind both.</summary>
public sealed class MqttTransportTests
{
    private static readonly byte[] Connect = [0x10, 13, 0, 4, .. "MQTT"u8, 4, 2, 0, 60, 0, 1, (byte)'w'];
    private static readonly byte[] Ping = [0xC0, 0];

    [Theory]
    [InlineData("mqttv311")]
    [InlineData("mqttv5")]
    public async Task Tls_MosquittoClients_PublishAndSubscribe(string version)
    {
        var (pub, sub) = (RequiredTools.Find("mosquitto_pub"), RequiredTools.Find("mosquitto_sub"));
        Assert.SkipWhen(pub is null || sub is null, "mosquitto-clients is not installed");
        using var certificates = new CertificateFiles();
        await using var service = await StartAsync(certificates);
        string[] common = ["--cafile", certificates.Authority, "-h", "127.0.0.1", "-p", $"{service.Service.MqttTls!.Port}", "-V", version, "-q", "1"];
        await ToolRun.RunAsync(pub!, [.. common, "-r", "-t", "site/state", "-m", "online"]);

        Assert.Equal("online", await ToolRun.RunAsync(sub!, [.. common, "-t", "site/+", "-C", "1"]));
    }

    [Theory]
    [InlineData(SslProtocols.Tls12, true)]
    [InlineData(SslProtocols.Tls13, true)]
#pragma warning disable CA5397, SYSLIB0039 // To be refused is what is tested.
    [InlineData(SslProtocols.Tls11, false)]
#pragma warning restore CA5397, SYSLIB0039
    public async Task Tls_ProtocolVersions_AreTheTwoOfTheContract(SslProtocols protocol, bool isSpoken)
    {
        using var certificates = new CertificateFiles();
        await using var service = await StartAsync(certificates);
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, service.Service.MqttTls!.Port);
#pragma warning disable CA5359 // Whether the certificate is right is the other test's question.
        await using var tls = new SslStream(socket.GetStream(), false, (_, _, _, _) => true);
#pragma warning restore CA5359
        var options = new SslClientAuthenticationOptions { TargetHost = "127.0.0.1", EnabledSslProtocols = protocol };
        if (!isSpoken)
        {
            await Assert.ThrowsAnyAsync<Exception>(() => tls.AuthenticateAsClientAsync(options));
            return;
        }

        await tls.AuthenticateAsClientAsync(options);
        await tls.WriteAsync(Connect);
        var answer = new byte[4];
        await tls.ReadExactlyAsync(answer);
        Assert.Equal([0x20, 2, 0, 0], answer);
    }

    [Fact]
    public async Task WebSocket_PacketsCutAnywhereAndSeveralInAFrame_AreOneStream()
    {
        // [MQTT-6.0.0-2]
        await using var service = await RunningService.StartAsync();
        using var socket = await OpenAsync(service, "mqtt");
        Assert.Equal("mqtt", socket.SubProtocol); // [MQTT-6.0.0-4]
        byte[] stream = [.. Connect, .. Ping, .. Ping];
        for (var i = 0; i < 5; i++)
        {
            await socket.SendAsync(stream.AsMemory(i, 1), WebSocketMessageType.Binary, i % 2 == 0, CancellationToken.None);
        }

        await socket.SendAsync(stream.AsMemory(5), WebSocketMessageType.Binary, true, CancellationToken.None);
        Assert.Equal([0x20, 2, 0, 0, 0xD0, 0, 0xD0, 0], await ReadAsync(socket, 8));
    }

    [Fact]
    public async Task WebSocket_TextFrame_ClosesTheConnection()
    {
        // [MQTT-6.0.0-1]
        await using var service = await RunningService.StartAsync();
        using var socket = await OpenAsync(service, "mqtt");
        await socket.SendAsync(Connect, WebSocketMessageType.Binary, true, CancellationToken.None);
        await ReadAsync(socket, 4);
        await socket.SendAsync(Ping, WebSocketMessageType.Text, true, CancellationToken.None);

        Assert.Empty(await ReadAsync(socket, 1));
    }

    [Theory]
    [InlineData("other", null)]
    [InlineData("mqtt", "http://elsewhere.example")]
    public async Task WebSocket_OtherProtocolOrOrigin_IsRefused(string protocol, string? origin)
    {
        await using var service = await RunningService.StartAsync();
        await Assert.ThrowsAsync<WebSocketException>(() => OpenAsync(service, protocol, origin));
        using var plain = await service.Http.GetAsync(new Uri("mqtt", UriKind.Relative));
        Assert.Equal(HttpStatusCode.BadRequest, plain.StatusCode);
    }

    [Fact]
    public async Task WebSocket_ServiceListensUpstreamOnly_IsNotThere()
    {
        await using var service = await RunningService.StartAsync("--Mqtt:Upstream=mqtt://127.0.0.1:1", "--Mqtt:Listen=false");
        await Assert.ThrowsAsync<WebSocketException>(() => OpenAsync(service, "mqtt"));
        using var plain = await service.Http.GetAsync(new Uri("mqtt", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, plain.StatusCode);
    }

    private static Task<RunningService> StartAsync(CertificateFiles certificates)
    {
        var (certificate, key) = certificates.Issue("127.0.0.1", isServer: true);
        return RunningService.StartAsync("--Mqtt:TlsPort=0", $"--Mqtt:TlsCertificateFile={certificate}", $"--Mqtt:TlsKeyFile={key}");
    }

    private static async Task<ClientWebSocket> OpenAsync(RunningService service, string protocol, string? origin = null)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol(protocol);
        if (origin is not null)
        {
            socket.Options.SetRequestHeader("Origin", origin);
        }

        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{service.Service.Http.Port}/mqtt"), CancellationToken.None);
        return socket;
    }

    /// <summary>As many bytes, or fewer when the server closes.</summary>
    private static async Task<byte[]> ReadAsync(ClientWebSocket socket, int count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var received = new List<byte>();
        var buffer = new byte[64];
        while (received.Count < count)
        {
            var read = await socket.ReceiveAsync(buffer, patience.Token);
            if (read.MessageType == WebSocketMessageType.Close)
            {
                break;
            }

            received.AddRange(buffer.AsSpan(0, read.Count));
        }

        return [.. received];
    }
}
