using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace TrafficCore.Host.Security.Passwords;

/// <summary>A salted, slow hash of a password: <c>$pbkdf2-sha512$i=210000$salt$hash</c>, salt and hash in base64url. Immutable.</summary>
internal sealed class PasswordHash
{
    /// <summary>
    /// What OWASP's Password Storage Cheat Sheet asks of PBKDF2-HMAC-SHA512. Argon2id, its first choice, is not in the base class library, and no package of it is among those
    /// that the project builds from.
    /// </summary>
    public const int Iterations = 210_000;

    // NIST SP 800-132: at least 128 bits of salt; the hash is one block of SHA-512.
    private const int SaltBytes = 16;
    private const int HashBytes = 64;

    // Below this a hash is no obstacle; above, one login would hold a processor for a minute.
    private const int FewestIterations = 1000;
    private const int MostIterations = 10_000_000;
    private const string Scheme = "pbkdf2-sha512";

    private readonly byte[] salt;
    private readonly byte[] hash;

    private PasswordHash(string text, int iterations, byte[] salt, byte[] hash) => (Text, Rounds, this.salt, this.hash) = (text, iterations, salt, hash);

    /// <summary>As it stands in the file.</summary>
    public string Text { get; }

    /// <summary>Iterations it was made with.</summary>
    public int Rounds { get; }

    /// <summary>Hashes a password with a salt of its own. Slow by design.</summary>
    public static PasswordHash Create(ReadOnlySpan<byte> password, int iterations = Iterations)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        var hash = Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA512, HashBytes);
        var text = string.Create(CultureInfo.InvariantCulture, $"${Scheme}$i={iterations}${Base64Url.EncodeToString(salt)}${Base64Url.EncodeToString(hash)}");
        return new PasswordHash(text, iterations, salt, hash);
    }

    /// <summary>Hashes a text as it comes over MQTT and HTTP, in UTF-8.</summary>
    public static PasswordHash Create(string password, int iterations = Iterations) => Create(Encoding.UTF8.GetBytes(password), iterations);

    /// <summary>Reads a hash; null when it is none, or its cost is out of bounds.</summary>
    public static PasswordHash? Parse(string text)
    {
        var parts = text.Split('$');
        if (parts is not ["", Scheme, ['i', '=', .. var count], var salt, var hash]
            || !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var iterations)
            || iterations is < FewestIterations or > MostIterations)
        {
            return null;
        }

        try
        {
            var (saltBytes, hashBytes) = (Base64Url.DecodeFromChars(salt), Base64Url.DecodeFromChars(hash));
            return saltBytes.Length >= SaltBytes && hashBytes.Length == HashBytes ? new PasswordHash(text, iterations, saltBytes, hashBytes) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>Whether the password is the one. As slow for a wrong one as for the right one, and the comparison takes the same time always.</summary>
    public bool Matches(ReadOnlySpan<byte> password)
    {
        Span<byte> made = stackalloc byte[HashBytes];
        Rfc2898DeriveBytes.Pbkdf2(password, salt, made, Rounds, HashAlgorithmName.SHA512);
        return CryptographicOperations.FixedTimeEquals(made, hash);
    }
}
