using TrafficCore.Host.Cli;
using TrafficCore.Host.Security.Accounts;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Security;

/// <summary><c>trafficcore passwd</c> and <c>key</c> on a file of their own.</summary>
public sealed class SecurityCommandTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string AccountsPath => _directory["accounts.json"];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Passwd_NewAccount_IsHashedAndPrivate()
    {
        Assert.Equal((0, "", ""), await RunAsync("a good password\n", "passwd", "cab-1", "--owns", "int-1,int-2/detector/d-1"));
        var text = await File.ReadAllTextAsync(AccountsPath);
        Assert.DoesNotContain("a good password", text, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(AccountsPath));
        }

        var account = AccountsFile.Read(AccountsPath).Accounts.Find("cab-1")!;
        Assert.Equal((AccountRole.Device, 2), (account.Role, account.Owns.Length));
        Assert.True(account.Password!.Matches("a good password"u8));

        Assert.Equal(0, (await RunAsync("another password\n", "passwd", "cab-1", "--role", "viewer")).Code);
        account = AccountsFile.Read(AccountsPath).Accounts.Find("cab-1")!;
        Assert.Equal((AccountRole.Viewer, 2), (account.Role, account.Owns.Length));
        Assert.Equal(0, (await RunAsync("", "passwd", "cab-1", "--delete")).Code);
        Assert.Equal(0, AccountsFile.Read(AccountsPath).Accounts.Count);
    }

    [Theory]
    [InlineData("short\n", "passwd", "cab-1")]
    [InlineData("", "passwd", "cab-1")]
    [InlineData("long enough\n", "passwd", "cab/1")]
    [InlineData("long enough\n", "passwd", "cab-1", "--owns", "int+")]
    [InlineData("", "passwd", "cab-1", "--delete")]
    [InlineData("", "passwd")]
    [InlineData("", "key", "add", "--scope", "read", "--purpose", "p", "--expires", "9999d")]
    [InlineData("", "key", "revoke", "none")]
    public async Task Command_WhatCannotBe_IsToldAndChangesNothing(string input, params string[] command)
    {
        var (code, _, error) = await RunAsync(input, command);
        Assert.Equal(ExitCodes.Usage, code);
        Assert.NotEqual("", error);
        Assert.False(File.Exists(AccountsPath));
    }

    [Fact]
    public async Task Passwd_FromCsv_MakesAllOrNone()
    {
        var csv = _directory["devices.csv"];
        await File.WriteAllLinesAsync(csv, ["name,role,owns,password", "cab-1,device,int-1;int-2,", "cab-2,device,int-3,its own password", "op,operator,,"]);
        var (code, output, _) = await RunAsync("", "passwd", "--from-csv", csv);
        Assert.Equal(0, code);
        var made = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Trim().Split(',')).ToDictionary(cells => cells[0], cells => cells[1]);
        Assert.Equal(["cab-1", "op"], made.Keys.Order(StringComparer.Ordinal));
        var accounts = AccountsFile.Read(AccountsPath).Accounts;
        Assert.Equal(3, accounts.Count);
        Assert.True(accounts.Find("cab-1")!.Password!.Matches(System.Text.Encoding.UTF8.GetBytes(made["cab-1"])));
        Assert.True(accounts.Find("cab-2")!.Password!.Matches("its own password"u8));

        await File.WriteAllLinesAsync(csv, ["name,role,owns,password", "new,device,,", "cab-4,boss,,", "cab-5,device,,a,b", "cab-6,device,,short"]);
        (code, output, var error) = await RunAsync("", "passwd", "--from-csv", csv);
        Assert.Equal((ExitCodes.Usage, ""), (code, output));
        Assert.Equal(3, error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(3, AccountsFile.Read(AccountsPath).Accounts.Count);
    }

    [Fact]
    public async Task Key_AddListRevoke_KeepsOnlyTheHash()
    {
        var (code, text, _) = await RunAsync("", "key", "add", "--scope", "operate", "--purpose", "signs of the tunnel");
        Assert.Equal(0, code);
        Assert.True(ApiKey.TrySplit(text.Trim(), out var id, out var secret));
        Assert.DoesNotContain(secret, await File.ReadAllTextAsync(AccountsPath), StringComparison.Ordinal);
        Assert.Contains($"{id} operate ", (await RunAsync("", "key", "list")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("", "key", "revoke", id)).Code);
        Assert.Equal("", (await RunAsync("", "key", "list")).Output);
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(string input, params string[] command)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var reader = new StringReader(input);
        var code = await CommandLine.RunAsync([.. command, $"--Security:AccountsFile={AccountsPath}"], output, error, reader);
        return (code, output.ToString(), error.ToString());
    }
}
