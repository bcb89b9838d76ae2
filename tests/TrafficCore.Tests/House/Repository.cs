using System.Xml.Linq;

namespace TrafficCore.Tests.House;

/// <summary>The checkout the tests were built from, found by its solution file.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static IEnumerable<string> SourceFiles(params string[] folders) =>
        folders.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories))
            .Where(path => !Relative(path).Split('/').Any(part => part is "bin" or "obj" or "node_modules"));

    public static IEnumerable<string> Projects() =>
        new[] { "src", "tests", "simulators", "benchmarks" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.csproj", SearchOption.AllDirectories));

    public static IReadOnlySet<string> References(string project) =>
        XDocument.Load(project).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value))
            .ToHashSet(StringComparer.Ordinal);

    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "TrafficCore.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No TrafficCore.sln above {AppContext.BaseDirectory}.");
    }
}
