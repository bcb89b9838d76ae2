using System.Text.Json;
using TrafficCore.Host.Configuration;

namespace TrafficCore.Host.Security.Accounts;

/// <summary>Reads, checks and writes the accounts file.</summary>
internal static class AccountsFile
{
    // Owner only: the hashes are what an attacker would guess passwords against.
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Reads and checks a file; the accounts are to be used only when there are no errors.</summary>
    public static (AccountsSnapshot Accounts, IReadOnlyList<ConfigurationError> Errors) Read(string path)
    {
        var (document, errors) = ReadDocument(path);
        return document is null ? (AccountsSnapshot.Empty, errors) : new AccountsCheck(document).Read();
    }

    /// <summary>Checks the content of a file.</summary>
    public static (AccountsSnapshot Accounts, IReadOnlyList<ConfigurationError> Errors) Parse(ReadOnlySpan<byte> content)
    {
        var (document, errors) = ParseDocument(content);
        return document is null ? (AccountsSnapshot.Empty, errors) : new AccountsCheck(document).Read();
    }

    /// <summary>Reads a file without judging its content; null when it is none.</summary>
    public static (AccountsDocument? Document, IReadOnlyList<ConfigurationError> Errors) ReadDocument(string path)
    {
        try
        {
            return ParseDocument(File.ReadAllBytes(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return (null, [new ConfigurationError("$", error.Message)]);
        }
    }

    /// <summary>Puts another content in the file's place at once: a service that watches it sees the old one or the new one.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static void Write(string path, AccountsDocument document)
    {
        var next = Path.GetFullPath(path) + ".next";
        File.Delete(next); // left by a run that was killed; its mode may be another
        var create = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            create.UnixCreateMode = Private;
        }

        using (var file = new FileStream(next, create))
        {
            JsonSerializer.Serialize(file, document, AccountsDocument.Json);
            file.Flush(flushToDisk: true);
        }

        File.Move(next, path, overwrite: true);
    }

    private static (AccountsDocument? Document, IReadOnlyList<ConfigurationError> Errors) ParseDocument(ReadOnlySpan<byte> content)
    {
        try
        {
            return JsonSerializer.Deserialize<AccountsDocument>(content, AccountsDocument.Json) is { } document
                ? (document, [])
                : (null, [new ConfigurationError("$", "must be an object with shape and accounts")]);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // The parser's message names places and types; it quotes no values, so no hash ends in a log.
            return (null, [new ConfigurationError((error as JsonException)?.Path ?? "$", error.Message)]);
        }
    }
}
