using System.Globalization;
using System.Text;
using TrafficCore.Host.Security.Accounts;
using TrafficCore.IntegrationTests.Host;
using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Security;

/// <summary>Accounts on the MQTT listener of the whole service, over real sockets.</summary>
public sealed class MqttAccountTests : IAsyncLifetime
{
    private const string Message = "traffic/v1/int-1/board/b-1/message";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly AccountFile _accounts = new();
    private RunningService _service = null!;

    private int Port => _service.Service.Mqtt.Port;

    public async ValueTask InitializeAsync() => _service = await RunningService.StartAsync(_accounts.Settings);

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        _accounts.Dispose();
    }

    [Theory]
    [InlineData("cab-1", null, MqttVersion.V5, "Success")]
    [InlineData("cab-1", null, MqttVersion.V311, "Success")]
    [InlineData("cab-1", "wrong", MqttVersion.V5, "BadUserNameOrPassword")]
    [InlineData("cab-1", "", MqttVersion.V5, "BadUserNameOrPassword")]
    [InlineData("nobody", "wrong", MqttVersion.V5, "BadUserNameOrPassword")]
    [InlineData("nobody", "wrong", MqttVersion.V311, "BadUserNameOrPassword")]
    [InlineData("CAB-1", "cab-1-secret", MqttVersion.V5, "BadUserNameOrPassword")]
    [InlineData(null, null, MqttVersion.V5, "NotAuthorized")]
    [InlineData(null, null, MqttVersion.V311, "NotAuthorized")]
    public async Task Connect_Account_IsJudgedByItsPassword(string? account, string? password, MqttVersion version, string answer)
    {
        using var client = await AccountFile.OpenAsync(Port, account, account ?? "free", version, password);
        Assert.Contains(answer, await client.ReadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_OwnAndAnothersDevice_OnlyItsOwnIsTaken()
    {
        using var client = await AccountFile.ConnectAsync(Port, "cab-1");
        await client.PublishAsync("traffic/v1/int-1/detector/d-1", Reading(), 1, 1);
        Assert.StartsWith("Puback 1 00", await client.ReadAsync(), StringComparison.Ordinal);
        await client.PublishAsync("traffic/v1/int-2/detector/d-1", Reading(), 1, 2);
        Assert.StartsWith("Puback 2 87", await client.ReadAsync(), StringComparison.Ordinal);
        await client.PublishAsync("traffic/v1/int-2/detector/d-1", Reading(), 2, 3);
        Assert.StartsWith("Pubrec 3 87", await client.ReadAsync(), StringComparison.Ordinal);

        using var old = await AccountFile.ConnectAsync(Port, "cab-2", version: MqttVersion.V311);
        await old.PublishAsync("traffic/v1/int-1/detector/d-1", Reading(), 1, 1);
        Assert.Equal("closed", await old.ReadAsync());
        await CountsDeniedAsync(3);
    }

    [Fact]
    public async Task Publish_DeniedWhere311IsNotClosed_IsAcknowledgedAndDropped()
    {
        await using var service = await RunningService.StartAsync([.. _accounts.Settings, "--Mqtt:CloseOnDeniedPublish=false"]);
        using var reader = await AccountFile.ConnectAsync(service.Service.Mqtt.Port, "reader");
        await reader.SubscribeAsync("#");
        using var client = await AccountFile.ConnectAsync(service.Service.Mqtt.Port, "cab-1", version: MqttVersion.V311);
        await client.PublishAsync("traffic/v1/int-2/detector/d-1/state", "online", 1, 1);
        Assert.Equal("Puback 1 00", await client.ReadAsync());
        Assert.Empty(await reader.ReadUntilPongAsync());
    }

    [Theory]
    [InlineData("cab-1")]
    [InlineData("op")]
    [InlineData("root")]
    public async Task Publish_BoardMessageByAnyTrick_IsNobodys(string account)
    {
        using var reader = await AccountFile.ConnectAsync(Port, "reader");
        await reader.SubscribeAsync("traffic/v1/#");
        using var client = await AccountFile.ConnectAsync(Port, account);
        await client.PublishAsync(Message, "{}", 1, 1, retain: true);
        Assert.StartsWith("Puback 1 87", await client.ReadAsync(), StringComparison.Ordinal);

        // An alias that was set by a refused publish stands for the same topic.
        await client.PublishAsync(Message, "{}", 1, 2, properties: Alias());
        Assert.StartsWith("Puback 2 87", await client.ReadAsync(), StringComparison.Ordinal);
        await client.PublishAsync("", "{}", 1, 3, properties: Alias());
        Assert.StartsWith("Puback 3 87", await client.ReadAsync(), StringComparison.Ordinal);

        foreach (var topic in new[] { "$share/g/" + Message, "$SYS/" + Message })
        {
            await client.PublishAsync(topic, "{}", 1, 4);
            Assert.StartsWith("Puback 4 87", await client.ReadAsync(), StringComparison.Ordinal);
        }

        using var willing = await AccountFile.OpenAsync(Port, account, account + ":2", will: Message);
        Assert.Contains("NotAuthorized", await willing.ReadAsync(), StringComparison.Ordinal);
        await client.PublishAsync(Message, "", 0, retain: true); // would clear what the service retains
        await client.PingAsync();
        Assert.Empty(await reader.ReadUntilPongAsync());
    }

    [Fact]
    public async Task Subscribe_Commands_OnlyItsOwn()
    {
        using var client = await AccountFile.ConnectAsync(Port, "cab-1");
        Assert.EndsWith(" 00", await client.SubscribeAsync(Message), StringComparison.Ordinal);
        Assert.EndsWith(" 00", await client.SubscribeAsync("traffic/v1/int-1/+/+/errors"), StringComparison.Ordinal);
        foreach (var filter in new[] { "#", "traffic/v1/+/board/+/message", "traffic/v1/int-2/board/b-1/message", "traffic/v1/int-1/#", "$SYS/#" })
        {
            Assert.EndsWith(" 87", await client.SubscribeAsync(filter), StringComparison.Ordinal);
        }

        // A shared subscription reads what the filter behind its group does.
        Assert.EndsWith(" 00", await client.SubscribeAsync("$share/g/" + Message), StringComparison.Ordinal);
        foreach (var filter in new[] { "$share/g/#", "$share/traffic/v1/int-1/board/b-1/message", "$share/g/$share/g/" + Message })
        {
            Assert.EndsWith(" 87", await client.SubscribeAsync(filter), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("cab-1")]
    [InlineData("cab-1:2")]
    public async Task Connect_AnothersClientId_CannotTakeItsSessionOver(string clientId)
    {
        using var owner = await AccountFile.ConnectAsync(Port, "cab-1", clientId);
        using var thief = await AccountFile.OpenAsync(Port, "cab-2", clientId);
        Assert.Contains("ClientIdentifierNotValid", await thief.ReadAsync(), StringComparison.Ordinal);
        await owner.PingAsync();
    }

    [Fact]
    public async Task Connect_WithoutClientId_GetsOneAndStays()
    {
        using var client = await AccountFile.ConnectAsync(Port, "cab-1", "");
        _accounts.Put("other", AccountRole.Viewer);
        await ReloadAsync();
        await client.PingAsync();
    }

    [Fact]
    public async Task Reload_OwnershipMoved_HoldsForTheOpenConnection()
    {
        using var client = await AccountFile.ConnectAsync(Port, "cab-1");
        await client.PublishAsync("traffic/v1/int-1/detector/d-1", Reading(), 1, 1);
        Assert.StartsWith("Puback 1 00", await client.ReadAsync(), StringComparison.Ordinal);
        SetOwner("cab-1", "int-3");
        await ReloadAsync();
        await client.PublishAsync("traffic/v1/int-1/detector/d-1", Reading(), 1, 2);
        Assert.StartsWith("Puback 2 87", await client.ReadAsync(), StringComparison.Ordinal);
        await client.PublishAsync("traffic/v1/int-3/detector/d-1", Reading(), 1, 3);
        Assert.StartsWith("Puback 3 00", await client.ReadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reload_SubscriptionNotAllowedAnyMore_ClosesTheSilentSubscriberAndEndsItsSession()
    {
        using var client = await AccountFile.ConnectAsync(Port, "cab-1", expirySeconds: 3600);
        Assert.EndsWith(" 00", await client.SubscribeAsync(Message), StringComparison.Ordinal);
        using var stays = await AccountFile.ConnectAsync(Port, "cab-2");
        SetOwner("cab-1", "int-3");
        _accounts.Write();
        Assert.Equal("Disconnect 87", await client.ReadAsync());
        using var again = await AccountFile.OpenAsync(Port, "cab-1", clean: false, expirySeconds: 3600);
        Assert.StartsWith("CONNACK sp=False Success", await again.ReadAsync(), StringComparison.Ordinal);
        await stays.PingAsync();
    }

    [Theory]
    [InlineData("site/a")]
    [InlineData("$share/g/site/+")]
    public async Task Restart_KeptSessionMayNotReadAnyMore_EndsWithWhatWasQueued(string filter)
    {
        using (var reader = await AccountFile.ConnectAsync(Port, "reader", expirySeconds: 3600))
        using (var admin = await AccountFile.ConnectAsync(Port, "root", expirySeconds: 3600))
        {
            Assert.EndsWith(" 01", await reader.SubscribeAsync(filter, new SubscribeOptions(QualityOfService.AtLeastOnce)), StringComparison.Ordinal);
            Assert.EndsWith(" 01", await admin.SubscribeAsync("site/a", new SubscribeOptions(QualityOfService.AtLeastOnce)), StringComparison.Ordinal);
        }

        using (var op = await AccountFile.ConnectAsync(Port, "op"))
        {
            await op.PublishAsync("site/a", "queued", 1, 1);
            Assert.StartsWith("Puback 1 00", await op.ReadAsync(), StringComparison.Ordinal);
        }

        _accounts.Put("reader", AccountRole.Device, "int-9");
        _accounts.Write();
        await _service.RestartAsync();

        using var again = await AccountFile.OpenAsync(Port, "reader", clean: false, expirySeconds: 3600);
        Assert.StartsWith("CONNACK sp=False Success", await again.ReadAsync(), StringComparison.Ordinal);
        Assert.Empty(await again.ReadUntilPongAsync());
        using var stays = await AccountFile.OpenAsync(Port, "root", clean: false, expirySeconds: 3600);
        Assert.StartsWith("CONNACK sp=True Success", await stays.ReadAsync(), StringComparison.Ordinal);
        Assert.Contains("queued", await stays.ReadAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cab-1", "cab-1-secret", ReasonCode.Success)]
    [InlineData("cab-1", "wrong", ReasonCode.BadUserNameOrPassword)]
    [InlineData(null, null, ReasonCode.NotAuthorized)]
    public async Task WebSocket_Account_IsJudgedByMqttNotByHttp(string? account, string? password, ReasonCode reason)
    {
        var options = new MqttClientOptions
        {
            Host = "127.0.0.1",
            Port = _service.Service.Http.Port,
            WebSocketPath = "/mqtt",
            ClientId = account ?? "free",
            UserName = account,
            Password = password,
        };
        if (reason == ReasonCode.Success)
        {
            await using var client = await MqttClient.ConnectAsync(options);
            Assert.Equal(ReasonCode.Success, await client.PublishAsync(new MqttPublication("traffic/v1/int-1/detector/d-1", Encoding.UTF8.GetBytes(Reading()))));
            Assert.Equal(ReasonCode.NotAuthorized, await client.PublishAsync(new MqttPublication("traffic/v1/int-2/detector/d-1", Encoding.UTF8.GetBytes(Reading()))));
            return;
        }

        var error = await Assert.ThrowsAsync<MqttConnectionException>(() => MqttClient.ConnectAsync(options));
        Assert.True(reason == error.Reason, error.ToString());
    }

    [Fact]
    public async Task Reload_AccountTakenAway_ClosesItsConnectionAndDropsItsWill()
    {
        using var reader = await AccountFile.ConnectAsync(Port, "reader");
        await reader.SubscribeAsync("#");
        using var client = await AccountFile.ConnectAsync(Port, "cab-1", will: "traffic/v1/int-1/detector/d-1/state");
        _accounts.Remove("cab-1");
        _accounts.Write();
        Assert.Equal("Disconnect 87", await client.ReadAsync());
        Assert.Equal("closed", await client.ReadAsync());
        using var again = await AccountFile.OpenAsync(Port, "cab-1");
        Assert.Contains("BadUserNameOrPassword", await again.ReadAsync(), StringComparison.Ordinal);
        Assert.Empty(await reader.ReadUntilPongAsync());
    }

    [Theory]
    [InlineData("user cab-1")]
    [InlineData("client cab-1")]
    [InlineData("address 127.0.0.0/8")]
    public async Task DenyList_NamesAClient_ClosesItAndKeepsItOut(string line)
    {
        using var client = await AccountFile.ConnectAsync(Port, "cab-1");
        await File.WriteAllTextAsync(_accounts.Denied, line + "\n");
        Assert.Equal("Disconnect 87", await client.ReadAsync());
        using var again = await AccountFile.OpenAsync(Port, "cab-1");
        Assert.Contains("Banned", await again.ReadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reload_BrokenFile_LeavesWhatWasInForceAndSaysSo()
    {
        await File.WriteAllTextAsync(_accounts.Path, "{\"shape\":1,\"accounts\":[{\"name\":\"root\",\"role\":\"admin\",\"password\":\"oops-secret\"}]}");
        await Eventually.ReachesAsync(
            async () => (await _service.Http.GetStringAsync(new Uri("health/ready", UriKind.Relative))) is var text && text.Contains("accounts or deny list refused", StringComparison.Ordinal) && !text.Contains("oops", StringComparison.Ordinal) ? null : text,
            Patience);
        using var client = await AccountFile.ConnectAsync(Port, "cab-1");
        await client.PingAsync();
    }

    [Fact]
    public async Task Anonymous_BesideAccounts_MaySayOnlyWhatNoAccountOwns()
    {
        await using var service = await RunningService.StartAsync([.. _accounts.Settings, "--Mqtt:Anonymous=true"]);
        using var client = await AccountFile.ConnectAsync(service.Service.Mqtt.Port, null, "free");
        await client.PublishAsync("traffic/v1/int-9/detector/d-1", Reading(), 1, 1);
        Assert.StartsWith("Puback 1 00", await client.ReadAsync(), StringComparison.Ordinal);
        await client.PublishAsync("traffic/v1/int-1/detector/d-1", Reading(), 1, 2);
        Assert.StartsWith("Puback 2 87", await client.ReadAsync(), StringComparison.Ordinal);
        using var wrong = await AccountFile.OpenAsync(service.Service.Mqtt.Port, "cab-1", password: "guess");
        Assert.Contains("BadUserNameOrPassword", await wrong.ReadAsync(), StringComparison.Ordinal);
        using var squatter = await AccountFile.OpenAsync(service.Service.Mqtt.Port, null, "cab-1");
        Assert.Contains("ClientIdentifierNotValid", await squatter.ReadAsync(), StringComparison.Ordinal);
    }

    private static byte[] Alias()
    {
        var properties = new PropertyBuilder(stackalloc byte[8]);
        properties.Add(PropertyId.TopicAlias, 1);
        return properties.Written.ToArray();
    }

    private static string Reading() =>
        string.Create(CultureInfo.InvariantCulture, $"{{\"ts\":{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()},\"interval\":1000,\"volume\":3}}");

    private void SetOwner(string account, string intersection) => _accounts.Put(account, AccountRole.Device, intersection);

    // A new account marks the change: once it can log in, the file is in force.
    private async Task ReloadAsync()
    {
        var mark = "mark-" + Guid.NewGuid().ToString("N")[..8];
        _accounts.Put(mark, AccountRole.Viewer);
        _accounts.Write();
        await Eventually.ReachesAsync(
            async () =>
            {
                using var client = await AccountFile.OpenAsync(Port, mark);
                var answer = await client.ReadAsync();
                return answer.Contains("Success", StringComparison.Ordinal) ? null : answer;
            },
            Patience);
    }

    private async Task CountsDeniedAsync(int count)
    {
        var key = _accounts.AddKey(KeyScope.Metrics, DateTimeOffset.MaxValue);
        _accounts.Write();
        await Eventually.ReachesAsync(
            async () =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, "metrics");
                request.Headers.Add("Authorization", "Bearer " + key);
                using var answer = await _service.Http.SendAsync(request);
                var text = await answer.Content.ReadAsStringAsync();
                return text.Contains($"trafficcore_broker_messages_dropped_total{{reason=\"Denied\"}} {count}", StringComparison.Ordinal) ? null : text[..Math.Min(200, text.Length)];
            },
            Patience);
    }
}
