using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TrafficCore.Host.Cli;
using TrafficCore.Host.Security.Certificates;
using TrafficCore.IntegrationTests.Host;
using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;
using TrafficCore.TestKit.Mqtt;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Security;

/// <summary>The listener with TLS, and clients that prove who they are by a certificate.</summary>
public sealed class CertificateTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly AccountFile _accounts = new();
    private readonly CertificateFiles _files = new();
    private readonly TemporaryDirectory _directory = new();
    private RunningService _service = null!;

    private string List => _directory["revoked.pem"];

    public async ValueTask InitializeAsync()
    {
        var (certificate, key) = _files.Issue("127.0.0.1", isServer: true);
        _files.Revoke(List);
        _service = await RunningService.StartAsync(
            [.. _accounts.Settings, "--Mqtt:TlsPort=0", $"--Mqtt:TlsCertificateFile={certificate}", $"--Mqtt:TlsKeyFile={key}", $"--Mqtt:ClientCaFile={_files.Authority}", $"--Mqtt:ClientCrlFile={List}"]);
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        _accounts.Dispose();
        _files.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Certificate_OfAnAccount_IsThatAccountWithoutAPassword()
    {
        await using var client = await ConnectAsync(_files.Issue("cab-1", isServer: false));
        Assert.Equal(ReasonCode.Success, await PublishAsync(client, "int-1"));
        Assert.Equal(ReasonCode.NotAuthorized, await PublishAsync(client, "int-2"));
    }

    [Fact]
    public async Task Certificate_BesideAnothersName_IsRefused() =>
        await RefusedAsync(_files.Issue("cab-1", isServer: false), "cab-2", AccountFile.PasswordOf("cab-2"), ReasonCode.BadUserNameOrPassword);

    [Fact]
    public async Task Certificate_OfNobody_IsRefused() => await RefusedAsync(_files.Issue("stranger", isServer: false), null, null, ReasonCode.NotAuthorized);

    [Theory]
    [InlineData("cab-2,CN=cab-1")]
    [InlineData("cab-1,CN=cab-2")]
    [InlineData("cab-1+OU=cab-2")]
    public async Task Certificate_OfMoreThanOneName_IsNobodys(string name) => await RefusedAsync(_files.Issue(name, isServer: false), null, null, ReasonCode.NotAuthorized);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Certificate_OfAnotherAuthorityOrUse_IsNotLetIn(bool another)
    {
        using var others = new CertificateFiles();
        var pair = another ? others.Issue("cab-1", isServer: false) : _files.Issue("cab-1", isServer: true);
        var error = await Record.ExceptionAsync(() => ConnectAsync(pair));
        Assert.True(error is IOException or AuthenticationException or MqttConnectionException, error?.ToString() ?? "let in");
    }

    [Fact]
    public async Task Password_OverTls_NeedsNoCertificate()
    {
        await using var client = await ConnectAsync(null, "cab-1", AccountFile.PasswordOf("cab-1"));
        Assert.Equal(ReasonCode.Success, await PublishAsync(client, "int-1"));
        await RefusedAsync(null, "cab-1", "wrong", ReasonCode.BadUserNameOrPassword);
    }

    [Fact]
    public async Task Certificate_TakenBack_IsClosedAndKeptOut()
    {
        var (revoked, kept) = (_files.Issue("cab-1", isServer: false), _files.Issue("cab-2", isServer: false));
        await using var client = await ConnectAsync(revoked);
        await using var other = await ConnectAsync(kept, clientId: "cab-2");
        Assert.Equal(ReasonCode.Success, await PublishAsync(client, "int-1"));
        _files.Revoke(List, revoked.Certificate);
        await Eventually.ReachesAsync(async () => await Record.ExceptionAsync(() => PublishAsync(client, "int-1")) is null ? "still open" : null, Patience);
        await RefusedAsync(revoked, null, null, ReasonCode.Banned);
        Assert.Equal(ReasonCode.Success, await PublishAsync(other, "int-2"));
    }

    [Fact]
    public async Task Certificate_Required_PasswordAloneIsNotEnough()
    {
        var (certificate, key) = _files.Issue("127.0.0.1", isServer: true);
        await _service.DisposeAsync();
        _service = await RunningService.StartAsync(
            [.. _accounts.Settings, "--Mqtt:TlsPort=0", $"--Mqtt:TlsCertificateFile={certificate}", $"--Mqtt:TlsKeyFile={key}", $"--Mqtt:ClientCaFile={_files.Authority}", "--Mqtt:RequireClientCertificate=true"]);
        var error = await Record.ExceptionAsync(() => ConnectAsync(null, "cab-1", AccountFile.PasswordOf("cab-1")));
        Assert.True(error is IOException or AuthenticationException or MqttConnectionException { Reason: not ReasonCode.Success }, error?.ToString() ?? "let in");
        await using var client = await ConnectAsync(_files.Issue("cab-1", isServer: false));
        Assert.Equal(ReasonCode.Success, await PublishAsync(client, "int-1"));
    }

    [Fact]
    public async Task Check_FilesThatCannotBeUsed_NamesEach()
    {
        var (certificate, key) = _files.Issue("127.0.0.1", isServer: true);
        await File.WriteAllTextAsync(_directory["empty"], "");
        foreach (var (wrong, setting) in new[]
        {
            ("Mqtt:TlsCertificateFile", $"--Mqtt:TlsCertificateFile={_directory["empty"]}"),
            ("Mqtt:TlsCertificateFile", $"--Mqtt:TlsCertificateFile={_directory["none"]}"),
            ("Mqtt:TlsKeyFile", $"--Mqtt:TlsKeyFile={_files.Issue("other", isServer: true).Key}"),
            ("Mqtt:ClientCaFile", $"--Mqtt:ClientCaFile={_directory["empty"]}"),
            ("Mqtt:ClientCrlFile", $"--Mqtt:ClientCrlFile={certificate}"),
        })
        {
            using var output = new StringWriter();
            using var error = new StringWriter();
            string[] command =
            [
                "check", $"--Data:Directory={_directory["data"]}", $"--Mqtt:TlsCertificateFile={certificate}", $"--Mqtt:TlsKeyFile={key}", $"--Mqtt:ClientCaFile={_files.Authority}",
                $"--Mqtt:ClientCrlFile={List}", setting,
            ];
            Assert.Equal(ExitCodes.Usage, await CommandLine.RunAsync(command, output, error));
            var line = Assert.Single(error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
            Assert.StartsWith(wrong, line, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void RevocationList_OfSomebodyElse_IsRefused()
    {
        using var others = new CertificateFiles();
        var (certificate, _) = others.Issue("x", isServer: false);
        others.Revoke(List, certificate);
        X509Certificate2Collection ours = [X509CertificateLoader.LoadCertificateFromFile(_files.Authority)];
        X509Certificate2Collection theirs = [X509CertificateLoader.LoadCertificateFromFile(others.Authority)];
        Assert.Throws<CryptographicException>(() => RevocationList.Parse(File.ReadAllBytes(List), ours));
        var list = RevocationList.Parse(File.ReadAllBytes(List), theirs);
        using var own = X509CertificateLoader.LoadCertificateFromFile(certificate);
        Assert.True(list.Contains(own.SerialNumber));
        Assert.False(list.Contains(ours[0].SerialNumber));
        Assert.NotNull(list.NextUpdate);
        Assert.NotEmpty(RevocationList.Read(certificate, theirs).Errors);
        Assert.NotEmpty(RevocationList.Read(_directory["none"], theirs).Errors);
    }

    private static Task<ReasonCode> PublishAsync(MqttClient client, string intersection) =>
        client.PublishAsync(new MqttPublication($"traffic/v1/{intersection}/detector/d-1", "{\"volume\":1,\"interval\":1000}"u8.ToArray())).WaitAsync(Patience);

    private async Task RefusedAsync((string, string)? pair, string? name, string? password, ReasonCode reason)
    {
        var error = await Assert.ThrowsAsync<MqttConnectionException>(() => ConnectAsync(pair, name, password));
        Assert.Equal(reason, error.Reason);
    }

    private Task<MqttClient> ConnectAsync((string Certificate, string Key)? pair, string? name = null, string? password = null, string clientId = "cab-1") => MqttClient.ConnectAsync(new MqttClientOptions
    {
        Host = "127.0.0.1",
        Port = _service.Service.MqttTls!.Port,
        ClientId = clientId,
        UserName = name,
        Password = password,
        Tls = MqttTlsOptions.FromFiles(_files.Authority, pair?.Certificate ?? "", pair?.Key ?? ""),
    });
}
