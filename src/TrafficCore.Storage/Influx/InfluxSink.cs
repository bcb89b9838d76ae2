using Microsoft.Extensions.Logging;
using TrafficCore.Log;
using TrafficCore.Storage.Delivery;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Storage.Influx;

/// <summary>Delivers the output to InfluxDB: sender, retry, isolation of refused points, and here the cursor over the output.</summary>
/// <remarks>
/// Ownership: one loop owns reader, batch and senders; <see cref="Cursor"/>, <see cref="Trouble"/> and <see cref="Publish"/> may be used from any
/// thread. The cursor is saved after the server's 2xx, so a batch may be sent again after a crash: the same points, which changes nothing.
/// </remarks>
public sealed class InfluxSink : IOutputSink, IAsyncDisposable
{
    internal const string SinkName = "influx";

    private readonly InfluxOptions _options;
    private readonly IOutputSource _source;
    private readonly CursorFile _cursor;
    private readonly TimeProvider _time;
    private readonly StorageMetrics _metrics;
    private readonly ILogger _logger;
    private readonly SinkProgress _progress;
    private readonly SinkRefill? _refill;
    private readonly GapRefill? _gapRefill;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly InfluxSender _sender;
    private readonly RetryingSender _retrying;
    private readonly IsolatingSender _isolating;
    private readonly DeadLetterFile _deadLetters;
    private readonly FieldMemory _memory;
    private readonly PointBatch _batch = new();
    private IReadOnlyList<IntersectionInfo>? _infos;
    private IReadOnlyList<IntersectionInfo> _unsentInfos = [];
    private Task _loop = Task.CompletedTask;

    /// <summary>Makes the sink; nothing is sent before <see cref="Start"/>.</summary>
    /// <param name="options">Options, validated.</param>
    /// <param name="directory">Directory of the dead-letter file.</param>
    /// <param name="source">The output.</param>
    /// <param name="cursor">Durable cursor of this sink.</param>
    /// <param name="time">Clock.</param>
    /// <param name="random">Jitter of the waits between attempts.</param>
    /// <param name="metrics">Metrics shared by the sinks.</param>
    /// <param name="logger">Logger.</param>
    /// <param name="refill">Where rows are read again that the output does not hold any more; null: they are skipped.</param>
    public InfluxSink(
        InfluxOptions options,
        string directory,
        IOutputSource source,
        CursorFile cursor,
        TimeProvider time,
        Random random,
        StorageMetrics metrics,
        ILogger<InfluxSink> logger,
        SinkRefill? refill = null)
    {
        _options = options;
        _source = source;
        _cursor = cursor;
        _time = time;
        _metrics = metrics;
        _logger = logger;
        _refill = refill;
        _progress = new SinkProgress(source, time);
        _memory = new FieldMemory(options.RememberedPoints);
        _deadLetters = new DeadLetterFile(Path.Combine(directory, "influx-dead-letters.lp"), options.DeadLetterBytes, time);
        _sender = new InfluxSender(options, time);
        _retrying = new RetryingSender(_sender, options, time, random, _progress, metrics, logger);
        _isolating = new IsolatingSender(_retrying, Refuse);
        _gapRefill = refill is null ? null : new GapRefill(refill, _batch, SendPointsAsync, options, _progress, metrics, time, logger);
        _progress.MoveTo(cursor.Position);
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
    public long RefilledRows => _progress.RefilledRows;

    /// <summary>Has the places of intersections written with the next batch: at start and when the network changes.</summary>
    public void Publish(IReadOnlyList<IntersectionInfo> infos) => Volatile.Write(ref _infos, infos);

    /// <inheritdoc/>
    public void Start()
    {
        _metrics.Watch(SinkName, () => _progress.Lag);
        _loop = Task.Run(RunAsync);
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellation)
    {
        await _stop.CancelAsync();
        await using (cancellation.UnsafeRegister(static abort => ((CancellationTokenSource)abort!).Cancel(), _abort))
        {
            await _loop;
        }
    }

    /// <summary>Stops at once; what was not delivered is delivered after the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        await _abort.CancelAsync();
        await StopAsync(CancellationToken.None);
        _sender.Dispose();
        _stop.Dispose();
        _abort.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (!await TryDeliverAsync())
            {
                await Task.Delay(_options.MaxRetryDelay, _time, _abort.Token);
            }
        }
        catch (OperationCanceledException) when (_abort.IsCancellationRequested)
        {
            // The rest is delivered after the next start.
        }
#pragma warning disable CA1031 // the last line of the loop: what is not expected is shown, not lost in a task
        catch (Exception e)
#pragma warning restore CA1031
        {
            _progress.Failed(e.Message);
            _logger.Defect(SinkName, e);
        }

        _logger.Stopped(SinkName, Cursor);
    }

    /// <summary>Delivers until it is told to stop; false when the output could not be read.</summary>
    private async Task<bool> TryDeliverAsync()
    {
        try
        {
            await DeliverAsync();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _progress.Failed(e.Message);
            _metrics.Retried(SinkName, "output");
            _logger.Retrying(SinkName, _options.MaxRetryDelay, e.Message);
            return false;
        }
    }

    private async Task DeliverAsync()
    {
        long position = StartPosition();
        _logger.Started(SinkName, position, _source.DurableEnd);
        using IOutputReader reader = _source.OpenReader(position);
        while (true)
        {
            // The loop may be running inside the cancellation's own call: without this it would spin there for ever.
            _abort.Token.ThrowIfCancellationRequested();
            OutputEntry? gap = Fill(reader);
            _unsentInfos = Interlocked.Exchange(ref _infos, null) ?? _unsentInfos;
            if (_batch.Next >= 0 || _unsentInfos.Count > 0)
            {
                position = Math.Max(position, _batch.Next);
                await SendBatchAsync(position);
            }
            else if (_stop.IsCancellationRequested)
            {
                return;
            }
            else if (gap is null)
            {
                await WaitForMoreAsync(position);
            }

            if (gap is { } lost)
            {
                if (!await TryMakeUpForAsync(lost))
                {
                    return;
                }

                position = lost.Next;
            }
        }
    }

    private long StartPosition()
    {
        long position = _cursor.Position;
        if (position > _source.DurableEnd)
        {
            _logger.CursorBeyondEnd(SinkName, position, _source.Start);
            position = _source.Start;
        }

        _progress.StartAt(position);
        return position;
    }

    /// <summary>Reads a batch; returns the gap that ended it, if one did: what is behind must not overtake what is refilled.</summary>
    private OutputEntry? Fill(IOutputReader reader)
    {
        _batch.Clear();
        while (_batch.Rows < _options.BatchPoints)
        {
            long records = _source.Records;
            switch (reader.Read(out OutputEntry entry))
            {
                case OutputStatus.Entry:
                    _progress.OldestMs = _batch.Next < 0 ? entry.ReceivedMs : _progress.OldestMs;
                    _batch.Add(entry);
                    break;
                case OutputStatus.Gap:
                    return entry;
                default:
                    _progress.CaughtUp(records - _batch.Entries);
                    return null;
            }
        }

        return null;
    }

    private async Task SendBatchAsync(long next)
    {
        await SendPointsAsync();
        await SaveCursorAsync(next);
        if (_progress.Delivered(next, _batch.Entries))
        {
            _logger.Recovered(SinkName);
        }
    }

    private async Task SendPointsAsync()
    {
        long began = _time.GetTimestamp();
        await DeleteWhatLosesFieldsAsync();
        _batch.Encode(_unsentInfos, _time.GetUtcNow().ToUnixTimeMilliseconds());
        if (_batch.Points > 0)
        {
            await _isolating.SendAsync(_batch.All, _abort.Token);
            _batch.Remember(_memory);
            _unsentInfos = [];
            _metrics.Delivered(SinkName, _batch.Points, _batch.Superseded, _time.GetElapsedTime(began));
        }
    }

    /// <summary>Refills what cannot be read any more, then moves over it; false when it is told to stop meanwhile, and begins again after the next start.</summary>
    private async Task<bool> TryMakeUpForAsync(OutputEntry gap)
    {
        if (_gapRefill is not null && !await _gapRefill.TryRunAsync(gap, _stop.Token, _abort.Token))
        {
            return false;
        }

        _logger.Gap(SinkName, gap.Position, gap.Next);
        _metrics.Gap(SinkName, gap.Next - gap.Position);
        _progress.Skipped(gap.Next - gap.Position);
        await SaveCursorAsync(gap.Next);
        if (_progress.Delivered(gap.Next, 0))
        {
            _logger.Recovered(SinkName);
        }

        _progress.StartAt(gap.Next);
        return true;
    }

    /// <summary>Nothing is read on before the cursor is durable: a disk that is full now is waited for.</summary>
    private async Task SaveCursorAsync(long next)
    {
        while (true)
        {
            try
            {
                _cursor.Save(next);
                _refill?.Reached(_batch.NewestMs);
                return;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _progress.Failed(e.Message);
                _metrics.Retried(SinkName, "cursor");
                _logger.Retrying(SinkName, _options.MaxRetryDelay, e.Message);
            }

            await Task.Delay(_options.MaxRetryDelay, _time, _abort.Token);
        }
    }

    /// <summary>InfluxDB merges the fields of a point that is written again: an old value would stay under a field that is unknown now.</summary>
    private async Task DeleteWhatLosesFieldsAsync()
    {
        List<FlowRow> rows = _options.DeleteBeforeRewrite ? _batch.RowsThatLoseFields(_memory) : [];
        if (rows.Count == 0)
        {
            return;
        }

        SendOutcome outcome = await _retrying.UntilDecidedAsync(() => _sender.DeleteAsync(rows, _abort.Token), _abort.Token);
        if (outcome.Result == SendResult.Done)
        {
            _metrics.Deleted(SinkName, rows.Count);
        }
        else
        {
            _logger.DeleteRefused(SinkName, rows.Count, outcome.Reason);
        }
    }

    private void Refuse(PointRange points, string reason)
    {
        _metrics.DeadLettered(SinkName, points.Count);
        _logger.DeadLettered(SinkName, points.Count, reason);
        try
        {
            _deadLetters.Append(points, reason);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _logger.DeadLetterFailed(SinkName, e.Message);
        }
    }

    private async Task WaitForMoreAsync(long position)
    {
        _progress.OldestMs = 0;
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, _abort.Token);
        try
        {
            await _source.WaitBeyondAsync(position, either.Token);
            await Task.Delay(_options.BatchDelay, _time, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // Stopping: the caller's loop delivers what is there.
        }
    }
}
