using System.Buffers;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using TrafficCore.Log;

namespace TrafficCore.Mqtt.Broker;

/// <summary>
/// Keeps over a restart what MQTT promises to keep: sessions that outlive their connection, their subscriptions and queued QoS 1 and 2 messages, and
/// retained messages, and the wills of those that were connected. A log of changes with a snapshot now and then.
/// </summary>
/// <remarks>
/// Ownership: any thread may append; the image belongs to the committer thread between <see cref="Start"/> and the end of <see cref="DisposeAsync"/>.
/// Telemetry never comes here.
/// </remarks>
public sealed class SessionJournal : IAsyncDisposable, ICommitSink
{
    /// <summary>Bytes of journal behind the last snapshot before another is taken: read again within about a second at a start.</summary>
    private const long SnapshotBytes = 64 * 1024 * 1024;

    private readonly GroupCommitLog _log;
    private readonly SnapshotStore _snapshots;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SessionImage _image;
    private long _snapshotAt;
    private long _snapshotSize;
    private bool _isStarted;
    private long _lastWill;

    private SessionJournal(GroupCommitLog log, SnapshotStore snapshots, TimeProvider time, ILogger logger)
    {
        (_log, _snapshots, _time, _logger) = (log, snapshots, time, logger);
        _image = Recover();

        // A position is above every number of an earlier life: each went out with a record of many bytes.
        _lastWill = Math.Max(log.DurableEnd, _image.Wills.Keys.DefaultIfEmpty().Max());
    }

    /// <summary>Everything below is durable.</summary>
    internal long DurableEnd => _log.DurableEnd;

    internal uint Salt => _log.Salt;

    /// <summary>A number for a will that no other one has, also none of an earlier life.</summary>
    internal long NextWill() => Interlocked.Increment(ref _lastWill);

    internal long UtcNowMs => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Set by the broker: converts its time into UTC, for expiries.</summary>
    internal Func<long> BrokerNowMs { get; set; } = () => 0;

    /// <summary>What was found; for the broker, before <see cref="Start"/>.</summary>
    internal SessionImage Image => _image;

    /// <summary>Opens or makes the journal in a directory of its own, and reads what it holds.</summary>
    /// <param name="directory">The journal's directory.</param>
    /// <param name="files">File system.</param>
    /// <param name="time">Clock.</param>
    /// <param name="newSalt">Random salt for a new journal.</param>
    /// <param name="logger">Where damage and a disk that refuses are told.</param>
    /// <param name="meters">Where to measure; null: nowhere.</param>
    /// <exception cref="IOException">The directory is in use, or the disk refuses.</exception>
    /// <exception cref="InvalidDataException">A newer program wrote it.</exception>
    public static SessionJournal Open(
        string directory, ILogFileSystem files, TimeProvider time, Func<uint> newSalt, ILogger logger, IMeterFactory? meters = null)
    {
        ArgumentNullException.ThrowIfNull(time);

        // Segments of 16 MiB: sessions change seldom beside readings.
        var options = new LogOptions { Name = "session", SegmentBytes = 16 * 1024 * 1024, Buffers = 4 };
        var log = GroupCommitLog.Open(
            Path.Combine(directory, "log"), options, files, time, newSalt, meters, fault => BrokerLog.JournalFault(logger, fault.Kind, fault.Error));
        return new SessionJournal(log, new SnapshotStore(Path.Combine(directory, "snapshots"), files), time, logger);
    }

    /// <summary>Commits what was appended, takes a last snapshot, closes the files.</summary>
    public async ValueTask DisposeAsync()
    {
        await _log.DisposeAsync();
        if (_isStarted && _log.DurableEnd > _snapshotAt)
        {
            TakeSnapshot(_log.DurableEnd);
        }
    }

    void ICommitSink.OnCommitted(LogBatch batch)
    {
        foreach (var record in batch.Walk())
        {
            _image.Apply(record.Header.Type, record.Body);
        }

        var end = batch.End;
        batch.Release();
        if (end - _snapshotAt >= Math.Max(SnapshotBytes, 2 * _snapshotSize))
        {
            TakeSnapshot(end);
        }
    }

    internal void Start()
    {
        _isStarted = true;
        _log.StartCommitting(this);
    }

    /// <summary>Appends sealed records together; false when there is no room now.</summary>
    internal bool TryAppend(ReadOnlySpan<byte> records, ICommitWaiter? waiter, out long position) =>
        _log.TryAppend(records, waiter is null ? 0 : 1, waiter, out position);

    /// <summary>
    /// Notes that a message is done, if there is room: without the note it is sent once more after a restart, which QoS 1 allows and a message that was
    /// never sent does not mind.
    /// </summary>
    internal void TryComplete(long session, long number)
    {
        if (number != 0)
        {
            var writer = new JournalWriter(this);
            writer.Completed(session, number);
            TryAppend(writer.Written, null, out _);
        }
    }

    internal ValueTask WaitForRoomAsync(CancellationToken ct) => _log.WaitForRoomAsync(ct);

    /// <summary>The message with its expiry as an instant.</summary>
    internal StoredMessage Store(ApplicationMessage message)
    {
        var expires = message.ExpiresAtMs == ApplicationMessage.NeverExpires ? long.MaxValue : UtcNowMs + message.ExpiresAtMs - BrokerNowMs();
        return new StoredMessage(message.TopicBytes, message.PropertyBytes, message.PayloadBytes, message.QoS, message.Retain, expires);
    }

    private SessionImage Recover()
    {
        var image = new SessionImage();
        long from = _log.Start;
        if (_snapshots.TryLoadLatest(out var position, out var content))
        {
            from = Math.Max(from, position);
            for (ReadOnlySpan<byte> rest = content; RecordCodec.TryRead(rest, Salt, out var header, out var size) == RecordStatus.Whole; rest = rest[size..])
            {
                image.Apply(header.Type, rest.Slice(RecordHeader.Size, header.Length));
            }
        }

        _snapshotAt = from;
        using var reader = _log.OpenReader(from);
        for (var status = reader.Read(out var record); status != LogReadStatus.End; status = reader.Read(out record))
        {
            if (status == LogReadStatus.Gap)
            {
                BrokerLog.JournalDamaged(_logger, reader.Gap.From, reader.Gap.To);
                continue;
            }

            image.Apply(record.Header.Type, record.Body);
        }

        return image;
    }

    private void TakeSnapshot(long position)
    {
        try
        {
            _snapshots.Save(position, output =>
            {
                var counted = new CountingWriter(output);
                _image.WriteTo(counted, new JournalWriter(this), UtcNowMs);
                _snapshotSize = counted.Count;
            });
            _snapshotAt = position;
            _log.RetainFrom(_snapshots.OldestPosition ?? 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The journal holds everything all the same; the next commit tries again.
            _snapshotAt = position - (SnapshotBytes / 2);
            BrokerLog.JournalFault(_logger, LogFaultKind.Unavailable, e);
        }
    }

    private sealed class CountingWriter(IBufferWriter<byte> output) : IBufferWriter<byte>
    {
        public long Count { get; private set; }

        public void Advance(int count)
        {
            Count += count;
            output.Advance(count);
        }

        public Memory<byte> GetMemory(int sizeHint = 0) => output.GetMemory(sizeHint);

        public Span<byte> GetSpan(int sizeHint = 0) => output.GetSpan(sizeHint);
    }
}
