using System.Text.Json;
using TrafficCore.Host.Security.Accounts;
using TrafficCore.Host.Security.Passwords;
using TrafficCore.IntegrationTests.Mqtt;
using TrafficCore.Mqtt.Wire;
using TrafficCore.TestKit.Mqtt;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Security;

/// <summary>An accounts file and a deny list of one test; each account's password is its name and "-secret".</summary>
internal sealed class AccountFile : IDisposable
{
    private const int QuickRounds = 1000;

    private readonly TemporaryDirectory directory = new();
    private readonly AccountsDocument document = new();

    public AccountFile()
    {
        Put("cab-1", AccountRole.Device, "int-1");
        Put("cab-2", AccountRole.Device, "int-2");
        Put("reader", AccountRole.Viewer);
        Put("op", AccountRole.Operator);
        Put("root", AccountRole.Admin);
        Write();
        File.WriteAllText(Denied, "# nobody yet\n");
    }

    public string Path => directory["accounts.json"];

    public string Denied => directory["deny.txt"];

    /// <summary>Command-line settings of a service that uses them.</summary>
    public string[] Settings => [$"--Security:AccountsFile={Path}", $"--Security:DenyFile={Denied}", "--Mqtt:Address=127.0.0.1"];

    public static string PasswordOf(string name) => name + "-secret";

    public void Put(string name, AccountRole role, params string[] owns)
    {
        // The same hash as before, when there is one: another salt would be another password.
        var password = document.Accounts.Find(a => a.Name == name)?.Password ?? PasswordHash.Create(PasswordOf(name), QuickRounds).Text;
        document.Accounts.RemoveAll(a => a.Name == name);
        document.Accounts.Add(new AccountEntry { Name = name, Role = role, Password = password, Owns = [.. owns] });
    }

    public void GrantClientId(string name, string clientId) => document.Accounts.Single(a => a.Name == name).ClientIds = [clientId];

    public void Remove(string name) => document.Accounts.RemoveAll(a => a.Name == name);

    public string AddKey(KeyScope scope, DateTimeOffset expires)
    {
        var (key, text) = ApiKey.Create(scope, "test", DateTimeOffset.UnixEpoch, expires);
        (document.Keys ??= []).Add(new KeyEntry { Id = key.Id, Hash = key.Hash, Scope = key.Scope, Purpose = key.Purpose, Created = key.Created, Expires = key.Expires });
        return text;
    }

    public void Write() => AccountsFile.Write(Path, document);

    /// <summary>Opens a connection and sends CONNECT as an account; the answer is not read.</summary>
    public static async Task<RawClient> OpenAsync(
        int port, string? account, string? clientId = null, MqttVersion version = MqttVersion.V5, string? password = null, bool clean = true, string? will = null, uint expirySeconds = 0)
    {
        var client = await RawClient.OpenAsync(port, version);
        await client.SendAsync(RawClient.Encode(output =>
        {
            var properties = new PropertyBuilder(stackalloc byte[16]);
            if (expirySeconds > 0 && version == MqttVersion.V5)
            {
                properties.Add(PropertyId.SessionExpiryInterval, expirySeconds);
            }

            MqttEncoder.Connect(output, new ConnectPacket
            {
                Version = version,
                ClientId = Bytes(clientId ?? account ?? ""),
                CleanStart = clean,
                Properties = properties.Written,
                HasUserName = account is not null,
                UserName = Bytes(account ?? ""),
                HasPassword = account is not null,
                Password = Bytes(account is null ? "" : password ?? PasswordOf(account)),
                WillTopic = will is null ? default : Bytes(will),
                WillPayload = Bytes(will is null ? "" : "gone"),
            });
        }));
        return client;
    }

    /// <summary>The same, let in.</summary>
    public static async Task<RawClient> ConnectAsync(
        int port, string? account, string? clientId = null, MqttVersion version = MqttVersion.V5, bool clean = true, string? will = null, uint expirySeconds = 0)
    {
        var client = await OpenAsync(port, account, clientId, version, clean: clean, will: will, expirySeconds: expirySeconds);
        Assert.Contains("Success", await client.ReadAsync(), StringComparison.Ordinal);
        return client;
    }

    public void Dispose() => directory.Dispose();

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}
