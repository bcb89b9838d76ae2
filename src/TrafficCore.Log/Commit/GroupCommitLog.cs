using System.Diagnostics.Metrics;

namespace TrafficCore.Log;

/// <summary>
/// A log that many appenders share: what they append within a few milliseconds becomes durable with one sync, then they are
/// told, then the same memory is handed on to the sink.
/// </summary>
/// <remarks>
/// Ownership: all members may be called from any thread. One committer thread writes; waiters and sink are called on it.
/// Back-pressure: while the sink holds all buffers, or the disk refuses, <see cref="TryAppend"/> is false.
/// </remarks>
public sealed class GroupCommitLog : IAsyncDisposable
{
    private readonly SegmentStore _store;
    private readonly LogMeter _meter;
    private readonly LogOptions _options;
    private readonly AppendQueue _queue;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Committer? _committer;
    private Thread? _thread;
    private int _disposed;

    private GroupCommitLog(SegmentStore store, LogMeter meter, LogOptions options, TimeProvider time)
    {
        (_store, _meter, _options) = (store, meter, options);
        _queue = new AppendQueue(this, options, time, store.Catalog.DurableEnd);
    }

    /// <summary>Seeds the checksum of each record of this log; who seals records for it asks here.</summary>
    public uint Salt => _store.Salt;

    /// <summary>Lowest position that is still there.</summary>
    public long Start => _store.Catalog.Start;

    /// <summary>Everything below is durable.</summary>
    public long DurableEnd => _store.Catalog.DurableEnd;

    /// <summary>Sum of the header counts of the records that became durable since opening.</summary>
    public long DurableCount => Totals.DurableCount;

    /// <summary><see cref="DurableEnd"/> and <see cref="DurableCount"/> of the same moment.</summary>
    public LogTotals Totals => _committer?.Totals ?? new LogTotals(DurableEnd, 0);

    /// <summary>False while the disk refuses; appends are refused then too.</summary>
    public bool IsAvailable => _meter.Available;

    /// <summary>Why the disk takes nothing; null while it does.</summary>
    public string? Refusal => _meter.Refusal?.Message;

    /// <summary>What opening found.</summary>
    public LogRecoveryReport Recovery => _store.Recovery;

    /// <summary>Opens a log, or creates it with its directory, and recovers it; nothing can be appended yet.</summary>
    /// <param name="directory">The log's own directory.</param>
    /// <param name="options">Sizes and times.</param>
    /// <param name="files">File system.</param>
    /// <param name="time">Measures syncs and the commit interval; sleeping itself is real time, so tests with a fake clock make progress.</param>
    /// <param name="newSalt">Random salt for a log that has none yet.</param>
    /// <param name="meters">Where to measure; null: nowhere.</param>
    /// <param name="onFault">Told of faults that cost nothing acknowledged; any thread.</param>
    /// <exception cref="IOException">The directory is in use, or the disk refuses.</exception>
    /// <exception cref="InvalidDataException">A newer program wrote the log.</exception>
    public static GroupCommitLog Open(
        string directory,
        LogOptions options,
        ILogFileSystem files,
        TimeProvider time,
        Func<uint> newSalt,
        IMeterFactory? meters = null,
        Action<LogFault>? onFault = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(newSalt);
        var meter = new LogMeter(options.Name, meters, time);
        return new GroupCommitLog(new SegmentStore(directory, options, files, newSalt, meter, onFault), meter, options, time);
    }

    /// <summary>Starts the committer and opens the log for appends; once.</summary>
    public void StartCommitting(ICommitSink sink)
    {
        var committer = Prepare(sink);
        _thread = new Thread(() => Run(committer)) { IsBackground = true, Name = $"log-commit-{_options.Name}" };
        _thread.Start();
    }

    /// <summary>
    /// Appends whole sealed records, which stay together; copied, so the caller's memory is free at once. False when there is
    /// no room now: await <see cref="WaitForRoomAsync"/> and try again.
    /// </summary>
    /// <param name="sealedRecords">Records sealed with <see cref="Salt"/>, up to 16 MiB in all.</param>
    /// <param name="acks">Acknowledgements that wait for them, for the burst rule.</param>
    /// <param name="waiter">Told once durable; null when nobody waits.</param>
    /// <param name="end">Position behind them; durable when the durable end has reached it.</param>
    /// <exception cref="ArgumentException">These are not whole records.</exception>
    public bool TryAppend(ReadOnlySpan<byte> sealedRecords, int acks, ICommitWaiter? waiter, out long end)
    {
        var count = RecordFraming.Count(sealedRecords);
        if (_queue.TryAppend(sealedRecords, count, acks, waiter, out end))
        {
            return true;
        }

        _meter.Full();
        return false;
    }

    /// <summary>Completes when an append may succeed again; another appender may be faster, so try in a loop.</summary>
    /// <exception cref="ObjectDisposedException">The log closes.</exception>
    public ValueTask WaitForRoomAsync(CancellationToken cancel) => _queue.WaitForRoomAsync(cancel);

    /// <summary>
    /// Waits for room, appends, and returns the position behind the records once they are durable. For rare records: it allocates.
    /// Cancelled after the append, the records may become durable all the same.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The log closed before they were durable.</exception>
    public async ValueTask<long> AppendAsync(ReadOnlyMemory<byte> sealedRecords, CancellationToken cancel)
    {
        var waiter = new AppendWaiter();
        long end;
        while (!TryAppend(sealedRecords.Span, acks: 0, waiter, out end))
        {
            await WaitForRoomAsync(cancel);
        }

        await waiter.Task.WaitAsync(cancel);
        return end;
    }

    /// <summary>A reader from a position on, for any one thread; it sees what is durable.</summary>
    public LogReader OpenReader(long from) => new(_store.Readers, from);

    /// <summary>Base of the oldest segment that the newest so many bytes of segment files reach back to. Any thread.</summary>
    public long StartOfNewest(long bytes) => _store.Catalog.StartOfNewest(bytes);

    /// <summary>Deletes whole segments below a position; the newest stays.</summary>
    /// <exception cref="IOException">A file could not be deleted; the next call tries again.</exception>
    public void RetainFrom(long position) => _store.RetainFrom(position);

    /// <summary>
    /// Takes nothing more, commits what was appended, stops the committer and closes the files. While the disk refuses, what
    /// is not durable is given up: nobody was told that it was. The sink must not block for ever.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            await _stopped.Task;
            return;
        }

        _queue.Close();
        if (_thread is null)
        {
            _stopped.TrySetResult();
        }

        await _stopped.Task;
        _committer?.Abort();
        _store.Dispose();
    }

    /// <summary>As <see cref="StartCommitting"/>, but the caller commits with <see cref="Committer.CommitNext"/>: one order of events for tests.</summary>
    internal Committer Prepare(ICommitSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        if (_committer is not null)
        {
            throw new InvalidOperationException("The committer runs already.");
        }

        _committer = new Committer(_queue, _store, _meter, _options, sink);
        _queue.Open();
        return _committer;
    }

    internal void Return(AppendBuffer buffer) => _queue.Return(buffer);

    private void Run(Committer committer)
    {
        try
        {
            committer.Run();
        }
        finally
        {
            committer.Abort();
            _stopped.TrySetResult();
        }
    }
}
