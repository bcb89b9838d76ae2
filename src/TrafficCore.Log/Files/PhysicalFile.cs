using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TrafficCore.Log;

/// <summary>An open file of <see cref="PhysicalFileSystem"/>.</summary>
internal sealed partial class PhysicalFile(SafeFileHandle handle) : ILogFile
{
    public long Length => RandomAccess.GetLength(handle);

    public int Read(Span<byte> destination, long offset)
    {
        var total = 0;
        while (total < destination.Length)
        {
            var read = RandomAccess.Read(handle, destination[total..], offset + total);
            if (read == 0)
            {
                break;
            }

            total += read;
        }

        return total;
    }

    public void Write(ReadOnlySpan<byte> source, long offset) => RandomAccess.Write(handle, source, offset);

    public void Sync()
    {
        if (!OperatingSystem.IsLinux())
        {
            // On macOS this is F_FULLFSYNC, which fdatasync is not.
            RandomAccess.FlushToDisk(handle);
        }
        else if (Fdatasync(handle) != 0)
        {
            throw PhysicalFileSystem.Failure("fdatasync", "a log file");
        }
    }

    public void Dispose() => handle.Dispose();

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Fdatasync(SafeFileHandle handle);
}
