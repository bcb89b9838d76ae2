namespace TrafficCore.Pipeline.Ingest;

/// <summary>Every network file that this process has met, each unpacked, parsed and held once, whoever needs it.</summary>
/// <remarks>
/// Ownership: any thread, under one lock: who asks for a file that another is reading waits for it instead of reading it again. Files are not let
/// go of: every version of the network is needed as long as windows of its time can be revised, and a network changes some times a year.
/// </remarks>
public sealed class NetworkFiles
{
    private readonly Lock _gate = new();
    private readonly List<NetworkFile> _files = [];

    /// <summary>The file of a record; null when it cannot be unpacked.</summary>
    public NetworkFile? Find(in NetworkView record) => Find(record.IsPacked, record.File);

    /// <summary>The file that lies in a record or a snapshot like this; null when it cannot be unpacked.</summary>
    internal NetworkFile? Find(bool isPacked, ReadOnlySpan<byte> content)
    {
        lock (_gate)
        {
            NetworkFile? known = FindUnderLock(isPacked, content);
            if (known is null && NetworkFile.Read(isPacked, content) is { } read)
            {
                _files.Add(known = read);
            }

            return known;
        }
    }

    /// <summary>The one that is known of two equal files, or this one, which is known from here on.</summary>
    internal NetworkFile Use(NetworkFile file)
    {
        lock (_gate)
        {
            if (FindUnderLock(file.IsPacked, file.Content) is { Network: not null } known)
            {
                return known;
            }

            _files.Add(file);
            return file;
        }
    }

    private NetworkFile? FindUnderLock(bool isPacked, ReadOnlySpan<byte> content)
    {
        // The newest first: a file that this release could not read at the start may have been found good since.
        for (int i = _files.Count - 1; i >= 0; i--)
        {
            if (_files[i].LiesAs(isPacked, content))
            {
                return _files[i];
            }
        }

        return null;
    }
}
