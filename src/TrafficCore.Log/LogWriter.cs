using System.Diagnostics.Metrics;

namespace TrafficCore.Log;

/// <summary>
/// Appends to a log and makes it durable when told to: for logs with one writer that decides itself when (output, state pages).
/// </summary>
/// <remarks>
/// Ownership: single; all members but <see cref="DurableEnd"/>, <see cref="Start"/>, <see cref="Salt"/>, <see cref="Recovery"/>,
/// <see cref="OpenReader"/> and <see cref="RetainFrom"/> belong to the owner's thread. Records become durable earlier than
/// <see cref="Commit"/> when the buffer fills.
/// </remarks>
public sealed class LogWriter : IDisposable
{
    private readonly SegmentStore _store;
    private readonly LogMeter _meter;
    private readonly int _bufferBytes;
    private byte[] _pending;
    private int _pendingLength;

    private LogWriter(SegmentStore store, LogMeter meter, LogOptions options)
    {
        _store = store;
        _meter = meter;
        _bufferBytes = options.BufferBytes;
        _pending = GC.AllocateUninitializedArray<byte>(_bufferBytes, pinned: true);
    }

    /// <summary>Seeds the checksum of each record of this log.</summary>
    public uint Salt => _store.Salt;

    /// <summary>Lowest position that is still there.</summary>
    public long Start => _store.Catalog.Start;

    /// <summary>Position behind the last appended record.</summary>
    public long End => DurableEnd + _pendingLength;

    /// <summary>Everything below is durable; readers see no further.</summary>
    public long DurableEnd => _store.Catalog.DurableEnd;

    /// <summary>Why the disk takes nothing; null while it does, or while nothing was asked of it. Any thread.</summary>
    public string? Refusal => _meter.Refusal?.Message;

    /// <summary>What opening found.</summary>
    public LogRecoveryReport Recovery => _store.Recovery;

    /// <summary>Opens a log, or creates it with its directory, and recovers it (docs/log-format.md).</summary>
    /// <param name="directory">The log's own directory.</param>
    /// <param name="options">Sizes and times.</param>
    /// <param name="files">File system.</param>
    /// <param name="newSalt">Random salt for a log that has none yet.</param>
    /// <param name="meters">Where to measure; null: nowhere.</param>
    /// <param name="onFault">Told of faults that cost nothing acknowledged; any thread.</param>
    /// <param name="time">For measuring; null: the system's.</param>
    /// <exception cref="IOException">The directory is in use, or the disk refuses.</exception>
    /// <exception cref="InvalidDataException">A newer program wrote the log.</exception>
    public static LogWriter Open(
        string directory,
        LogOptions options,
        ILogFileSystem files,
        Func<uint> newSalt,
        IMeterFactory? meters = null,
        Action<LogFault>? onFault = null,
        TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(newSalt);
        var meter = new LogMeter(options.Name, meters, time ?? TimeProvider.System);
        return new LogWriter(new SegmentStore(directory, options, files, newSalt, meter, onFault), meter, options);
    }

    /// <summary>Appends one record and returns its position.</summary>
    /// <exception cref="LogUnavailableException">The buffer is full and the disk refuses it; the record is not appended.</exception>
    public long Append(byte type, byte version, int count, long receivedMs, long elapsedMs, ReadOnlySpan<byte> body)
    {
        ArgumentOutOfRangeException.ThrowIfZero(type);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(body.Length, RecordCodec.MaxBodyLength);
        var record = Reserve(RecordCodec.SizeOf(body.Length));
        body.CopyTo(record[RecordHeader.Size..]);
        RecordCodec.Seal(record, type, version, body.Length, count, receivedMs, elapsedMs, Salt);
        var position = End;
        _pendingLength += record.Length;
        return position;
    }

    /// <summary>Appends whole records that were sealed with this log's salt.</summary>
    /// <exception cref="ArgumentException">These are not whole records.</exception>
    /// <exception cref="LogUnavailableException">The buffer is full and the disk refuses it; nothing is appended.</exception>
    public void AppendSealed(ReadOnlySpan<byte> records)
    {
        _ = RecordFraming.Count(records);
        records.CopyTo(Reserve(records.Length));
        _pendingLength += records.Length;
    }

    /// <summary>
    /// Writes and syncs what was appended. After a failure the records go to a new segment; nothing counts as durable until its
    /// sync succeeded, and no sync is tried twice.
    /// </summary>
    /// <exception cref="LogUnavailableException">The new segment failed too. What was appended is kept: call again.</exception>
    public void Commit()
    {
        if (_pendingLength == 0)
        {
            return;
        }

        var bytes = _pendingLength;
        if (!_store.TryPersist(_pending.AsSpan(0, bytes), out var failure))
        {
            Report(failure);
            throw new LogUnavailableException("The log could not be made durable.", failure);
        }

        _pendingLength = 0;
        _store.Advance(bytes);
        if (_pending.Length > _bufferBytes)
        {
            // It grew for one long record.
            _pending = GC.AllocateUninitializedArray<byte>(_bufferBytes, pinned: true);
        }

        _meter.Committed(bytes, acks: 0);
        Report(refusal: null);
    }

    /// <summary>
    /// Gives up everything from a position on, for an owner that makes it again: the rest of a batch that a power cut tore in
    /// its middle. Durable when this returns; readers that were behind the position see a log that ends there.
    /// </summary>
    /// <param name="position">Position of a record, or of a gap; nothing may be appended and not committed.</param>
    /// <exception cref="LogUnavailableException">The disk refuses a new segment.</exception>
    public void Rewind(long position)
    {
        if (_pendingLength > 0 || position > DurableEnd)
        {
            throw new InvalidOperationException("Only what is durable can be given up.");
        }

        if (position < DurableEnd)
        {
            _store.Rewind(position);
        }
    }

    /// <summary>Base of the oldest segment that the newest so many bytes of segment files reach back to. Any thread.</summary>
    public long StartOfNewest(long bytes) => _store.Catalog.StartOfNewest(bytes);

    /// <summary>Deletes whole segments below a position; the newest stays. Any thread.</summary>
    /// <exception cref="IOException">A file could not be deleted; the next call tries again.</exception>
    public void RetainFrom(long position) => _store.RetainFrom(position);

    /// <summary>A reader from a position on, for any one thread; it sees what is durable.</summary>
    public LogReader OpenReader(long from) => new(_store.Readers, from);

    /// <summary>Closes the files. What was not committed is gone.</summary>
    public void Dispose() => _store.Dispose();

    private Span<byte> Reserve(int size)
    {
        if (_pendingLength + size > _pending.Length)
        {
            Commit();
            if (size > _pending.Length)
            {
                _pending = GC.AllocateUninitializedArray<byte>(size, pinned: true);
            }
        }

        return _pending.AsSpan(_pendingLength, size);
    }

    private void Report(Exception? refusal)
    {
        var changes = _meter.Available != refusal is null;
        _meter.Refusal = refusal;
        if (changes)
        {
            _store.Report(refusal is null ? LogFaultKind.Available : LogFaultKind.Unavailable, refusal);
        }
    }
}
