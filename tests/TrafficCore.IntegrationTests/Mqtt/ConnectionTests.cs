using TrafficCore.Mqtt.Wire;

namespace TrafficCore.IntegrationTests.Mqtt;

/// <summary>How connections begin and end.</summary>
public sealed class ConnectionTests
{
    private const string Topic = "traffic/v1/i1/detector/d1";

    [Fact]
    public async Task Frame_OversizedDeclaredLength_IsRefusedBeforeTheBody()
    {
        await using var host = await BrokerHost.StartAsync();
        using var client = await RawClient.ConnectAsync(host.Port, "c", MqttVersion.V5);
        await client.SendAsync([0x30, 0xFF, 0xFF, 0xFF, 0x7F, 0x00]);

        Assert.Equal("Disconnect 95", await client.ReadAsync());
        Assert.Equal("closed", await client.ReadAsync());
    }

    [Fact]
    public async Task Connect_OversizedDeclaredLength_IsRefusedBeforeTheBody()
    {
        await using var host = await BrokerHost.StartAsync();
        using var client = await RawClient.OpenAsync(host.Port);
        await client.SendAsync([0x10, 0xFF, 0xFF, 0xFF, 0x7F]);

        Assert.Equal("closed", await client.ReadAsync());
    }

    [Fact]
    public async Task Peer_ClosesInsideAPacket_ConnectionEnds()
    {
        await using var host = await BrokerHost.StartAsync();
        var client = await RawClient.ConnectAsync(host.Port, "c");
        await client.SendAsync([0x30, 0x20, 0x00]);
        client.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);

        Assert.Equal("closed", await client.ReadAsync());
        await AcknowledgementTests.UntilAsync(() => host.Broker.Statistics.Connections == 0, "the connection ends");
        client.Dispose();
    }

    [Fact]
    public async Task TakeOver_SecondConnectionOfAClient_EndsTheFirst()
    {
        await using var host = await BrokerHost.StartAsync();
        using var first = await RawClient.ConnectAsync(host.Port, "same", MqttVersion.V5);
        using var second = await RawClient.ConnectAsync(host.Port, "same", MqttVersion.V5);

        Assert.Equal("Disconnect 8E", await first.ReadAsync());
        Assert.Equal("closed", await first.ReadAsync());
        await second.PingAsync();
        Assert.Equal(1, host.Broker.Statistics.Sessions);
    }

    [Fact]
    public async Task TakeOver_ManyAtOnce_LeavesOne()
    {
        await using var host = await BrokerHost.StartAsync();
        var clients = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => RawClient.ConnectAsync(host.Port, "same", clean: false)));

        await AcknowledgementTests.UntilAsync(() => host.Broker.Statistics.Connections == 1, "one is left");
        Assert.Equal(1, host.Broker.Statistics.Sessions);
        foreach (var client in clients)
        {
            client.Dispose();
        }
    }

    [Fact]
    public async Task KeepAlive_SilentForOneAndAHalfTimes_IsClosed()
    {
        await using var host = await BrokerHost.StartAsync();
        using var silent = await RawClient.ConnectAsync(host.Port, "silent", MqttVersion.V5, keepAlive: 10);
        using var lively = await RawClient.ConnectAsync(host.Port, "lively", MqttVersion.V5, keepAlive: 10);
        using var relaxed = await RawClient.ConnectAsync(host.Port, "relaxed", MqttVersion.V5, keepAlive: 0);
        host.Time.Advance(TimeSpan.FromSeconds(14));
        await lively.PingAsync();

        // The second answer says that the first ping's time has been noted: that happens behind its answer.
        await lively.PingAsync();
        host.Time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal("Disconnect 8D", await silent.ReadAsync());
        Assert.Equal("closed", await silent.ReadAsync());
        await lively.PingAsync();
        host.Time.Advance(TimeSpan.FromHours(1));
        await relaxed.PingAsync();
    }

    [Fact]
    public async Task Connect_NotSentInTime_IsClosed()
    {
        await using var host = await BrokerHost.StartAsync();
        using var client = await RawClient.OpenAsync(host.Port);
        await client.SendAsync([0x10]);
        await AcknowledgementTests.UntilAsync(() => host.Broker.Statistics.Connections == 1, "accepted");
        host.Time.Advance(TimeSpan.FromSeconds(12));

        Assert.Equal("closed", await client.ReadAsync());
    }

    [Theory]
    [InlineData("C000")]
    [InlineData("300300016100")]
    [InlineData("474554202F20485454502F312E310D0A")]
    public async Task Connect_SomethingElseFirst_IsClosedWithoutAnAnswer(string hex)
    {
        await using var host = await BrokerHost.StartAsync();
        using var client = await RawClient.OpenAsync(host.Port);
        await client.SendAsync(Convert.FromHexString(hex));

        Assert.Equal("closed", await client.ReadAsync());
    }

    [Fact]
    public async Task Connect_UnknownVersion_IsRefusedReadably()
    {
        await using var host = await BrokerHost.StartAsync();
        using var client = await RawClient.OpenAsync(host.Port);
        await client.SendAsync([0x10, 0x0C, 0, 4, .. "MQTT"u8, 9, 2, 0, 0, 0, 0]);

        Assert.Equal("CONNACK sp=False UnsupportedProtocolVersion", await client.ReadAsync());
        Assert.Equal("closed", await client.ReadAsync());
    }

    [Fact]
    public async Task Connect_EmptyClientId_IsAssignedOrRefused()
    {
        await using var host = await BrokerHost.StartAsync();
        using var v5 = await RawClient.OpenAsync(host.Port, MqttVersion.V5);
        await v5.SendAsync(RawClient.Encode(o => MqttEncoder.Connect(o, new ConnectPacket { Version = MqttVersion.V5 })));
        Assert.Contains("AssignedClientIdentifier=auto-", await v5.ReadAsync(), StringComparison.Ordinal);

        using var persistent = await RawClient.OpenAsync(host.Port);
        await persistent.SendAsync(RawClient.Encode(o => MqttEncoder.Connect(o, new ConnectPacket { Version = MqttVersion.V311 })));
        Assert.Equal("CONNACK sp=False ClientIdentifierNotValid", await persistent.ReadAsync());

        using var clean = await RawClient.ConnectAsync(host.Port, "");
        await clean.PingAsync();
    }

    [Fact]
    public async Task Connect_EnhancedAuthentication_IsRefused()
    {
        await using var host = await BrokerHost.StartAsync();
        using var client = await RawClient.OpenAsync(host.Port, MqttVersion.V5);
        await client.SendAsync(RawClient.Encode(o => MqttEncoder.Connect(
            o, new ConnectPacket { Version = MqttVersion.V5, ClientId = "c"u8, Properties = [21, 0, 1, (byte)'m'] })));

        Assert.Equal("CONNACK sp=False BadAuthenticationMethod", await client.ReadAsync());
    }

    [Theory]
    [InlineData("D000")]
    [InlineData("F000")]
    [InlineData("9003000100")]
    [InlineData("101100044D5154540502000A000000")]
    public async Task Packet_ThatAClientMustNotSend_ClosesWithProtocolError(string hex)
    {
        await using var host = await BrokerHost.StartAsync();
        using var client = await RawClient.ConnectAsync(host.Port, "c", MqttVersion.V5);
        await client.SendAsync([.. Convert.FromHexString(hex), .. new byte[8]]);

        Assert.StartsWith("Disconnect 8", await client.ReadAsync(), StringComparison.Ordinal);
        Assert.Equal("closed", await client.ReadAsync());
    }

    [Fact]
    public async Task Publish_BeforeAMalformedPacket_IsStillTakenIn()
    {
        await using var host = await BrokerHost.StartAsync(CommitMode.Immediate);
        using var client = await RawClient.ConnectAsync(host.Port, "c", MqttVersion.V5);
        await client.SendAsync([.. client.Publish(Topic, "good", 1, 1), 0x36, 0x00]);

        Assert.Equal("Puback 1 00", await client.ReadAsync());
        Assert.Equal("Disconnect 81", await client.ReadAsync());
        Assert.Equal(["good"], host.Log.Records);
    }

    [Fact]
    public async Task Kick_ConnectedClient_IsToldAndClosed()
    {
        await using var host = await BrokerHost.StartAsync();
        using var client = await RawClient.ConnectAsync(host.Port, "c", MqttVersion.V5);

        Assert.True(host.Broker.Kick("c"));
        Assert.False(host.Broker.Kick("nobody"));
        Assert.Equal("Disconnect 98", await client.ReadAsync());
    }

    [Fact]
    public async Task Stop_AcknowledgesWhatIsDurableAndTellsClients()
    {
        await using var host = await BrokerHost.StartAsync(CommitMode.Manual);
        using var client = await RawClient.ConnectAsync(host.Port, "c", MqttVersion.V5);
        await client.PublishAsync(Topic, "a", 1, 1);
        await client.PingAsync();
        var stopping = host.Broker.StopAsync(CancellationToken.None);
        host.Log.Commit();

        var packets = new[] { await client.ReadAsync(), await client.ReadAsync() };
        Assert.Contains("Puback 1 00", packets);
        Assert.Contains("Disconnect 8B", packets);
        Assert.Equal("closed", await client.ReadAsync());
        await stopping;
        Assert.Equal(0, host.Broker.Statistics.Connections);
    }

    [Fact]
    public async Task Connections_OverTheLimit_AreClosed()
    {
        await using var host = await BrokerHost.StartAsync(configure: o => o.MaxConnections = 2);
        using var one = await RawClient.ConnectAsync(host.Port, "1");
        using var two = await RawClient.ConnectAsync(host.Port, "2");

        Assert.Equal("closed", await RawClient.OpenAndReadAsync(host.Port));
        await one.PingAsync();
        await two.PingAsync();
    }
}
