using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TrafficCore.Log;

/// <summary>The machine's own file system.</summary>
public sealed partial class PhysicalFileSystem : ILogFileSystem
{
    private const string LockName = "lock";

    private PhysicalFileSystem()
    {
    }

    /// <summary>The one instance; it has no state.</summary>
    public static PhysicalFileSystem Instance { get; } = new();

    /// <inheritdoc/>
    public bool DirectoryExists(string path) => Directory.Exists(path);

    /// <inheritdoc/>
    public void CreateDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            // Payloads, sessions and the record of who did what are not for everybody with an account on the machine. One that is there keeps its mode.
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> ListFiles(string directory)
    {
        var names = Directory.EnumerateFiles(directory).Select(path => Path.GetFileName(path)).Where(name => name != LockName).ToArray();
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    /// <inheritdoc/>
    public ILogFile Create(string path, long length)
    {
        // Space is reserved now, so that a full disk refuses the segment and not a commit in the middle of it.
        var handle = File.OpenHandle(
            path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, FileOptions.None, length);
        try
        {
            RandomAccess.SetLength(handle, length);
            return new PhysicalFile(handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public ILogFile Open(string path, bool writable) => new PhysicalFile(File.OpenHandle(
        path, FileMode.Open, writable ? FileAccess.ReadWrite : FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));

    /// <inheritdoc/>
    public void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    /// <inheritdoc/>
    public void Delete(string path) => File.Delete(path);

    /// <inheritdoc/>
    public void SyncDirectory(string path)
    {
        // Windows has no such call; NTFS journals names by itself.
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var handle = OpenDirectory(path, flags: 0);
        if (handle.IsInvalid)
        {
            throw Failure("open", path);
        }

        if (Fsync(handle) != 0)
        {
            throw Failure("fsync", path);
        }
    }

    /// <inheritdoc/>
    public IDisposable Lock(string directory)
    {
        try
        {
            return new FileStream(Path.Combine(directory, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException held) when (IsSharingViolation(held))
        {
            // The system's message names a lock file; the operator knows a directory.
            throw new IOException($"{directory} is in use by another process.", held);
        }
    }

    // The BCL asks for an advisory lock; the code is that of EWOULDBLOCK (Linux, macOS) or of ERROR_SHARING_VIOLATION. A full disk is another.
    private static bool IsSharingViolation(IOException error) => error.HResult is 11 or 35 or unchecked((int)0x80070020);

    internal static Exception Failure(string call, string subject)
    {
        const int PermissionDenied = 13;
        var error = Marshal.GetLastPInvokeError();
        var text = $"{call} of {subject} failed: {Marshal.GetPInvokeErrorMessage(error)} (errno {error}).";
        return error == PermissionDenied ? new UnauthorizedAccessException(text) : new IOException(text);
    }

    // The BCL can neither open a directory nor call fdatasync (its flush is fsync).
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial SafeFileHandle OpenDirectory(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Fsync(SafeFileHandle handle);
}
