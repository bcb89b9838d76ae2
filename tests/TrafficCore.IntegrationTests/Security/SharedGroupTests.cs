using TrafficCore.Host.Security.Accounts;
using TrafficCore.IntegrationTests.Host;
using TrafficCore.IntegrationTests.Mqtt;
using TrafficCore.Mqtt.Wire;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Security;

/// <summary>Groups of shared subscriptions belong to accounts: under another's name nobody takes a share of its messages.</summary>
public sealed class SharedGroupTests : IAsyncLifetime
{
    private const string Filter = "$share/g/s/#";
    private static readonly SubscribeOptions AtLeastOnce = new(QualityOfService.AtLeastOnce);

    private readonly AccountFile _accounts = new();
    private readonly string _key;
    private RunningService _service = null!;

    public SharedGroupTests()
    {
        _key = _accounts.AddKey(KeyScope.Metrics, DateTimeOffset.MaxValue);
        _accounts.Write();
    }

    private int Port => _service.Service.Mqtt.Port;

    public async ValueTask InitializeAsync() => _service = await RunningService.StartAsync([.. _accounts.Settings, "--Mqtt:MaxSessionsPerAccount=3"]);

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        _accounts.Dispose();
    }

    [Fact]
    public async Task Group_OfTheSameName_IsAnotherForEachAccount()
    {
        using var one = await JoinAsync("reader", "reader:1");
        using var two = await JoinAsync("reader", "reader:2");
        using var other = await JoinAsync("root", "root");
        await PublishAsync("1", "2", "3", "4");
        Assert.Equal(["1", "3"], await PayloadsAsync(one, 2));
        Assert.Equal(["2", "4"], await PayloadsAsync(two, 2));
        Assert.Equal(["1", "2", "3", "4"], await PayloadsAsync(other, 4));
        other.Dispose();
        await Unsubscribe(one);
        await PublishAsync("5", "6");
        Assert.Empty(await one.ReadUntilPongAsync());
        Assert.Equal(["5", "6"], await PayloadsAsync(two, 2));
    }

    [Fact]
    public async Task Restart_KeptMember_StaysInTheGroupOfItsAccountWithWhatItWasDealt()
    {
        (await JoinAsync("reader", "reader:1", expirySeconds: 600)).Dispose();
        await GoneAsync();
        await PublishAsync("1");
        await _service.RestartAsync();
        using var other = await JoinAsync("root", "root");
        using var own = await JoinAsync("reader", "reader:2");
        await PublishAsync("2", "3");
        Assert.Equal(["2", "3"], await PayloadsAsync(other, 2));
        Assert.Equal(["2", "3"], await PayloadsAsync(own, 2)); // the member that is there, before the one that is away

        // Whose session ends leaves what it was dealt to its own group.
        using (var back = await AccountFile.ConnectAsync(Port, "reader", "reader:1"))
        {
            Assert.Equal(["1"], await PayloadsAsync(own, 1));
            Assert.Empty(await other.ReadUntilPongAsync());
        }
    }

    [Fact]
    public async Task Session_TakenOverByAnotherAccount_LeavesTheGroupOfTheOneBefore()
    {
        _accounts.GrantClientId("root", "shared-1");
        _accounts.GrantClientId("reader", "shared-1");
        _accounts.Write();
        await _service.RestartAsync();
        (await JoinAsync("reader", "shared-1", expirySeconds: 600)).Dispose();
        using var first = await JoinAsync("reader", "reader:2");
        await GoneAsync(1);
        using var taken = await AccountFile.ConnectAsync(Port, "root", "shared-1", clean: false, expirySeconds: 600);
        await PublishAsync("1", "2");
        Assert.Equal(["1", "2"], await PayloadsAsync(first, 2));
        Assert.Equal(["1", "2"], await PayloadsAsync(taken, 2));
    }

    [Fact]
    public async Task Restart_SessionsOfAnAccount_StillCountAsItsOwn()
    {
        foreach (var id in (string[])["reader:1", "reader:2", "reader:3"])
        {
            (await JoinAsync("reader", id, expirySeconds: 600)).Dispose();
        }

        await GoneAsync();
        await _service.RestartAsync();
        using var fourth = await AccountFile.OpenAsync(Port, "reader", "reader:4");
        Assert.Contains("QuotaExceeded", await fourth.ReadAsync(), StringComparison.Ordinal);
        using var known = await AccountFile.ConnectAsync(Port, "reader", "reader:3", clean: false, expirySeconds: 600);
    }

    private async Task<RawClient> JoinAsync(string account, string id, uint expirySeconds = 0)
    {
        var client = await AccountFile.ConnectAsync(Port, account, id, clean: expirySeconds == 0, expirySeconds: expirySeconds);
        Assert.Equal("Suback 77 01", await client.SubscribeAsync(Filter, AtLeastOnce));
        return client;
    }

    private static async Task Unsubscribe(RawClient client)
    {
        await client.SendAsync(RawClient.Encode(output => MqttEncoder.Unsubscribe(output, client.Version, 78, [System.Text.Encoding.UTF8.GetBytes(Filter)])));
        Assert.StartsWith("Unsuback 78 00", await client.ReadAsync(), StringComparison.Ordinal);
    }

    /// <summary>Publishes and waits for the acknowledgement, behind which everything is queued.</summary>
    private async Task PublishAsync(params string[] payloads)
    {
        using var publisher = await AccountFile.ConnectAsync(Port, "op");
        foreach (var payload in payloads)
        {
            await publisher.PublishAsync("s/1", payload, 1, 1);
            Assert.StartsWith("Puback 1", await publisher.ReadAsync(), StringComparison.Ordinal);
        }
    }

    /// <summary>Reads and acknowledges so many messages, behind which there is none.</summary>
    private static async Task<List<string>> PayloadsAsync(RawClient client, int count)
    {
        var payloads = new List<string>();
        for (var i = 0; i < count; i++)
        {
            var packet = await client.ReadAsync();
            var id = packet.Split(" id=")[1].Split(' ')[0];
            await client.AckAsync(PacketType.Puback, ushort.Parse(id, System.Globalization.CultureInfo.InvariantCulture));
            payloads.Add(packet[^1..]);
        }

        Assert.Empty(await client.ReadUntilPongAsync());
        return payloads;
    }

    private async Task GoneAsync(int left = 0)
    {
        using var program = new HttpClient { BaseAddress = _service.Http.BaseAddress };
        program.DefaultRequestHeaders.Authorization = new("Bearer", _key);
        await Eventually.ReachesAsync(
            async () => (await program.GetStringAsync(new Uri("metrics", UriKind.Relative))).Split('\n').Contains($"trafficcore_broker_connections {left}") ? null : "still connected",
            TimeSpan.FromSeconds(20));
    }
}
