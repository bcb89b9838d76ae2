using TrafficCore.Log;

namespace TrafficCore.TestKit.Log;

/// <summary>An open file of <see cref="ForgetfulFileSystem"/>; it outlives its name.</summary>
internal sealed class ForgetfulFile(ForgetfulFileSystem files, string path, ForgetfulInode inode) : ILogFile
{
    public long Length => files.Look(() => inode.Length);

    public int Read(Span<byte> destination, long offset)
    {
        var buffer = new byte[destination.Length];
        var read = files.Look(() => inode.Read(buffer, offset));
        buffer.AsSpan(0, read).CopyTo(destination);
        return read;
    }

    public void Write(ReadOnlySpan<byte> source, long offset)
    {
        var bytes = source.ToArray();
        files.Do(
            FileOperation.Write,
            path,
            () => inode.Write(bytes, offset),
            failing => inode.Write(bytes.AsSpan(0, failing.Survives() ? bytes.Length / 2 : 0), offset));
    }

    public void Sync() => files.Do(FileOperation.Sync, path, inode.Sync, inode.FailSync);

    public void Dispose()
    {
    }
}
