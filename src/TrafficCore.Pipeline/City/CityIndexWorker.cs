using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using TrafficCore.Log;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Output;

namespace TrafficCore.Pipeline.City;

/// <summary>
/// The loop that makes the congestion index of the city: reads the output like a sink, with a cursor of its own, and puts rows of the city behind the
/// rows that they are made of.
/// </summary>
/// <remarks>
/// <para>Ownership: <see cref="Start"/> and the stop belong to the one who made it; the loop owns everything else; <see cref="Trouble"/> may be read
/// from any thread.</para>
/// <para>Nothing is published before the output is read to the end, and nothing again before the loop has found in the output what it published last.
/// So the output alone says what was published, and a crash at any point makes no row twice and loses none: what was not saved is read again.</para>
/// </remarks>
public sealed class CityIndexWorker : IAsyncDisposable
{
    // Corrections of other rows are coalesced to one a second as well.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // A stop waits for sinks as well; what is not read then is read after the next start.
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(2);

    private readonly CityIndexOptions _options;
    private readonly TrafficPipeline _pipeline;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CityIndexMetrics _metrics;
    private readonly CityMemory _memory;
    private readonly bool _isNew;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();
    private Task _loop = Task.CompletedTask;
    private volatile string? _notRead;
    private volatile string? _notSaved;
    private volatile string? _failed;
    private CityCounts _counts = new(0, 0, 0, 0);

    // The loop's, once it runs.
    private bool _isOpen;
    private CityIndexState _state;
    private OutputReader? _reader;
    private long _position;
    private long _publishFrom;
    private long _publishedAt;
    private long _savedPosition = -1;
    private long _savedAt;

    /// <summary>Makes the worker; nothing is read before <see cref="Start"/>.</summary>
    /// <param name="options">Options.</param>
    /// <param name="pipeline">The pipeline, recovered.</param>
    /// <param name="directory">Directory of its own, for what it remembers.</param>
    /// <param name="files">The disk.</param>
    /// <param name="time">Clock and timers.</param>
    /// <param name="meters">Where the meter is made.</param>
    /// <param name="logger">Where it logs.</param>
    public CityIndexWorker(
        CityIndexOptions options, TrafficPipeline pipeline, string directory, ILogFileSystem files, TimeProvider time, IMeterFactory meters, ILogger<CityIndexWorker> logger)
    {
        (_options, _pipeline, _time, _logger) = (options, pipeline, time, logger);
        _metrics = new CityIndexMetrics(meters);
        _memory = new CityMemory(directory, files, logger);
        _state = new CityIndexState(options, pipeline.Networks, time);
        _isNew = pipeline.Output.DurableEnd == 0;
    }

    /// <summary>Records that are read before it is looked whether something is to be published: about 0.1 s of work. Tests read fewer.</summary>
    internal int RecordsAStep { get; init; } = 20_000;

    /// <summary>Nothing was published before, also where there is output: it was all made by a replay.</summary>
    public bool IsNew
    {
        init => _isNew = value;
    }

    /// <summary>What is wrong at the moment, in words for an operator; null while it works.</summary>
    public string? Trouble => _failed ?? _notRead ?? _notSaved;

    /// <summary>Output position up to which it has read.</summary>
    public long Position => Volatile.Read(ref _counts).Position;

    /// <summary>Begins; returns at once, where nothing was published before with what it remembers on the disk.</summary>
    public void Start()
    {
        // Here and not in the loop: output that is on the disk before anything is remembered would be taken for that of an earlier release.
        _isOpen = _isNew && TryOpen();
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Takes what is durable, publishes what is due, remembers, and ends. The pipeline must still run; the token bounds the wait for its disk.</summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        await _stop.CancelAsync();
        await using (cancellation.UnsafeRegister(static abort => ((CancellationTokenSource)abort!).Cancel(), _abort))
        {
            await _loop;
        }
    }

    /// <summary>Stops at once; what was not published is published after the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        await _abort.CancelAsync();
        await StopAsync(CancellationToken.None);
        _stop.Dispose();
        _abort.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(Interval, _time);
            do
            {
                _isOpen = _isOpen || TryOpen();
                if (_isOpen)
                {
                    await StepAsync(isLast: false);
                }
            }
            while (await NextAsync(timer));

            if (_isOpen)
            {
                await StepAsync(isLast: true);
            }
        }
        catch (OperationCanceledException) when (_abort.IsCancellationRequested)
        {
            // What may not have been published is not remembered as published: after a restart the output tells.
        }
        catch (Exception exception)
        {
            // The last line of the loop; likewise.
            _failed = exception.Message;
            CityIndexLog.Failed(_logger, exception);
        }
        finally
        {
            _reader?.Dispose();
        }
    }

    private async Task<bool> NextAsync(PeriodicTimer timer)
    {
        try
        {
            return await timer.WaitForNextTickAsync(_stop.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Goes on from what is remembered; false when the disk refuses, which may pass.</summary>
    private bool TryOpen()
    {
        try
        {
            Open();
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Fail(exception);
            return false;
        }
    }

    private void Open()
    {
        var end = _pipeline.Output.DurableEnd;
        (_publishFrom, _savedAt) = (end, _time.GetTimestamp());
        if (TryRestore(end, out var reason))
        {
            _savedPosition = _position;
            CityIndexLog.Started(_logger, _position, end, _state.Windows);
        }
        else if (_isNew)
        {
            // What comes may be older than Keep by the clock; from here on there is something to go on from, however early the service is killed.
            Save();
        }
        else
        {
            // What lies further back can no longer be corrected. A window is published behind its end, so of those that end later everything is read.
            var beginning = _time.GetUtcNow() - _options.Keep;
            _state = new CityIndexState(_options, _pipeline.Networks, _time) { Beginning = beginning.ToUnixTimeMilliseconds() };
            _reader = _pipeline.Output.OpenReader(_pipeline.Output.Start, _state.Beginning, CityIndexState.Rows);
            CityIndexLog.BeginsAnew(_logger, reason, beginning);
        }

        Count();
        _metrics.Watch(() => _pipeline.Output.DurableEnd, () => Volatile.Read(ref _counts));
    }

    private bool TryRestore(long end, out string reason)
    {
        reason = "there is nothing";
        if (_memory.Load() is not var (bytes, position))
        {
            return false;
        }

        if (position > end)
        {
            reason = $"it is of output position {position}, but the output ends at {end}";
            return false;
        }

        reason = "another version of the program wrote it";
        if (CityStateCodec.Read(bytes, _options, _pipeline.Networks, _time) is not { } state)
        {
            return false;
        }

        (_state, _position) = (state, position);
        return true;
    }

    /// <summary>Reads to the end, publishes what is due, and remembers.</summary>
    private async Task StepAsync(bool isLast)
    {
        var began = _time.GetTimestamp();
        var isEnd = false;
        while (!isEnd && (isLast ? _time.GetElapsedTime(began) < StopPatience : !_stop.IsCancellationRequested))
        {
            isEnd = TryRead();
            if (_position >= _publishFrom && (isLast || _time.GetElapsedTime(_publishedAt) >= Interval))
            {
                isEnd &= !await PublishAsync();
            }

            SaveIfDue(isLast: false);
        }

        SaveIfDue(isLast);
    }

    /// <summary>Reads some of the output; true when there is no more now.</summary>
    private bool TryRead()
    {
        try
        {
            _reader ??= _pipeline.Output.OpenReader(_position, windows: CityIndexState.Rows);
            var left = RecordsAStep;
            while (left-- > 0 && _reader.Read(out var record) is var status && status != OutputReadStatus.End)
            {
                Take(status, in record);
            }

            _position = _reader.Position;
            Count();
            _notRead = null;
            return left >= 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Fail(exception);
            _reader?.Dispose();
            _reader = null;
            return true;
        }
    }

    /// <summary>Nothing can be read now; it is tried again with the next look, and logged once.</summary>
    private void Fail(Exception exception)
    {
        if (_notRead is null)
        {
            CityIndexLog.NotRead(_logger, exception);
        }

        _notRead = exception.Message;
    }

    private void Count() => Volatile.Write(ref _counts, new CityCounts(_position, _state.Late, _state.GivenUp, _state.Windows));

    private void Take(OutputReadStatus status, in OutputRecord record)
    {
        if (status == OutputReadStatus.Gap)
        {
            CityIndexLog.Gap(_logger, record.Position, record.Next);
        }
        else if (record.Window is { } window)
        {
            _state.Take(window, record.ReceivedMs);
        }
        else if (record.CityIndex is { } row)
        {
            _state.Take(row);
        }
    }

    /// <summary>Publishes what is due; true when that was something, which is then to be found in the output.</summary>
    private async Task<bool> PublishAsync()
    {
        _publishedAt = _time.GetTimestamp();
        var rows = _state.Due();
        if (rows.Count == 0)
        {
            return false;
        }

        await _pipeline.Outside.AppendAsync(
            rows.Select(static row => new OutsideRecord(RecordType.CityIndex, CityIndexCodec.Version, body => CityIndexCodec.Encode(body, row))),
            _abort.Token);
        _publishFrom = _pipeline.Output.DurableEnd;
        _metrics.Published(rows.Count);
        return true;
    }

    /// <summary>Remembers the state, when it can be gone on from: it holds the window of everything that is still to be published.</summary>
    private void SaveIfDue(bool isLast)
    {
        var isDue = isLast || _time.GetElapsedTime(_savedAt) >= _options.SaveEvery;
        if (isDue && _position != _savedPosition && !_state.HasLeaving)
        {
            Save();
        }
    }

    /// <summary>Remembers the state; a disk that refuses is asked again when the next save is due, and logged once.</summary>
    private void Save()
    {
        _savedAt = _time.GetTimestamp();
        try
        {
            _memory.Save(_state, _position);
            (_savedPosition, _notSaved) = (_position, null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (_notSaved is null)
            {
                CityIndexLog.NotSaved(_logger, exception);
            }

            _notSaved = exception.Message;
            _metrics.SaveFailed();
        }
    }
}
