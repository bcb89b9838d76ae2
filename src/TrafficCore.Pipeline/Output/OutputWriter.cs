using System.Runtime.InteropServices;
using TrafficCore.Log;
using TrafficCore.Pipeline.Dispatch;
using TrafficCore.Pipeline.Ingest;

namespace TrafficCore.Pipeline.Output;

/// <summary>
/// The one writer of the output log: appends what the shards emit, commits in groups, and only then shows it to the latest
/// windows and to the log's readers.
/// </summary>
/// <remarks>
/// Ownership: its own thread owns the log and the chunks that wait for the commit. Others may call <see cref="RunAsync"/>,
/// <see cref="Abandon"/> and <see cref="Dispose"/>.
/// </remarks>
internal sealed class OutputWriter : IDisposable
{
    // A full disk is an outage of a running service, not a defect: the shards wait until there is room. A start fails instead.
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    // One commit of a fast replay: large enough to hide the sync, small enough that a page of it is soon visible.
    private const int MaxUncommittedBytes = 1024 * 1024;

    private readonly LogWriter _log;
    private readonly LoopQueue<OutputItem> _queue;
    private readonly LatestWindows _latest;
    private readonly TimeProvider _time;
    private readonly TimeSpan _commitInterval;
    private readonly Action<long> _onCommitted;
    private readonly Action<LogUnavailableException> _onUnavailable;
    private readonly Action<Exception> _onFault;
    private readonly ManualResetEventSlim _abandon = new(initialState: false, spinCount: 0);
    private readonly Thread _thread;

    // The writer's thread only.
    private readonly List<(OutputChunk Chunk, long Position)> _uncommitted = [];
    private long _lastCommit;
    private Exception? _fault;

    private volatile bool _live;
    private long _records;

    public OutputWriter(
        LogWriter log,
        LoopQueue<OutputItem> queue,
        LatestWindows latest,
        TimeProvider time,
        TimeSpan commitInterval,
        Action<long> onCommitted,
        Action<LogUnavailableException> onUnavailable,
        Action<Exception> onFault)
    {
        _log = log;
        _queue = queue;
        _latest = latest;
        _time = time;
        _commitInterval = commitInterval;
        _onCommitted = onCommitted;
        _onUnavailable = onUnavailable;
        _onFault = onFault;
        _lastCommit = time.GetTimestamp();
        _thread = new Thread(Run) { IsBackground = true, Name = "trafficcore output" };
    }

    /// <summary>Records written since the start.</summary>
    public long Records => Volatile.Read(ref _records);

    public void Start() => _thread.Start();

    /// <summary>From now on a full disk is waited for; until then it fails the start.</summary>
    public void GoLive() => _live = true;

    /// <summary>Runs work on the writer's thread once all records that were queued before are durable.</summary>
    public Task RunAsync(Action<LogWriter> work)
    {
        var task = new OutputTask(work);
        if (!_queue.Write(new OutputItem(task)))
        {
            task.Fail(new InvalidOperationException("The output writer has ended."));
        }

        return task.Done;
    }

    /// <summary>Appends records from outside the shards; completes when they are durable.</summary>
    public async Task AppendAsync(OutputChunk chunk, CancellationToken cancellationToken)
    {
        var task = new OutputTask(static _ => { });
        await _queue.WriteAsync(new OutputItem(chunk, task), cancellationToken);
        await task.Done.WaitAsync(cancellationToken);
    }

    /// <summary>Stops waiting for a disk that takes nothing; what is not durable then is made again at the next start.</summary>
    public void Abandon() => _abandon.Set();

    /// <summary>Writes what is queued, then ends.</summary>
    public void Dispose()
    {
        _queue.Complete();
        if (_thread.ThreadState != ThreadState.Unstarted)
        {
            _thread.Join();
        }

        _abandon.Dispose();
    }

    private void Run()
    {
        while (WaitForItems())
        {
            while (_queue.TryRead(out var item))
            {
                Handle(item);
            }
        }

        Guard(Commit);
    }

    private bool WaitForItems()
    {
        if (_uncommitted.Count == 0)
        {
            return _queue.WaitToRead();
        }

        // Under a steady stream one commit per interval, so that the disk is left to the input log; after a pause at once.
        var rest = _commitInterval - _time.GetElapsedTime(_lastCommit);
        var timedOut = rest <= TimeSpan.Zero;
        var more = timedOut || _queue.WaitToRead(rest, out timedOut);
        if (timedOut)
        {
            Guard(Commit);
        }

        return more;
    }

    private void Handle(OutputItem item)
    {
        if (_fault is not null)
        {
            item.Task?.Fail(_fault);
            item.Chunk?.Dispose();
            return;
        }

        if (item.Chunk is { } chunk)
        {
            Guard(() => Append(chunk));
        }

        if (item.Task is { } task)
        {
            Guard(() =>
            {
                Commit();
                task.Run(_log);
            });
            if (_fault is not null)
            {
                task.Fail(_fault);
            }
        }
    }

    private void Append(OutputChunk chunk)
    {
        var position = _log.End;
        WhileUnavailable(() => _log.AppendSealed(chunk.Records));
        _uncommitted.Add((chunk, position));
        if (_log.End - _log.DurableEnd >= MaxUncommittedBytes)
        {
            Commit();
        }
    }

    private void Commit()
    {
        if (_uncommitted.Count == 0)
        {
            return;
        }

        WhileUnavailable(_log.Commit);
        _lastCommit = _time.GetTimestamp();
        foreach (var (chunk, position) in _uncommitted)
        {
            Publish(chunk.Records, position);
            chunk.Dispose();
        }

        _uncommitted.Clear();
        _onCommitted(_records);
    }

    private void WhileUnavailable(Action work)
    {
        while (true)
        {
            try
            {
                work();
                return;
            }
            catch (LogUnavailableException exception) when (_live && !_abandon.IsSet)
            {
                _onUnavailable(exception);
                _abandon.Wait(RetryInterval);
            }
        }
    }

    private void Publish(ReadOnlySpan<byte> records, long position)
    {
        var offset = 0;
        while (offset < records.Length)
        {
            var header = MemoryMarshal.Read<RecordHeader>(records[offset..]);
            if (header.Type == (byte)RecordType.Window)
            {
                _latest.Publish(records.Slice(offset + RecordHeader.Size, header.Length), position + offset, header.ReceivedMs);
            }

            offset += RecordCodec.SizeOf(header.Length);
            _records++;
        }
    }

    // The thread outlives a fault: it refuses what comes, so that nobody waits for ever.
    private void Guard(Action work)
    {
        if (_fault is not null)
        {
            return;
        }

        try
        {
            work();
        }
        catch (Exception exception)
        {
            _fault = exception;
            _uncommitted.Clear();
            _onFault(exception);
        }
    }
}
