using TrafficCore.Log;
using TrafficCore.Pipeline.Ingest;

namespace TrafficCore.Pipeline.Dispatch;

/// <summary>Writes the passing of time into the input log: a tick a second while a shard has work, else one a minute.</summary>
/// <remarks>
/// Ownership: a timer's thread; calls do not overlap. A tick that finds the log full is left out and the next is due a second later:
/// a log that is full is full of newer times.
/// </remarks>
internal sealed class TickTimer : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan IdlePeriod = TimeSpan.FromMinutes(1);

    private readonly GroupCommitLog _input;
    private readonly ServiceClock _clock;
    private readonly IReadOnlyList<ShardLoop> _shards;
    private readonly InputRecordWriter _writer = new();
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private long _lastElapsedMs;
    private long _written;
    private long _refused;
    private bool _disposed;

    public TickTimer(GroupCommitLog input, ServiceClock clock, IReadOnlyList<ShardLoop> shards, TimeProvider time)
    {
        _input = input;
        _clock = clock;
        _shards = shards;
        _lastElapsedMs = clock.ElapsedMs;
        _timer = time.CreateTimer(static state => ((TickTimer)state!).OnTimer(), this, Period, Period);
    }

    /// <summary>Ticks written since the start.</summary>
    public long Written => Volatile.Read(ref _written);

    /// <summary>Ticks that found the log full.</summary>
    public long Refused => Volatile.Read(ref _refused);

    public void Dispose()
    {
        _timer.Dispose();
        lock (_gate)
        {
            _disposed = true;
        }
    }

    private void OnTimer()
    {
        lock (_gate)
        {
            if (_disposed || !IsDue())
            {
                return;
            }

            _writer.Begin(_input.Salt, _clock.NowMs, _clock.ElapsedMs);
            _writer.AddTick();
            if (_input.TryAppend(_writer.Complete(), 0, null, out _))
            {
                _lastElapsedMs = _clock.ElapsedMs;
                _written++;
            }
            else
            {
                _refused++;
            }
        }
    }

    private bool IsDue()
    {
        if (_clock.ElapsedMs - _lastElapsedMs >= (long)IdlePeriod.TotalMilliseconds)
        {
            return true;
        }

        foreach (var shard in _shards)
        {
            if (shard.HasWork)
            {
                return true;
            }
        }

        return false;
    }
}
