using System.Net;
using TrafficCore.Host.Security;
using TrafficCore.Host.Security.Access;
using TrafficCore.Host.Security.Accounts;
using TrafficCore.Host.Security.Certificates;
using TrafficCore.Host.Security.Passwords;
using TrafficCore.Mqtt.Broker;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Tests.Security;

/// <summary>Who comes in without an account. Passwords and certificates are tested over real sockets.</summary>
public sealed class AccountAuthenticatorTests
{
    private static readonly AccountsSnapshot One = new([new Account("cab-1", AccountRole.Device, null)], [], _ => RoleGrants.None);

    [Theory]
    [InlineData("127.0.0.1", ReasonCode.Success)]
    [InlineData("127.8.0.1", ReasonCode.Success)]
    [InlineData("::1", ReasonCode.Success)]
    [InlineData("::ffff:127.0.0.2", ReasonCode.Success)]
    [InlineData("192.0.2.7", ReasonCode.NotAuthorized)]
    [InlineData("::ffff:192.0.2.7", ReasonCode.NotAuthorized)]
    [InlineData("2001:db8::1", ReasonCode.NotAuthorized)]
    [InlineData(null, ReasonCode.NotAuthorized)]
    public async Task Authenticate_NobodyWithoutAccounts_OnlyFromThisMachine(string? address, ReasonCode reason) =>
        Assert.Equal(reason, await ReasonAsync(OpenTo.ThisMachine, AccountsSnapshot.Empty, address));

    [Fact]
    public async Task Authenticate_NobodyWhereEverybodyMay_IsLetInFromAnywhere()
    {
        Assert.Equal(ReasonCode.Success, await ReasonAsync(OpenTo.Everybody, AccountsSnapshot.Empty, "192.0.2.7"));
        Assert.Equal(ReasonCode.Success, await ReasonAsync(OpenTo.Everybody, One, "192.0.2.7"));
    }

    [Fact]
    public async Task Authenticate_NobodyBesideAccounts_IsRefusedFromThisMachineToo() =>
        Assert.Equal(ReasonCode.NotAuthorized, await ReasonAsync(OpenTo.Nobody, One, "127.0.0.1"));

    [Fact]
    public async Task Authenticate_QueueFullOfOneAddress_IsNotBusyForAnother()
    {
        var slow = new Account("cab-1", AccountRole.Device, PasswordHash.Create("cab-1-secret", 200_000));
        using var gate = new PasswordGate(1, 2);
        var now = new SecuritySnapshot(1, new AccountsSnapshot([slow], [], _ => RoleGrants.None), DenyList.Empty, RevocationList.Empty);
        var authenticator = new AccountAuthenticator(() => now, gate, OpenTo.Nobody);
        var flood = Enumerable.Range(0, 8).Select(i => AskAsync("192.0.2.1", "guess" + i)).ToList();
        Assert.Equal(ReasonCode.Success, await AskAsync("192.0.2.2", "cab-1-secret"));
        var answers = await Task.WhenAll(flood);
        Assert.All(answers, a => Assert.True(a is ReasonCode.ServerBusy or ReasonCode.BadUserNameOrPassword));

        async Task<ReasonCode> AskAsync(string address, string password) => (await authenticator.AuthenticateAsync(
            new ConnectRequest
            {
                ClientId = "cab-1", UserName = "cab-1", Password = System.Text.Encoding.UTF8.GetBytes(password), Version = MqttVersion.V5,
                Remote = new IPEndPoint(IPAddress.Parse(address), 50_000),
            },
            CancellationToken.None)).Reason;
    }

    private static async Task<ReasonCode> ReasonAsync(OpenTo open, AccountsSnapshot accounts, string? address)
    {
        using var gate = new PasswordGate(1, 1);
        var now = new SecuritySnapshot(1, accounts, DenyList.Empty, RevocationList.Empty);
        var request = new ConnectRequest { ClientId = "c", Version = MqttVersion.V5, Remote = address is null ? null : new IPEndPoint(IPAddress.Parse(address), 50_000) };
        return (await new AccountAuthenticator(() => now, gate, open).AuthenticateAsync(request, CancellationToken.None)).Reason;
    }
}
