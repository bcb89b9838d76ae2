namespace TrafficCore.Log;

/// <summary>
/// Makes the next segment's file ahead of need: zero-filled, so that a later fdatasync finds its blocks allocated and
/// written (90 -> 45 us measured), and synced in small steps, so that commits do not queue behind 64 MiB.
/// </summary>
/// <remarks>
/// Ownership: the log's writer calls; at most one background thread fills, and hands its file over under the lock.
/// </remarks>
internal sealed class SegmentPreparer(string directory, ILogFileSystem files, bool inline, Action<Exception> onFailure) : IDisposable
{
    private const int ChunkBytes = 256 * 1024;
    private const int SyncEveryBytes = 4 * 1024 * 1024;

    private static readonly byte[] Zeros = new byte[ChunkBytes];

    private readonly Lock _gate = new();
    private PreparedFile? _ready;
    private Thread? _thread;
    private volatile bool _stopping;
    private int _made;

    /// <summary>Name of files that are not segments yet; recovery deletes them.</summary>
    public const string Extension = ".tmp";

    /// <summary>Starts to prepare a file of a length, unless one is ready or being made.</summary>
    public void Begin(long length)
    {
        lock (_gate)
        {
            if (_ready is not null || _thread is not null || _stopping)
            {
                return;
            }

            if (!inline)
            {
                _thread = new Thread(() => Fill(length)) { IsBackground = true, Name = "log-prepare", Priority = ThreadPriority.BelowNormal };
                _thread.Start();
                return;
            }
        }

        Fill(length);
    }

    /// <summary>The prepared file when it is long enough, else a new one that is only reserved, not filled.</summary>
    public PreparedFile Take(long length)
    {
        lock (_gate)
        {
            if (_ready is { } ready && ready.File.Length >= length)
            {
                _ready = null;
                return ready;
            }
        }

        var path = NextPath();
        return new PreparedFile(path, files.Create(path, length));
    }

    public void Dispose()
    {
        Thread? thread;
        lock (_gate)
        {
            _stopping = true;
            thread = _thread;
        }

        thread?.Join();
        _ready?.Discard(files);
        _ready = null;
    }

    private string NextPath() => Path.Combine(directory, $"next-{Interlocked.Increment(ref _made)}{Extension}");

    private void Fill(long length)
    {
        PreparedFile? made = null;
        try
        {
            var path = NextPath();
            made = new PreparedFile(path, files.Create(path, length));
            WriteZeros(made.File, length);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            made?.Discard(files);
            made = null;
            onFailure(failure);
        }
        finally
        {
            lock (_gate)
            {
                _ready = made;
                _thread = null;
            }
        }
    }

    private void WriteZeros(ILogFile file, long length)
    {
        for (long offset = 0; offset < length && !_stopping; offset += ChunkBytes)
        {
            file.Write(Zeros.AsSpan(0, (int)Math.Min(ChunkBytes, length - offset)), offset);
            if (offset % SyncEveryBytes == SyncEveryBytes - ChunkBytes)
            {
                file.Sync();
            }
        }

        file.Sync();
    }
}

/// <summary>A file that is about to become a segment, still under its temporary name.</summary>
internal sealed record PreparedFile(string Path, ILogFile File)
{
    /// <summary>Gives it up; a file that can't be deleted is deleted by the next recovery.</summary>
    public void Discard(ILogFileSystem files)
    {
        File.Dispose();
        try
        {
            files.Delete(Path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
        }
    }
}
