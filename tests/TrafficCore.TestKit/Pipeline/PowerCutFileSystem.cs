using TrafficCore.Log;
using TrafficCore.TestKit.Log;

namespace TrafficCore.TestKit.Pipeline;

/// <summary>
/// Shows a <see cref="ForgetfulFileSystem"/>'s crash as I/O errors, so that a service with threads of its own can be taken apart
/// after it instead of taking the test process with it.
/// </summary>
public sealed class PowerCutFileSystem(ForgetfulFileSystem inner) : ILogFileSystem
{
    /// <summary>Whether the power is gone.</summary>
    public bool HasCrashed => inner.Crashed;

    public bool DirectoryExists(string path) => Try(() => inner.DirectoryExists(path));

    public void CreateDirectory(string path) => Try(() => inner.CreateDirectory(path));

    public IReadOnlyList<string> ListFiles(string directory) => Try(() => inner.ListFiles(directory));

    public ILogFile Create(string path, long length) => Try(() => new PowerCutFile(inner.Create(path, length)));

    public ILogFile Open(string path, bool writable) => Try(() => new PowerCutFile(inner.Open(path, writable)));

    public void Rename(string from, string to) => Try(() => inner.Rename(from, to));

    public void Delete(string path) => Try(() => inner.Delete(path));

    public void SyncDirectory(string path) => Try(() => inner.SyncDirectory(path));

    public IDisposable Lock(string directory) => Try(() => inner.Lock(directory));

    private static void Try(Action work) => Try(() =>
    {
        work();
        return 0;
    });

    private static T Try<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (SimulatedCrash crash)
        {
            throw new IOException("The power is gone.", crash);
        }
    }

    private sealed class PowerCutFile(ILogFile file) : ILogFile
    {
        public long Length => Try(() => file.Length);

        public int Read(Span<byte> destination, long offset)
        {
            try
            {
                return file.Read(destination, offset);
            }
            catch (SimulatedCrash crash)
            {
                throw new IOException("The power is gone.", crash);
            }
        }

        public void Write(ReadOnlySpan<byte> source, long offset)
        {
            try
            {
                file.Write(source, offset);
            }
            catch (SimulatedCrash crash)
            {
                throw new IOException("The power is gone.", crash);
            }
        }

        public void Sync() => Try(file.Sync);

        public void Dispose() => file.Dispose();
    }
}
