using TrafficCore.Log;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Shards;

namespace TrafficCore.Pipeline.Recovery;

/// <summary>The shards' pages in the state log.</summary>
/// <remarks>
/// Ownership: every shard's thread and the snapshotter, under one lock that is held for a copy, or for a disk read or sync.
/// A page may be read before it is durable: then it is made durable first, since a log is read below its durable end only.
/// </remarks>
internal sealed class PageStore : IPageStore, IDisposable
{
    // A full disk is an outage of a running service, not a defect: the shard waits, and with it everything in front of it, until
    // there is room. A start fails instead.
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly ManualResetEventSlim _abandon = new(initialState: false, spinCount: 0);
    private readonly LogWriter _log;
    private LogReader? _reader;
    private volatile bool _live;

    public PageStore(LogWriter log) => _log = log;

    public long Append(long position, long receivedMs, long elapsedMs, ReadOnlySpan<byte> page)
    {
        lock (_gate)
        {
            while (true)
            {
                try
                {
                    return _log.Append((byte)RecordType.Page, PageCodec.Version, count: 0, receivedMs, elapsedMs, page);
                }
                catch (LogUnavailableException) when (_live && !_abandon.Wait(RetryInterval))
                {
                    // Nothing was appended.
                }
            }
        }
    }

    /// <exception cref="MissingPageException">It cannot be read.</exception>
    public ReadOnlyMemory<byte> Read(long pagePosition)
    {
        lock (_gate)
        {
            if (pagePosition >= _log.DurableEnd)
            {
                CommitUnderLock();
            }

            _reader ??= _log.OpenReader(pagePosition);
            return TryRead(_reader, pagePosition) ?? throw new MissingPageException(pagePosition);
        }
    }

    /// <summary>Null when there is no page at the position: it was damaged, or the state log is not the one of the snapshot.</summary>
    public static byte[]? TryRead(LogReader reader, long pagePosition)
    {
        reader.Seek(pagePosition);
        return reader.Read(out var record) == LogReadStatus.Record && record.Position == pagePosition && record.Header.Type == (byte)RecordType.Page
            ? record.Body.ToArray()
            : null;
    }

    public void Commit()
    {
        lock (_gate)
        {
            _log.Commit();
        }
    }

    public void RetainFrom(long position) => _log.RetainFrom(position);

    /// <summary>Why the disk takes nothing; null while it does.</summary>
    public string? Refusal => _log.Refusal;

    /// <summary>Lowest position that is still there.</summary>
    public long Start => _log.Start;

    /// <summary>Position behind the last appended page.</summary>
    public long End
    {
        get
        {
            lock (_gate)
            {
                return _log.End;
            }
        }
    }

    /// <summary>From now on a disk that takes nothing is waited for.</summary>
    public void GoLive() => _live = true;

    /// <summary>Stops waiting for a disk that takes nothing.</summary>
    public void Abandon() => _abandon.Set();

    private void CommitUnderLock()
    {
        while (true)
        {
            try
            {
                _log.Commit();
                return;
            }
            catch (LogUnavailableException) when (_live && !_abandon.Wait(RetryInterval))
            {
                // What was appended is kept.
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _reader?.Dispose();
            _log.Dispose();
            _abandon.Dispose();
        }
    }
}
