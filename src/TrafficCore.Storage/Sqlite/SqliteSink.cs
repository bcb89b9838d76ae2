using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using TrafficCore.Storage.Delivery;

namespace TrafficCore.Storage.Sqlite;

/// <summary>Delivers the output to the embedded store, on a thread of its own.</summary>
/// <remarks>
/// Ownership: the store, the reader and the batch belong to the sink's thread; <see cref="Cursor"/>, <see cref="Trouble"/> and
/// <see cref="Suspect"/> may be used from any. A failure is tried again from the durable cursor, for ever: the log keeps what is
/// not delivered. A damaged or lost file moves the cursor back to where the file began.
/// </remarks>
public sealed class SqliteSink : IOutputSink, IAsyncDisposable
{
    internal const string SinkName = "sqlite";

    // A full disk or a stuck lock does not go away in milliseconds; half a minute is soon enough to notice that it did.
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastRetry = TimeSpan.FromSeconds(30);

    // Files expire by days; looking every hour is often enough.
    private static readonly TimeSpan RetentionInterval = TimeSpan.FromHours(1);

    private readonly string _directory;
    private readonly SqliteOptions _options;
    private readonly IOutputSource _source;
    private readonly TimeProvider _time;
    private readonly StorageMetrics _metrics;
    private readonly ILogger _logger;
    private readonly OutputBatch _batch;
    private readonly ConcurrentQueue<string> _suspects = new();
    private readonly SemaphoreSlim _suspected = new(0);
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SinkProgress _progress;
    private SqliteStoreException? _damage;
    private bool _started;

    /// <summary>Makes the sink; nothing is opened before <see cref="Start"/>.</summary>
    /// <param name="directory">Directory of the database files.</param>
    /// <param name="options">Options.</param>
    /// <param name="source">The output.</param>
    /// <param name="time">Clock: ages of files, delays.</param>
    /// <param name="metrics">Metrics shared by the sinks.</param>
    /// <param name="logger">Logger.</param>
    public SqliteSink(string directory, SqliteOptions options, IOutputSource source, TimeProvider time, StorageMetrics metrics, ILogger<SqliteSink> logger)
    {
        _directory = directory;
        _options = options;
        _source = source;
        _time = time;
        _metrics = metrics;
        _logger = logger;
        _batch = new OutputBatch(options);
        _progress = new SinkProgress(source, time);
    }

    /// <inheritdoc/>
    public string Name => SinkName;

    /// <inheritdoc/>
    public long Cursor => _progress.Cursor;

    /// <inheritdoc/>
    public string? Trouble => _progress.Trouble;

    /// <inheritdoc/>
    public SinkLag Lag => _progress.Lag;

    /// <inheritdoc/>
    public long SkippedBytes => _progress.SkippedBytes;

    /// <inheritdoc/>
    public long RefilledRows => 0;

    /// <inheritdoc/>
    public void Start()
    {
        _started = true;
        _metrics.Watch(SinkName, () => _progress.Lag);
        new Thread(Run) { Name = "sqlite-sink", IsBackground = true }.Start();
    }

    /// <summary>Reports a file that could not be read; the sink checks it and rebuilds it if it is damaged.</summary>
    public void Suspect(string path)
    {
        _suspects.Enqueue(path);
        _suspected.Release();
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellation)
    {
        if (!_started)
        {
            return;
        }

        await _stop.CancelAsync();
        await using (cancellation.UnsafeRegister(static abort => ((CancellationTokenSource)abort!).Cancel(), _abort))
        {
            await _ended.Task;
        }
    }

    /// <summary>Stops at once; what was not delivered is delivered after the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        await _abort.CancelAsync();
        await StopAsync(CancellationToken.None);
        _stop.Dispose();
        _abort.Dispose();
        _suspected.Dispose();
    }

    private void Run()
    {
        try
        {
            Exception? failure = null;
            TimeSpan delay = FirstRetry;
            do
            {
                delay = Recover(failure, _progress.Trouble is null ? FirstRetry : delay);
            }
            while (!TryDeliver(out failure));
        }
        catch (OperationCanceledException)
        {
            // Stopped while waiting to try again.
        }
#pragma warning disable CA1031 // the last line of the thread: what is not expected is shown, not thrown into the process
        catch (Exception e)
#pragma warning restore CA1031
        {
            _progress.Failed(e.Message);
            _logger.Defect(SinkName, e);
        }

        _logger.Stopped(SinkName, Cursor);
        _ended.TrySetResult();
    }

    private bool TryDeliver(out Exception? failure)
    {
        failure = null;
        try
        {
            SetDamageAside();
            using SqliteStore store = SqliteStore.Open(_directory, _options, _time, _metrics, _logger, _source.Start, _source.DurableEnd);
            _progress.StartAt(store.Cursor);
            _logger.Started(SinkName, store.Cursor, _source.DurableEnd);
            return Deliver(store);
        }
        catch (Exception e) when (e is SqliteStoreException or IOException or UnauthorizedAccessException)
        {
            failure = e;
            return false;
        }
    }

    /// <summary>Delivers until it is told to stop (true) or the store must be opened again (false).</summary>
    private bool Deliver(SqliteStore store)
    {
        using IOutputReader reader = _source.OpenReader(store.Cursor);
        long position = store.Cursor;
        DateTimeOffset nextRetention = DateTimeOffset.MinValue;
        while (!_abort.IsCancellationRequested)
        {
            if (_suspects.TryDequeue(out string? suspect) && store.CheckSuspect(suspect))
            {
                return false;
            }

            if (_time.GetUtcNow() >= nextRetention)
            {
                store.DeleteExpired();
                nextRetention = _time.GetUtcNow() + RetentionInterval;
            }

            Fill(reader);
            if (!_batch.IsEmpty)
            {
                Write(store);
                position = _batch.Next;
            }
            else if (_stop.IsCancellationRequested)
            {
                return true;
            }
            else
            {
                WaitForMore(position);
            }
        }

        return true;
    }

    private void Fill(IOutputReader reader)
    {
        _batch.Clear();
        while (_batch.Count < _options.BatchRows)
        {
            long records = _source.Records;
            switch (reader.Read(out OutputEntry entry))
            {
                case OutputStatus.Entry:
                    _progress.OldestMs = _batch.IsEmpty ? entry.ReceivedMs : _progress.OldestMs;
                    _batch.Add(entry);
                    break;
                case OutputStatus.Gap:
                    _logger.Gap(SinkName, entry.Position, entry.Next);
                    _metrics.Gap(SinkName, entry.Next - entry.Position);
                    _progress.Skipped(entry.Next - entry.Position);
                    _batch.Advance(entry.Position, entry.Next);
                    break;
                default:
                    _progress.CaughtUp(records - _batch.Entries);
                    return;
            }
        }
    }

    private void Write(SqliteStore store)
    {
        long began = _time.GetTimestamp();
        int applied = store.Write(_batch);
        _metrics.Delivered(SinkName, applied, _batch.Count - applied, _time.GetElapsedTime(began));
        if (_progress.Delivered(store.Cursor, _batch.Entries))
        {
            _logger.Recovered(SinkName);
        }
    }

    /// <summary>Waits until there is more output, then as long as rows are collected for one commit.</summary>
    private void WaitForMore(long position)
    {
        _progress.OldestMs = 0;
        using CancellationTokenSource wake = new(RetentionInterval, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(wake.Token, _stop.Token, _abort.Token);
        try
        {
            Task<Task> any = Task.WhenAny(_source.WaitBeyondAsync(position, either.Token).AsTask(), _suspected.WaitAsync(either.Token));
            any.GetAwaiter().GetResult().GetAwaiter().GetResult();
            Task.Delay(_options.BatchDelay, _time, _stop.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            // Stopping, or time to look for expired files: the caller's loop finds out which.
        }
        finally
        {
            either.Cancel();
        }
    }

    private void SetDamageAside()
    {
        if (_damage is { } damage)
        {
            new StoreFiles(_directory, _time, _metrics, _logger).SetAside(damage.File, damage.Message);
            _damage = null;
        }
    }

    /// <summary>Waits as the failure demands; returns the wait after the next one.</summary>
    private TimeSpan Recover(Exception? failure, TimeSpan delay)
    {
        if (failure is null or FileLostException)
        {
            return delay;
        }

        if (failure is SqliteStoreException { IsDamage: true } damaged)
        {
            _damage = damaged;
            return delay;
        }

        _progress.Failed(failure.Message);
        _metrics.Retried(SinkName, failure is SqliteStoreException ? "database" : "io");
        _logger.Retrying(SinkName, delay, failure.Message);

        // A store that cannot be written does not hold up the stop: the log keeps the rest.
        Task.Delay(delay, _time, _stop.Token).GetAwaiter().GetResult();
        return TimeSpan.FromTicks(Math.Min(delay.Ticks * 2, LastRetry.Ticks));
    }
}
