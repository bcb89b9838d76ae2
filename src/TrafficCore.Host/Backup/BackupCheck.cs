using System.Security.Cryptography;

namespace TrafficCore.Host.Backup;

/// <summary>Compares a backup with its manifest.</summary>
internal static class BackupCheck
{
    /// <summary>What is wrong, a line for each file; empty when all of it is as it was written.</summary>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static IReadOnlyList<string> Problems(string backup, BackupManifest manifest, CancellationToken stop) =>
        [.. manifest.Files.Select(file => ProblemOf(backup, file, stop)).OfType<string>()];

    /// <summary>Whether a path of a manifest lies inside the backup: a manifest is data, and may have been written by anybody.</summary>
    public static bool IsInside(string relative) =>
        !Path.IsPathRooted(relative) && relative.Length > 0 && relative.Split('/').All(static part => part is not ("" or "." or "..") && !part.Contains('\\', StringComparison.Ordinal));

    private static string? ProblemOf(string backup, BackupFile file, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        if (!IsInside(file.Path))
        {
            return $"{file.Path}: does not lie in the backup";
        }

        try
        {
            using var content = new FileStream(Path.Combine(backup, file.Path), FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
            return content.Length != file.Length ? FormattableString.Invariant($"{file.Path}: {content.Length} bytes instead of {file.Length}")
                : Convert.ToHexStringLower(SHA256.HashData(content)) != file.Sha256 ? $"{file.Path}: its content is not what was written"
                : null;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return $"{file.Path}: is missing";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"{file.Path}: {error.Message}";
        }
    }
}
