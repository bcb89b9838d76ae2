namespace TrafficCore.TestKit.Processes;

/// <summary>A directory of its own for one test, deleted with its content at the end.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    /// <summary>Absolute path.</summary>
    public string FullName { get; } = Directory.CreateTempSubdirectory("trafficcore-").FullName;

    /// <summary>A path inside.</summary>
    public string this[string name] => Path.Combine(FullName, name);

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Directory.Delete(FullName, recursive: true);
        }
        catch (IOException)
        {
            // A killed server's last files may still be closing; the system's temporary directory is cleaned anyway.
        }
    }
}
