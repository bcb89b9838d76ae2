using System.Collections.Concurrent;
using TrafficCore.Log;

namespace TrafficCore.Pipeline.Output;

/// <summary>The durable outputs of the pipeline, to be read from any retained position by as many readers as like.</summary>
/// <remarks>Ownership: thread-safe. The output writer alone moves <see cref="DurableEnd"/>; retention deletes what nobody holds.</remarks>
public sealed class OutputLog
{
    /// <summary>What <see cref="CountRecords"/> reads: 64 MiB, one segment, a fraction of a second.</summary>
    internal const long CountedBytes = 64L << 20;

    private readonly LogWriter _log;
    private readonly AsyncSignal _signal = new();
    private readonly ConcurrentDictionary<OutputHold, byte> _holds = new();
    private volatile bool _completed;
    private long _records;
    private long _shownEnd;

    internal OutputLog(LogWriter log) => (_log, _shownEnd) = (log, log.DurableEnd);

    /// <summary>Position of the oldest record that is still kept.</summary>
    public long Start => _log.Start;

    /// <summary>Everything below this position is on disk and may be read.</summary>
    public long DurableEnd => _log.DurableEnd;

    /// <summary>Everything below this position is in <see cref="LatestWindows"/> too; at most a moment behind <see cref="DurableEnd"/>.</summary>
    public long ShownEnd => Volatile.Read(ref _shownEnd);

    /// <summary>Records made durable since the start of the service.</summary>
    public long Records => Volatile.Read(ref _records);

    /// <summary>
    /// How many records lie from a position to the durable end. Reads at most <see cref="CountedBytes"/> of them: what is behind is taken to be like
    /// what was read, so that a backlog of days is not read twice for a number that only has to say how bad it is.
    /// </summary>
    public long CountRecords(long position)
    {
        using LogReader reader = _log.OpenReader(Math.Max(position, Start));
        long first = reader.Position, end = DurableEnd, records = 0;
        while (reader.Position < Math.Min(end, first + CountedBytes) && reader.Read(out _) is var status and not LogReadStatus.End)
        {
            records += status == LogReadStatus.Record ? 1 : 0;
        }

        long read = reader.Position - first;
        return read == 0 ? 0 : (long)(records * ((double)Math.Max(read, end - first) / read));
    }

    /// <summary>Opens a reader at a position that was a record's, or <see cref="Start"/>; below <see cref="Start"/> it begins with a gap.</summary>
    /// <param name="position">Where to begin.</param>
    /// <param name="receivedFrom">See <see cref="OutputReader.ReceivedFrom"/>.</param>
    /// <param name="windows">See <see cref="OutputReader.Windows"/>.</param>
    public OutputReader OpenReader(long position, long receivedFrom = long.MinValue, WindowSelection? windows = null)
        => new(_log.OpenReader(position)) { ReceivedFrom = receivedFrom, Windows = windows };

    /// <summary>Completes when <see cref="DurableEnd"/> has passed <paramref name="position"/>.</summary>
    public ValueTask WaitBeyondAsync(long position, CancellationToken cancellationToken)
        => WaitAsync(static log => log.DurableEnd, position, cancellationToken);

    /// <summary>Completes when <see cref="ShownEnd"/> has passed <paramref name="position"/>.</summary>
    public ValueTask WaitShownAsync(long position, CancellationToken cancellationToken)
        => WaitAsync(static log => log.ShownEnd, position, cancellationToken);

    /// <summary>Keeps the log from deleting what a sink has not delivered; dispose it to let go.</summary>
    /// <param name="name">The sink's name, e.g. <c>sqlite</c>.</param>
    /// <param name="position">Everything from here is held.</param>
    public OutputHold Hold(string name, long position)
    {
        var hold = new OutputHold(name, position, released => _holds.TryRemove(released, out _));
        _holds.TryAdd(hold, 0);
        return hold;
    }

    /// <summary>The holds there are now, e.g. to report how far behind each sink is.</summary>
    public IReadOnlyCollection<OutputHold> Holds => [.. _holds.Keys];

    /// <summary>Lowest position that a sink still needs; <see cref="long.MaxValue"/> when there is no sink.</summary>
    internal long LowestHold => _holds.Keys.Select(static hold => hold.Position).DefaultIfEmpty(long.MaxValue).Min();

    /// <summary>The writer has committed, and has shown what it committed.</summary>
    internal void Advance(long records)
    {
        Volatile.Write(ref _shownEnd, DurableEnd);
        Volatile.Write(ref _records, records);
        _signal.Pulse();
    }

    /// <summary>The pipeline has closed: nobody needs to wait any more.</summary>
    internal void Complete()
    {
        _completed = true;
        _signal.Pulse();
    }

    /// <summary>Base of the oldest segment that the newest so many bytes of files reach back to.</summary>
    internal long StartOfNewest(long bytes) => _log.StartOfNewest(bytes);

    /// <summary>Deletes whole segments below a position.</summary>
    internal void RetainFrom(long position) => _log.RetainFrom(position);

    private async ValueTask WaitAsync(Func<OutputLog, long> end, long position, CancellationToken cancellationToken)
    {
        while (true)
        {
            var next = _signal.Next;
            if (end(this) > position)
            {
                return;
            }

            ObjectDisposedException.ThrowIf(_completed, this);
            await next.WaitAsync(cancellationToken);
        }
    }
}

/// <summary>A sink's claim on the output log: nothing at or behind <see cref="Position"/> is deleted.</summary>
/// <remarks>Ownership: the sink advances and disposes; anyone reads.</remarks>
public sealed class OutputHold : IDisposable
{
    private readonly Action<OutputHold> _release;
    private long _position;

    internal OutputHold(string name, long position, Action<OutputHold> release)
    {
        Name = name;
        _position = position;
        _release = release;
    }

    /// <summary>The sink's name.</summary>
    public string Name { get; }

    /// <summary>Where the hold begins.</summary>
    public long Position => Volatile.Read(ref _position);

    /// <summary>Everything below was delivered, durably.</summary>
    public void Advance(long position) => Volatile.Write(ref _position, position);

    /// <inheritdoc/>
    public void Dispose() => _release(this);
}
