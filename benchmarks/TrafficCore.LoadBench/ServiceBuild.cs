namespace TrafficCore.LoadBench;

/// <summary>Builds the service of this checkout.</summary>
internal static class ServiceBuild
{
    private const string Project = "src/TrafficCore.Host";

    /// <summary>Builds in Release and returns the program's path.</summary>
    public static async Task<string> BuildAsync(TextWriter output)
    {
        var root = FindRoot();
        await output.WriteLineAsync("building the service ...");
        await OwnedProcess.RunAsync("dotnet", ["build", "-c", "Release", Path.Combine(root, Project), "-v", "quiet", "-nologo"], TimeSpan.FromMinutes(5));
        return Path.Combine(root, Project, "bin", "Release", "net10.0", "trafficcore");
    }

    /// <summary>The checkout, above the working directory or the program.</summary>
    public static string FindRoot()
    {
        foreach (var begin in (string[])[Environment.CurrentDirectory, AppContext.BaseDirectory])
        {
            for (var folder = new DirectoryInfo(begin); folder is not null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, "TrafficCore.sln")))
                {
                    return folder.FullName;
                }
            }
        }

        throw new BenchException("no TrafficCore.sln above the working directory; --service names a built program.");
    }
}
