namespace TrafficCore.Host.Backup;

/// <summary>How directories lie to each other.</summary>
internal static class DirectoryPaths
{
    /// <summary>Whether a path is a directory, or lies in it.</summary>
    public static bool IsInside(string path, string directory) => Whole(path).StartsWith(Whole(directory), StringComparison.Ordinal);

    private static string Whole(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)) + Path.DirectorySeparatorChar;
}
