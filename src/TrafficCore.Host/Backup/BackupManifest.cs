using System.Security.Cryptography;
using System.Text.Json;
using TrafficCore.Log;

namespace TrafficCore.Host.Backup;

/// <summary>A file of a backup.</summary>
/// <param name="Path">Relative to the backup, with slashes.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Sha256">Hash of its content, hexadecimal.</param>
internal sealed record BackupFile(string Path, long Length, string Sha256);

/// <summary>A file that the configuration names and that was taken along.</summary>
/// <param name="Key">Configuration key, or <c>appsettings.json</c>.</param>
/// <param name="From">Where it was.</param>
/// <param name="Path">Where it is in the backup.</param>
internal sealed record BackupConfiguration(string Key, string From, string Path);

/// <summary>What a backup consists of. Written last; beside it lies its own hash, in the form of <c>sha256sum</c>.</summary>
/// <param name="Format">1.</param>
/// <param name="Program">Version of the program that wrote it.</param>
/// <param name="Taken">When it was begun: what was durable then is in it.</param>
/// <param name="InputEnd">Input position at which it ends.</param>
/// <param name="LastReceived">Receive time of the last input record; null without any.</param>
/// <param name="Configuration">Files of the configuration.</param>
/// <param name="Files">All files but the manifest.</param>
internal sealed record BackupManifest(
    int Format,
    string Program,
    DateTimeOffset Taken,
    long InputEnd,
    DateTimeOffset? LastReceived,
    IReadOnlyList<BackupConfiguration> Configuration,
    IReadOnlyList<BackupFile> Files)
{
    public const int CurrentFormat = 1;
    public const string FileName = "manifest.json";
    public const string HashName = "manifest.sha256";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Writes it with its hash, durable but for the names.</summary>
    public void Write(string backup)
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(this, Json);
        WriteFile(Path.Combine(backup, FileName), content);
        WriteFile(Path.Combine(backup, HashName), [.. System.Text.Encoding.ASCII.GetBytes($"{Convert.ToHexStringLower(SHA256.HashData(content))}  {FileName}\n")]);
    }

    /// <summary>Why a directory is no backup; null when it is one, whole or not.</summary>
    public static string? Missing(string backup) => File.Exists(Path.Combine(backup, FileName)) && File.Exists(Path.Combine(backup, HashName))
        ? null
        : $"{Path.GetFullPath(backup)} is not a backup: it has no {FileName} and {HashName}";

    /// <summary>Reads it; null, and why, when it is not as it was written.</summary>
    public static BackupManifest? Read(string backup, out string problem)
    {
        var path = Path.Combine(backup, FileName);
        try
        {
            var content = File.ReadAllBytes(path);
            var isWhole = File.ReadAllText(Path.Combine(backup, HashName)).StartsWith(Convert.ToHexStringLower(SHA256.HashData(content)), StringComparison.Ordinal);
            problem = $"{FileName} or {HashName} is damaged";
            var manifest = isWhole ? JsonSerializer.Deserialize<BackupManifest>(content, Json) : null;
            if (manifest is { Format: not CurrentFormat })
            {
                problem = $"the backup has format {manifest.Format}; this program knows {CurrentFormat}";
                return null;
            }

            return manifest;
        }
        catch (JsonException error)
        {
            problem = $"{FileName}: {error.Message}";
            return null;
        }
    }

    private static void WriteFile(string path, byte[] content)
    {
        using var file = PhysicalFileSystem.Instance.Create(path, 0);
        file.Write(content, 0);
        file.Sync();
    }
}
