namespace TrafficCore.TestKit;

/// <summary>Programs of the system that some tests talk to.</summary>
public static class RequiredTools
{
    private static readonly string[] Folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/sbin", "/usr/local/sbin"];

    /// <summary>True on a continuous integration run, where a missing program is a failure and not a skipped test.</summary>
    public static bool AreRequired => string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Where a program is, or null.</summary>
    /// <exception cref="FileNotFoundException">It is missing, and continuous integration needs it.</exception>
    public static string? Find(string program)
    {
        var path = Folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
        return path is null && AreRequired ? throw new FileNotFoundException($"{program} is not installed.", program) : path;
    }
}
