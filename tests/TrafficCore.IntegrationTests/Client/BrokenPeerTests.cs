using System.Net;
using System.Net.Sockets;
using System.Text;
using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;
using TrafficCore.TestKit.Mqtt;

namespace TrafficCore.IntegrationTests.Client;

/// <summary>Peers that are no good brokers, on real sockets.</summary>
public sealed class BrokenPeerTests : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);

    public BrokenPeerTests() => listener.Start(1);

    public void Dispose() => listener.Dispose();

    [Fact]
    public async Task Connect_PeerThatNeverAnswers_EndsInTime()
    {
        var connecting = MqttClient.ConnectAsync(Options() with { ConnectTimeout = TimeSpan.FromMilliseconds(300) });
        using var peer = await AcceptAsync();
        Assert.StartsWith("CONNECT", await peer.ReadAsync(), StringComparison.Ordinal);
        await peer.SendAsync(Convert.FromHexString("2003"));

        Assert.Contains("no answer in time", (await Assert.ThrowsAsync<MqttConnectionException>(() => connecting)).Message, StringComparison.Ordinal);
        Assert.Equal("closed", await peer.ReadAsync());
    }

    [Fact]
    public async Task Connect_PeerThatIsSlowToAccept_IsWaitedFor()
    {
        var connecting = MqttClient.ConnectAsync(Options());
        Assert.NotEqual(connecting, await Task.WhenAny(connecting, Task.Delay(300)));
        using var peer = await AcceptAsync();
        await peer.WelcomeAsync();

        await using var client = await connecting.WaitAsync(ScriptedPeer.Patience);
    }

    [Theory]
    [InlineData("")] // closed at once
    [InlineData("20")] // closed inside CONNACK
    [InlineData("485454502F312E3120343030")] // an HTTP server
    [InlineData("30030001740000")] // a message before CONNACK
    public async Task Connect_PeerThatIsNoBroker_IsRefused(string hex)
    {
        var connecting = MqttClient.ConnectAsync(Options());
        using (var peer = await AcceptAsync())
        {
            await peer.ReadAsync();
            await peer.SendAsync(Convert.FromHexString(hex));
        }

        await Assert.ThrowsAsync<MqttConnectionException>(() => connecting.WaitAsync(ScriptedPeer.Patience));
    }

    [Fact]
    public async Task Stall_PeerThatReadsNothing_IsNoticedByTheKeepAliveAndNothingIsLost()
    {
        var connecting = MqttClient.ConnectAsync(Options() with { KeepAlive = TimeSpan.FromSeconds(1), Window = 32_000, MaxBufferedBytes = 64 * 1024 });
        using var peer = await AcceptAsync();
        await peer.WelcomeAsync();
        await using var client = await connecting.WaitAsync(ScriptedPeer.Patience);
        var handed = 0;
        var lost = await Assert.ThrowsAsync<MqttConnectionException>(async () =>
        {
            // Fills the sockets' buffers, then waits, until the silence is noticed.
            for (; handed < 30_000; handed++)
            {
                await client.EnqueueAsync(new MqttPublication("t", new byte[2000], Tag: handed)).AsTask().WaitAsync(ScriptedPeer.Patience);
            }
        });

        Assert.Contains("no answer to a ping", lost.Message, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(0, handed).Select(i => (long)i), lost.Unacknowledged.Select(p => p.Tag));
    }

    [Fact]
    public async Task Reset_UnderLoad_ComesBackAndSendsAgain()
    {
        await using var client = ReconnectingMqttClient.Start(
            Options() with { CleanStart = false, SessionExpiry = TimeSpan.FromHours(1) }, new ReconnectOptions { FirstPause = TimeSpan.FromMilliseconds(10) }, new Random(1));
        var published = Enumerable.Range(0, 20).Select(i => client.PublishAsync(new MqttPublication("t", Encoding.ASCII.GetBytes($"{i}"), QualityOfService.ExactlyOnce))).ToArray();
        for (var attempt = 0; attempt < 3; attempt++)
        {
            using var peer = await AcceptAsync();
            await peer.WelcomeAsync(sessionPresent: attempt > 0);
            Assert.Equal("PUBLISH t q2 d=" + (attempt > 0) + " r=False id=1 0", await peer.ReadAsync());
            ((NetworkStream)peer.Stream).Socket.LingerState = new LingerOption(true, 0);
        }

        using var last = await AcceptAsync();
        await last.WelcomeAsync(sessionPresent: true);
        for (ushort id = 1; id <= 20; id++)
        {
            Assert.Equal($"PUBLISH t q2 d=True r=False id={id} {id - 1}", await last.ReadAsync());
        }

        for (ushort id = 1; id <= 20; id++)
        {
            await last.AckAsync(PacketType.Pubrec, id);
            Assert.Equal($"Pubrel {id} 00", await last.ReadAsync());
            await last.AckAsync(PacketType.Pubcomp, id);
        }

        await Task.WhenAll(published).WaitAsync(ScriptedPeer.Patience);
    }

    private MqttClientOptions Options() =>
        new() { Host = "127.0.0.1", Port = ((IPEndPoint)listener.LocalEndpoint).Port, ClientId = "c", ConnectTimeout = ScriptedPeer.Patience };

    private async Task<ScriptedPeer> AcceptAsync() =>
        new(new NetworkStream(await listener.AcceptSocketAsync().WaitAsync(ScriptedPeer.Patience), ownsSocket: true), MqttVersion.V5);
}
