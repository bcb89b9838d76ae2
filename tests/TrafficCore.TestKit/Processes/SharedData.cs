namespace TrafficCore.TestKit.Processes;

/// <summary>Recorded data that lies beside the checkout in <c>../shared/data</c>; it is read there and never copied.</summary>
public static class SharedData
{
    /// <summary>The file, or null when the folder is not there.</summary>
    /// <param name="relativePath">Path below <c>shared/data</c>.</param>
    public static string? Find(string relativePath)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "TrafficCore.sln")))
            {
                var path = Path.Combine(folder.FullName, "..", "shared", "data", relativePath);
                return File.Exists(path) ? Path.GetFullPath(path) : null;
            }
        }

        return null;
    }
}
