namespace TrafficCore.Log;

/// <summary>Directories whose own name is durable.</summary>
public static class DurableDirectory
{
    /// <summary>Creates what is missing of a path, and syncs the parents of what this or a killed process created.</summary>
    public static void Ensure(ILogFileSystem files, string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (Path.GetDirectoryName(full) is not { } parent)
        {
            return;
        }

        if (files.DirectoryExists(full))
        {
            SyncExisting(files, parent);
            return;
        }

        Ensure(files, parent);
        files.CreateDirectory(full);
        files.SyncDirectory(parent);
    }

    private static void SyncExisting(ILogFileSystem files, string parent)
    {
        try
        {
            files.SyncDirectory(parent);
        }
        catch (UnauthorizedAccessException)
        {
            // Who may not even list the parent did not create this directory: its name is not of this service's making.
        }
    }
}
