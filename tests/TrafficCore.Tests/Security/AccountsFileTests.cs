using System.Text;
using TrafficCore.Host.Security.Access;
using TrafficCore.Host.Security.Accounts;
using System.Net;

namespace TrafficCore.Tests.Security;

public sealed class AccountsFileTests
{
    [Fact]
    public void Parse_WholeFile_GivesAccountsGrantsAndKeys()
    {
        var (accounts, errors) = Parse("""
            {"shape":1,"accounts":[{"name":"cab-1","role":"device","owns":["int-0001","int-0002/detector/d-1"],"clientIds":["old-*"]}],
             "roles":[{"role":"device","publish":["site/%u/#"]}],
             "keys":[{"id":"0a","hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","scope":"read","purpose":"p","created":"2026-01-01T00:00:00Z","expires":"2026-02-01T00:00:00Z"}]}
            """);
        Assert.Empty(errors);
        Assert.Equal(AccountRole.Device, accounts.Find("cab-1")!.Role);
        Assert.Single(accounts.GrantsOf(AccountRole.Device).Publish);
        Assert.Equal(KeyScope.Read, accounts.FindKey("0a")!.Scope);
    }

    [Fact]
    public void Parse_SeveralMistakes_TellsAllAndQuotesNoSecret()
    {
        var (accounts, errors) = Parse("""
            {"shape":2,"accounts":[{"name":"a/b","role":"device","password":"plain-secret","owns":["int+","int-1/lamp/x"],"publish":["a/#/b"]},
             {"name":"two","role":"admin"},{"name":"two","role":"admin"}]}
            """);
        Assert.Equal(0, accounts.Count);
        Assert.Equal(
            ["accounts", "accounts[0].name", "accounts[0].owns", "accounts[0].owns", "accounts[0].password", "accounts[0].publish", "shape"],
            errors.Select(e => e.Key).Order(StringComparer.Ordinal));
        Assert.DoesNotContain("plain-secret", string.Join('\n', errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"shape\":1,\"accounts\":[{\"name\":\"x\"}]}")]
    [InlineData("{\"shape\":1,\"accounts\":[{\"name\":\"x\",\"role\":\"root\"}]}")]
    [InlineData("{\"shape\":1,\"accounts\":[{\"name\":\"x\",\"role\":3}]}")]
    [InlineData("{\"shape\":1,\"accounts\":[],\"acounts\":[]}")]
    [InlineData("{\"shape\":1,\"accounts\":[{\"name\":\"x\",\"role\":\"device\",\"role\":\"admin\"}]}")]
    public void Parse_WhatIsNoFile_IsRefused(string content) => Assert.NotEmpty(Parse(content).Errors);

    [Fact]
    public void Key_Made_MatchesOnlyItsSecretAndOnlyInTime()
    {
        var now = DateTimeOffset.UnixEpoch;
        var (key, text) = ApiKey.Create(KeyScope.Operate, "signs", now, now.AddDays(1));
        Assert.True(ApiKey.TrySplit(text, out var id, out var secret));
        Assert.Equal(key.Id, id);
        Assert.DoesNotContain(secret, key.Hash, StringComparison.Ordinal);
        Assert.True(key.Matches(secret, now));
        Assert.False(key.Matches(secret, now.AddDays(1)));
        Assert.False(key.Matches(secret + "x", now));
        Assert.False(ApiKey.TrySplit("tck_short", out _, out _));
    }

    [Fact]
    public void DenyList_Lines_KeepOutNamesAndNetworks()
    {
        var (list, errors) = DenyList.Parse(["# stolen", "user cab-7", "client pole 9", "address 10.1.0.0/16", "address 192.0.2.7", "certificate 0aFF"]);
        Assert.Empty(errors);
        Assert.True(list.Denies("cab-7", null, null));
        Assert.True(list.Denies(null, "pole 9", null));
        Assert.True(list.Denies(null, null, "0AFF"));
        Assert.False(list.Denies("cab-8", "pole", "0AFE"));
        Assert.True(list.Denies(IPAddress.Parse("10.1.2.3")));
        Assert.True(list.Denies(IPAddress.Parse("::ffff:192.0.2.7")));
        Assert.False(list.Denies(IPAddress.Parse("10.2.0.1")));
        Assert.False(list.Denies((IPAddress?)null));
    }

    [Theory]
    [InlineData("cab-7")]
    [InlineData("user")]
    [InlineData("address 10.1.0.0/99")]
    [InlineData("address here")]
    [InlineData("uzer cab-7")]
    public void DenyList_LineThatMeansNothing_IsAnErrorNotARemark(string line) => Assert.Equal("line 2", Assert.Single(DenyList.Parse(["", line]).Errors).Key);

    private static (AccountsSnapshot Accounts, IReadOnlyList<TrafficCore.Host.Configuration.ConfigurationError> Errors) Parse(string content) =>
        AccountsFile.Parse(Encoding.UTF8.GetBytes(content));
}
