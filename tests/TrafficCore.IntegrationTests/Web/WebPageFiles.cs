using System.Runtime.CompilerServices;

namespace TrafficCore.IntegrationTests.Web;

/// <summary>The page's files as they are written.</summary>
internal static class WebPageFiles
{
    public static string Folder { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "../../../src/TrafficCore.Host/Web/Page"));

    public static string Read(string name) => File.ReadAllText(Path.Combine(Folder, name));

    private static string Here([CallerFilePath] string path = "") => path;
}
