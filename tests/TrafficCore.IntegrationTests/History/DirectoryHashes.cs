using System.Security.Cryptography;

namespace TrafficCore.IntegrationTests.History;

/// <summary>What is in a directory, to compare before and after.</summary>
internal static class DirectoryHashes
{
    /// <summary>A line for each file: relative path and hash. The empty file that locks a data directory is left out.</summary>
    public static IReadOnlyList<string> Of(string directory) =>
    [
        .. Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)
            .Where(static path => Path.GetFileName(path) != "lock")
            .Order(StringComparer.Ordinal)
            .Select(path => $"{Path.GetRelativePath(directory, path)} {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)))}"),
    ];
}
