using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using TrafficCore.IntegrationTests.Host;
using TrafficCore.IntegrationTests.Mqtt;
using TrafficCore.Mqtt.Wire;
using TrafficCore.TestKit.Mqtt;

namespace TrafficCore.IntegrationTests.Security;

/// <summary>Few bytes that would cost the service much: time of a thread that others need, memory, sessions, descriptors.</summary>
public sealed class FloodTests
{
    private const string Contract = "traffic/v1/int-0001/controller/c-1/plan/status";

    [Fact]
    public async Task Subscribe_ManyWildcardsBesideManyRetained_IsSearchedBehindTheAnswer()
    {
        await using var host = await BrokerHost.StartAsync(inline: true);
        using var client = await RawClient.ConnectAsync(host.Port, "walker", MqttVersion.V5);
        for (var i = 0; i < 20_000; i += 500)
        {
            await client.SendAsync([.. Enumerable.Range(i, 500).SelectMany(n => client.Publish($"x{n}/y", "1", retain: true))]);
        }

        await client.PingAsync();
        await client.SendAsync([.. Subscribe(Enumerable.Repeat("+/z", 1024)), 0xC0, 0]);
        var start = Stopwatch.GetTimestamp();
        Assert.StartsWith("Suback 77 00", await client.ReadAsync(), StringComparison.Ordinal);
        var answered = Stopwatch.GetElapsedTime(start);

        // The ping stands behind the searches; were they done before the answer, both would come together.
        Assert.Equal("Pingresp 0", await client.ReadAsync());
        var searched = Stopwatch.GetElapsedTime(start);
        Assert.True(answered < searched / 2, $"answered after {answered}, searched after {searched}");
    }

    [Fact]
    public async Task Subscribe_MoreInOnePacketThanAClientMayHave_AreRefusedUnseen()
    {
        await using var host = await BrokerHost.StartAsync(configure: o => o.MaxSubscriptions = 2);
        using var client = await RawClient.ConnectAsync(host.Port, "c", MqttVersion.V5);
        await client.SendAsync(Subscribe(Enumerable.Repeat("a/+", 4)));
        Assert.Equal("Suback 77 00 00 97 97", await client.ReadAsync());
        Assert.Equal(1, host.Broker.Statistics.Subscriptions);
    }

    [Fact]
    public async Task Subscribe_FiltersThatAreTooLongTogether_AreRefusedUntilOneIsGiven()
    {
        await using var host = await BrokerHost.StartAsync(configure: o => o.MaxSubscriptions = 10);
        using var client = await RawClient.ConnectAsync(host.Port, "c", MqttVersion.V5);
        foreach (var i in Enumerable.Range(0, 9))
        {
            Assert.Equal("Suback 77 00", await client.SubscribeAsync($"{Contract}/{i}"));
        }

        Assert.Equal("Suback 77 97", await client.SubscribeAsync(Levels("deep", 200)));
        Assert.Equal("Suback 77 97", await client.SubscribeAsync(new string('x', 20_000)));
        ReadOnlyMemory<byte>[] all = [.. Enumerable.Range(0, 9).Select(i => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes($"{Contract}/{i}"))];
        await client.SendAsync(RawClient.Encode(output => MqttEncoder.Unsubscribe(output, client.Version, 78, all)));
        Assert.StartsWith("Unsuback 78 00", await client.ReadAsync(), StringComparison.Ordinal);
        Assert.Equal("Suback 77 00", await client.SubscribeAsync(Levels("one", 100)));
        Assert.Equal("Suback 77 97", await client.SubscribeAsync(Levels("two", 100)));
    }

    [Fact]
    public async Task Publish_RetainedTopicsOfManyLevels_AreRefusedUntilSomeAreCleared()
    {
        await using var host = await BrokerHost.StartAsync(configure: o => o.MaxRetainedMessages = 10);
        using var client = await RawClient.ConnectAsync(host.Port, "c", MqttVersion.V5);
        Assert.Equal("Puback 1 10", await RetainAsync(client, Levels("one", 60), "1", 1));
        Assert.Equal("Puback 2 97", await RetainAsync(client, Levels("two", 60), "1", 2));
        Assert.Equal("Puback 3 10", await RetainAsync(client, Levels("one", 60), "", 3));
        Assert.Equal("Puback 4 10", await RetainAsync(client, Levels("two", 60), "1", 4));
        Assert.Equal("Puback 5 10", await RetainAsync(client, Levels("two", 60), "2", 5));
    }

    [Fact]
    public async Task Publish_QoS2LeftHalfWayBefore5_TakesCommonRoomAndIsClosedWithoutAndGoesOnWithReleases()
    {
        // Five are free, and 500 bytes of common room are enough for seven more.
        const ushort Most = 12;
        await using var host = await BrokerHost.StartAsync(configure: o => (o.ReceiveMaximum, o.MaxSessions, o.QueueBytesTotal) = (5, 1, 1000));
        using (var client = await RawClient.ConnectAsync(host.Port, "c", clean: false))
        {
            for (ushort id = 1; id <= Most; id++)
            {
                await client.PublishAsync("t", "x", 2, id);
                Assert.Equal($"Pubrec {id} 00", await client.ReadAsync());
            }

            await client.PublishAsync("t", "x", 2, Most, duplicate: true); // a repeat is none more
            Assert.Equal($"Pubrec {Most} 00", await client.ReadAsync());
            await client.PublishAsync("t", "x", 2, Most + 1);
            Assert.Equal("closed", await client.ReadAsync());
        }

        // QoS 1 beside it is not held up, and each release makes room for one.
        using var back = await RawClient.ConnectAsync(host.Port, "c", clean: false, expectPresent: true);
        await back.PublishAsync("t", "x", 1, 100);
        Assert.Equal("Puback 100 00", await back.ReadAsync());
        await back.AckAsync(PacketType.Pubrel, 1);
        Assert.Equal("Pubcomp 1 00", await back.ReadAsync());
        await back.PublishAsync("t", "x", 2, Most + 1);
        Assert.Equal($"Pubrec {Most + 1} 00", await back.ReadAsync());
        Assert.Equal(1, host.Broker.Metrics.ClosedCount(TrafficCore.Mqtt.Broker.CloseReason.ProtocolError));
    }

    [Fact]
    public async Task Connect_WillLongerThanAllowed_IsRefused()
    {
        await using var host = await BrokerHost.StartAsync();
        foreach (var (length, answer) in new[] { (4096 - 6, "Success"), (4096 - 5, "QuotaExceeded") })
        {
            using var client = await RawClient.OpenAsync(host.Port, MqttVersion.V5);
            await client.SendAsync(RawClient.Encode(output => MqttEncoder.Connect(output, new ConnectPacket
            {
                Version = MqttVersion.V5, ClientId = "c"u8, CleanStart = true, WillTopic = "wills!"u8, WillPayload = new byte[length],
            })));
            Assert.Contains(answer, await client.ReadAsync(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(16 * 1024, "Success")]
    [InlineData(24 * 1024, "closed")]
    public async Task Connect_LongerThanAnyNeedsToBe_IsRefusedBeforeItsBodyIsRead(int length, string answer)
    {
        await using var host = await BrokerHost.StartAsync();
        using var client = await RawClient.OpenAsync(host.Port, MqttVersion.V5);
        var connect = RawClient.Encode(output => MqttEncoder.Connect(output, new ConnectPacket
        {
            Version = MqttVersion.V5, ClientId = "c"u8, CleanStart = true, HasUserName = true, UserName = "n"u8, HasPassword = true, Password = new byte[length],
        }));
        await client.SendAsync(answer == "Success" ? connect : connect[..100]);
        Assert.Contains(answer, await client.ReadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_MoreSessionsThanAnAccountMayKeep_AreRefusedAndTheOthersStay()
    {
        using var accounts = new AccountFile();
        await using var service = await RunningService.StartAsync([.. accounts.Settings, "--Mqtt:MaxSessionsPerAccount=2"]);
        var port = service.Service.Mqtt.Port;
        foreach (var id in (string[])["cab-1:1", "cab-1:2"])
        {
            using var kept = await AccountFile.ConnectAsync(port, "cab-1", id, expirySeconds: 600);
        }

        using (var third = await AccountFile.OpenAsync(port, "cab-1", "cab-1:3"))
        {
            Assert.Contains("QuotaExceeded", await third.ReadAsync(), StringComparison.Ordinal);
        }

        using var neighbour = await AccountFile.ConnectAsync(port, "cab-2");
        using (var back = await AccountFile.ConnectAsync(port, "cab-1", "cab-1:2"))
        {
            await back.SendAsync([0xE0, 0]); // it ends with its connection now
            Assert.Equal("closed", await back.ReadAsync());
        }

        using var instead = await AccountFile.ConnectAsync(port, "cab-1", "cab-1:3");
    }

    [Fact]
    public async Task Connections_ThatNeverEndTheirTlsHandshake_CountTowardsTheLimits()
    {
        using var accounts = new AccountFile();
        using var files = new CertificateFiles();
        var (certificate, key) = files.Issue("127.0.0.1", isServer: true);
        await using var service = await RunningService.StartAsync(
            [.. accounts.Settings, "--Mqtt:TlsPort=0", $"--Mqtt:TlsCertificateFile={certificate}", $"--Mqtt:TlsKeyFile={key}", "--Mqtt:MaxConnectionsPerAddress=2"]);
        using var first = await BeginHandshakeAsync(service.Service.MqttTls!);
        using var second = await BeginHandshakeAsync(service.Service.MqttTls!);
        Assert.Equal("closed", await RawClient.OpenAndReadAsync(service.Service.MqttTls!.Port));
        Assert.Equal("closed", await RawClient.OpenAndReadAsync(service.Service.Mqtt.Port)); // one limit for both listeners

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        first.Dispose();
        var answer = "closed";
        while (answer == "closed")
        {
            patience.Token.ThrowIfCancellationRequested();
            try
            {
                using var client = await AccountFile.OpenAsync(service.Service.Mqtt.Port, "cab-1");
                answer = await client.ReadAsync();
            }
            catch (SocketException)
            {
                // Refused so soon that connecting or sending already saw the reset.
            }
        }

        Assert.Contains("Success", answer, StringComparison.Ordinal);
    }

    private static async Task<Socket> BeginHandshakeAsync(IPEndPoint listener)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(listener);
        await socket.SendAsync(new byte[] { 0x16, 0x03, 0x01, 0x02, 0x00 });
        return socket;
    }

    private static async Task<string> RetainAsync(RawClient client, string topic, string payload, ushort id)
    {
        await client.PublishAsync(topic, payload, 1, id, retain: true);
        return await client.ReadAsync();
    }

    private static string Levels(string first, int count) => first + string.Concat(Enumerable.Repeat("/a", count - 1));

    private static byte[] Subscribe(IEnumerable<string> filters)
    {
        ReadOnlyMemory<byte>[] names = [.. filters.Select(f => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(f))];
        return RawClient.Encode(output => MqttEncoder.Subscribe(output, MqttVersion.V5, 77, names, new SubscribeOptions[names.Length]));
    }
}
