using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using TrafficCore.Host.Security.Passwords;

namespace TrafficCore.Host.Security.Accounts;

/// <summary>What an account is for.</summary>
internal enum AccountRole
{
    /// <summary>A roadside device or cabinet: speaks for what it owns over MQTT; HTTP is closed to it.</summary>
    Device,

    /// <summary>Reads everything, over MQTT and HTTP.</summary>
    Viewer,

    /// <summary>Reads everything, commands boards by HTTP, and publishes outside the topic root.</summary>
    Operator,

    /// <summary>An operator who also reads the audit log.</summary>
    Admin,
}

/// <summary>One account. Immutable.</summary>
internal sealed partial class Account
{
    private readonly byte[][] clientIds;

    public Account(string name, AccountRole role, PasswordHash? password)
        : this(name, role, password, [], [], [], [])
    {
    }

    public Account(
        string name, AccountRole role, PasswordHash? password, IEnumerable<string> owns, IEnumerable<string> publish, IEnumerable<string> subscribe, IEnumerable<string> clientIds)
    {
        (Name, Role, Password) = (name, role, password);
        Owns = Bytes(owns);
        Publish = Bytes(publish);
        Subscribe = Bytes(subscribe);
        this.clientIds = Bytes(clientIds);
        Stamp = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{name}\n{role}\n{password?.Text}")))[..32];
    }

    public string Name { get; }

    public AccountRole Role { get; }

    /// <summary>The password's hash; null for one that comes with a certificate only.</summary>
    public PasswordHash? Password { get; }

    /// <summary>What it speaks for: <c>int-0001</c>, <c>int-0001/detector/d-01</c>, or <c>*</c> for everything.</summary>
    public byte[][] Owns { get; }

    /// <summary>Further filters that it may publish to, with <c>%u</c> and <c>%c</c>.</summary>
    public byte[][] Publish { get; }

    /// <summary>Further filters that it may subscribe to.</summary>
    public byte[][] Subscribe { get; }

    /// <summary>Changes with everything that makes an earlier login worthless: password and role.</summary>
    public string Stamp { get; }

    /// <summary>Names begin with a letter or digit: never an option of a command, a wildcard, or a level of a topic.</summary>
    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    internal static partial Regex NameForm { get; }

    /// <summary>The file grants it client ids beside its own.</summary>
    public bool ListsClientIds => clientIds.Length > 0;

    /// <summary>The account whose ids have this form: <c>NAME</c>, <c>NAME:anything</c> or <c>NAME/anything</c>.</summary>
    public static ReadOnlySpan<char> NameOfClientId(ReadOnlySpan<char> clientId) => clientId.IndexOfAny(':', '/') is >= 0 and var end ? clientId[..end] : clientId;

    /// <summary>The id is among those that the file grants beside the account's own; a trailing <c>*</c> stands for any rest.</summary>
    public bool ListsClientId(string clientId)
    {
        var id = Encoding.UTF8.GetBytes(clientId);
        return clientIds.Any(granted => granted[^1] == (byte)'*' ? id.AsSpan().StartsWith(granted.AsSpan(0, granted.Length - 1)) : id.AsSpan().SequenceEqual(granted));
    }

    private static byte[][] Bytes(IEnumerable<string> texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];
}
