namespace TrafficCore.Log;

/// <summary>
/// Makes whole batches durable at the log's end: finds the segment, writes, syncs, and leaves a segment whose write or
/// sync failed for a new one.
/// </summary>
/// <remarks>
/// Ownership: one writer (the owner of a <see cref="LogWriter"/>, or the committer). The <see cref="Catalog"/> is
/// shared with readers, and retention may run on another thread.
/// </remarks>
internal sealed class SegmentStore : IDisposable
{
    /// <summary>Longest batch, and with it the most that can be unsynced at a crash: one record of the greatest length.</summary>
    public static readonly int MaxBatchBytes = RecordCodec.SizeOf(RecordCodec.MaxBodyLength);

    private const int RewriteChunkBytes = 1024 * 1024;

    private readonly string _directory;
    private readonly LogOptions _options;
    private readonly ILogFileSystem _files;
    private readonly LogMeter _meter;
    private readonly Action<LogFault>? _onFault;
    private readonly IDisposable _lock;
    private readonly SegmentPreparer _preparer;
    private readonly SealedHistory _history = null!;
    private readonly SegmentSealer? _sealer;
    private ILogFile? _file;
    private Segment? _segment;
    private long _lastSequence;
    private long _halfFull;

    public SegmentStore(string directory, LogOptions options, ILogFileSystem files, Func<uint> newSalt, LogMeter meter, Action<LogFault>? onFault)
    {
        (_directory, _options, _files, _meter, _onFault) = (directory, options, files, meter, onFault);
        DurableDirectory.Ensure(files, directory);
        _lock = files.Lock(directory);
        _preparer = new SegmentPreparer(directory, files, options.PrepareInline, failure => Report(LogFaultKind.PreparationFailed, failure));
        try
        {
            DeleteLeftovers();
            var recovery = LogRecovery.Inspect(directory, files, options.SegmentBytes);
            Recovery = recovery.Report;
            Salt = recovery.Salt ?? newSalt();
            Catalog = new SegmentCatalog(recovery.Segments, recovery.ValidEnd);
            _lastSequence = recovery.LastSequence;
            MakeDurable(recovery);
            _history = new SealedHistory(directory, files, Catalog, ReadChain());
            meter.Attach(Catalog, _history);
            _sealer = new SegmentSealer(directory, options, files, Catalog, _history, meter, failure => Report(LogFaultKind.SealingFailed, failure));
            _sealer.Wake();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public SegmentCatalog Catalog { get; } = null!;

    public LogRecoveryReport Recovery { get; } = null!;

    public uint Salt { get; }

    /// <summary>
    /// Writes and syncs whole records at the durable end. False when the disk refuses a new segment too: nothing of the
    /// batch counts then, the caller keeps it and tries again. After true the caller calls <see cref="Advance"/>.
    /// </summary>
    public bool TryPersist(ReadOnlySpan<byte> records, out Exception? failure)
    {
        failure = null;
        for (var attempt = 0; attempt < 2; attempt++)
        {
            if (_file is null || Used + records.Length > _segment!.Capacity)
            {
                if (!TryRoll(records.Length, ref failure))
                {
                    return false;
                }
            }

            try
            {
                _file!.Write(records, _segment!.OffsetOf(Catalog.DurableEnd));
                Sync(_file);
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                failure = refused;
                Abandon(refused);
                continue;
            }

            return true;
        }

        return false;
    }

    /// <summary>Moves the durable end over what was persisted; readers see it from now on.</summary>
    public void Advance(int length)
    {
        Catalog.DurableEnd += length;
        if (Used > _segment!.Capacity / 2)
        {
            _preparer.Begin(SegmentHeader.DataOffset + (long)_options.SegmentBytes);
            if (_halfFull != _segment.Sequence)
            {
                _halfFull = _segment.Sequence;
                _sealer!.Wake();
            }
        }
    }

    /// <summary>Deletes whole segments below a position; the newest stays. Any thread.</summary>
    /// <exception cref="IOException">A file could not be deleted; the next call tries again.</exception>
    public void RetainFrom(long position)
    {
        _history.RetainFrom(position);
        _sealer!.Wake();
    }

    /// <summary>Ends the log at an earlier position: a new segment that begins there says that what lies behind does not count.</summary>
    /// <exception cref="IOException">The chain of hashes can't be written; the log is as it was.</exception>
    public void Rewind(long position)
    {
        _history.CutAt(position);
        _file?.Dispose();
        _file = null;
        foreach (var overtaken in Catalog.Segments.Where(segment => segment.Base > position).ToArray())
        {
            Catalog.Remove(overtaken);
        }

        Catalog.DurableEnd = position;
        Exception? failure = null;
        if (!TryRoll(0, ref failure))
        {
            throw new LogUnavailableException($"The log in {_directory} can't get a segment.", failure);
        }
    }

    public SegmentReaderSource Readers => new(_files, Catalog);

    public void Report(LogFaultKind kind, Exception? failure) =>
        _onFault?.Invoke(new LogFault(_options.Name, kind, Catalog?.DurableEnd ?? 0, failure));

    public void Dispose()
    {
        _preparer.Dispose();
        _sealer?.Dispose();
        _file?.Dispose();
        _file = null;
        if (Catalog is not null)
        {
            _meter.Detach();
        }

        _lock.Dispose();
    }

    private long Used => Catalog.DurableEnd - _segment!.Base;

    /// <summary>
    /// What recovery read may lie only in the page cache of a killed process. It is about to be called durable, so it is
    /// made so; if that fails the log does not open.
    /// </summary>
    private void MakeDurable(LogRecovery recovery)
    {
        if (recovery.Segments.Count > 0)
        {
            var last = recovery.Segments[^1];
            if (!last.IsPacked)
            {
                _file = _files.Open(last.Path, writable: true);
                RewriteTail(_file, last, recovery.ValidEnd);
                _file.Sync();
            }

            _files.SyncDirectory(_directory);
            if (recovery.CanContinue)
            {
                _segment = last;
                return;
            }
        }

        // Also behind a torn tail: the new segment's base says that the torn bytes do not count.
        Exception? failure = null;
        if (!TryRoll(0, ref failure))
        {
            throw new LogUnavailableException($"The log in {_directory} can't get a segment.", failure);
        }
    }

    /// <summary>
    /// Writes the last batch over itself. A sync that failed before the restart may have left its pages clean and not on
    /// disk; another sync would then succeed without doing anything.
    /// </summary>
    private void RewriteTail(ILogFile file, Segment segment, long validEnd)
    {
        var tail = Math.Min(Math.Max(_options.BufferBytes, MaxBatchBytes), validEnd - segment.Base);
        var chunk = new byte[Math.Min(tail, RewriteChunkBytes)];
        for (var position = validEnd - tail; position < validEnd;)
        {
            var part = chunk.AsSpan(0, (int)Math.Min(chunk.Length, validEnd - position));
            var read = file.Read(part, segment.OffsetOf(position));
            if (read == 0)
            {
                break;
            }

            file.Write(part[..read], segment.OffsetOf(position));
            position += read;
        }
    }

    private bool TryRoll(int minimum, ref Exception? failure)
    {
        PreparedFile? made = null;
        var sequence = ++_lastSequence;
        var position = Catalog.DurableEnd;
        var path = Path.Combine(_directory, Segment.NameOf(sequence, position));
        try
        {
            made = _preparer.Take(SegmentHeader.DataOffset + (long)Math.Max(_options.SegmentBytes, minimum));
            new SegmentHeader(Salt, sequence, position, made.File.Length).Write(made.File);
            made.File.Sync();
            _files.Rename(made.Path, path);
            made = made with { Path = path };
            _files.SyncDirectory(_directory);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            made?.Discard(_files);
            failure = refused;
            return false;
        }

        _file?.Dispose();
        _file = made.File;
        _segment = new Segment(path, sequence, position, Salt, made.File.Length);
        Catalog.Add(_segment);
        return true;
    }

    private void Sync(ILogFile file)
    {
        var started = _meter.Timestamp;
        file.Sync();
        _meter.Synced(started);
    }

    /// <summary>
    /// After a failed sync the kernel may have dropped the pages and forgotten it: nothing written there since the last
    /// success can be trusted, nor a later sync of this file.
    /// </summary>
    private void Abandon(Exception refused)
    {
        var segment = _segment!;
        _meter.Abandoned();
        if (segment.Base == Catalog.DurableEnd)
        {
            // Nothing in it was ever acknowledged. If it can't be deleted, the next segment's base says that it is empty.
            Catalog.Remove(segment);
            new PreparedFile(segment.Path, _file!).Discard(_files);
        }

        _file!.Dispose();
        _file = null;
        _segment = null;
        Report(LogFaultKind.SegmentAbandoned, refused);
    }

    private ChainFile? ReadChain()
    {
        var chain = ChainFile.Read(_directory, _files, out var damaged);
        if (damaged)
        {
            Report(LogFaultKind.ChainDamaged, failure: null);
        }

        return chain;
    }

    private void DeleteLeftovers()
    {
        var names = _files.ListFiles(_directory);
        foreach (var name in names.Where(name => name.EndsWith(SegmentPreparer.Extension, StringComparison.Ordinal) || IsSecond(name)))
        {
            _files.Delete(Path.Combine(_directory, name));
        }

        // A packed segment whose plain file is still there: it is packed again, which costs less than to find out which to trust.
        bool IsSecond(string name) => Path.GetExtension(name) == Segment.PackedExtension && names.Contains(Path.ChangeExtension(name, Segment.Extension));
    }
}
