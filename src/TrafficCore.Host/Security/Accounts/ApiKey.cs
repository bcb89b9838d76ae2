using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace TrafficCore.Host.Security.Accounts;

/// <summary>What an API key opens.</summary>
internal enum KeyScope
{
    /// <summary><c>/metrics</c> alone.</summary>
    Metrics,

    /// <summary>What a viewer may.</summary>
    Read,

    /// <summary>What an operator may.</summary>
    Operate,

    /// <summary>What an admin may.</summary>
    Administer,
}

/// <summary>A key of a program for the HTTP API; the key itself is not kept. Immutable.</summary>
/// <param name="Id">Public part, for logs and for taking it back.</param>
/// <param name="Hash">SHA-256 of the secret part. A fast hash is enough: 256 random bits cannot be guessed, so there is nothing for a slow one to slow down (NIST SP 800-63B 5.1.2.2).</param>
/// <param name="Scope">What it opens.</param>
/// <param name="Purpose">What it was made for.</param>
/// <param name="Created">When.</param>
/// <param name="Expires">From here on it opens nothing.</param>
internal sealed record ApiKey(string Id, string Hash, KeyScope Scope, string Purpose, DateTimeOffset Created, DateTimeOffset Expires)
{
    /// <summary>What every key begins with, so that scanners of repositories find one that was left there.</summary>
    public const string Prefix = "tck_";

    private const int IdBytes = 6;
    private const int SecretBytes = 32;

    /// <summary>Makes a key; its text is shown once.</summary>
    public static (ApiKey Key, string Text) Create(KeyScope scope, string purpose, DateTimeOffset created, DateTimeOffset expires)
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        return (new ApiKey(id, HashOf(secret), scope, purpose, created, expires), $"{Prefix}{id}_{secret}");
    }

    /// <summary>Takes a key apart; false when it has not the form of one.</summary>
    public static bool TrySplit(string text, out string id, out string secret)
    {
        (id, secret) = ("", "");
        if (!text.StartsWith(Prefix, StringComparison.Ordinal) || text.Length <= Prefix.Length + (2 * IdBytes) + 1 || text[Prefix.Length + (2 * IdBytes)] != '_')
        {
            return false;
        }

        (id, secret) = (text.Substring(Prefix.Length, 2 * IdBytes), text[(Prefix.Length + (2 * IdBytes) + 1)..]);
        return true;
    }

    /// <summary>Whether this is its secret, at a time when it still counts.</summary>
    public bool Matches(string secret, DateTimeOffset now) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(HashOf(secret)), Encoding.ASCII.GetBytes(Hash)) && now < Expires;

    private static string HashOf(string secret) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
