using TrafficCore.Log;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.Traffic.Readings;

namespace TrafficCore.Host.Ingress;

/// <summary>How a time stands to the bounds.</summary>
internal enum ClockVerdict : byte
{
    /// <summary>Within.</summary>
    Good,

    /// <summary>Not judged: the service distrusts its own clock.</summary>
    Unjudged,

    /// <summary>Before the bound.</summary>
    TooOld,

    /// <summary>Behind the bound.</summary>
    TooFarAhead,

    /// <summary>Not a time in milliseconds: says nothing about either clock.</summary>
    InSeconds,
}

/// <summary>
/// Judges times against the service's clock, and the clock against the devices: when most of them are out of bounds at once,
/// or UTC jumps against the monotonic clock, it is not they who are wrong.
/// </summary>
/// <remarks>
/// Ownership: shared by all sessions. What devices were heard is kept in plain array elements that sessions overwrite; a lost
/// write costs one device in one count. The alarm changes under a lock, together with its record in the log.
/// </remarks>
internal sealed class ClockGuard
{
    /// <summary>Fewer devices prove nothing about the clock (contract section 3).</summary>
    public const int MinDevices = 20;

    /// <summary>A device counts for so long after it was heard (contract section 3).</summary>
    public const long HeardMs = 60_000;

    /// <summary>A jump of UTC against the monotonic clock: far above what slewing (500 ppm) and scheduling do, far below any bound.</summary>
    public const long StepMs = 10_000;

    private const long EvaluateMs = 1_000;

    private readonly Lock _gate = new();
    private readonly IInputLog _log;
    private readonly ILogger _logger;
    private readonly InputRecordWriter _writer = new();
    private readonly SkewWatch? _skew;
    private readonly long _maxAgeMs;
    private readonly long _maxAheadMs;

    // Per device number: elapsed time when heard last, times two, plus one when it was out of bounds; 0 = never heard.
    private long[] _heard = new long[256];
    private volatile bool _alarmed;
    private long _offsetMs = long.MinValue;
    private long _steppedElapsedMs = long.MinValue / 2;
    private long _nextEvaluationMs;
    private int _outsideLeft;

    /// <param name="log">Takes the records of the alarm.</param>
    /// <param name="maxAge">Older times are too old; null: none is.</param>
    /// <param name="maxAhead">How far ahead a time may be.</param>
    /// <param name="logger">Logger.</param>
    /// <param name="skew">Estimates the devices' clocks. Null: what is judged was received earlier, so it says nothing about any clock of now.</param>
    public ClockGuard(IInputLog log, TimeSpan? maxAge, TimeSpan maxAhead, ILogger logger, SkewWatch? skew)
    {
        _skew = skew;
        _log = log;
        _logger = logger;
        _maxAgeMs = maxAge is { } age ? (long)age.TotalMilliseconds : long.MaxValue;
        _maxAheadMs = (long)maxAhead.TotalMilliseconds;
    }

    /// <summary>Whether readings are taken in unjudged.</summary>
    public bool IsAlarmed => _alarmed;

    /// <summary>Compares the two clocks; once per socket read.</summary>
    public void Observe(long receivedMs, long elapsedMs)
    {
        long offset = receivedMs - elapsedMs;
        long before = Volatile.Read(ref _offsetMs);
        if (before != offset)
        {
            // Small differences are slewing and reading the clocks one after the other: following them keeps them small.
            Volatile.Write(ref _offsetMs, offset);
        }

        if (before != long.MinValue && Math.Abs(offset - before) > StepMs)
        {
            Volatile.Write(ref _steppedElapsedMs, elapsedMs);
            Evaluate(receivedMs, elapsedMs);
        }
        else if ((_alarmed || IsRecent(elapsedMs)) && elapsedMs >= Volatile.Read(ref _nextEvaluationMs))
        {
            Evaluate(receivedMs, elapsedMs);
        }
    }

    /// <summary>Judges a time; one that the device did not send says nothing about either clock.</summary>
    public ClockVerdict Judge(uint device, long timestamp, uint interval, long receivedMs, long elapsedMs, bool sent)
    {
        if (!sent)
        {
            return _alarmed ? ClockVerdict.Unjudged : ClockVerdict.Good;
        }

        // Milliseconds of early 1970 would be too old for every bound; larger units are no time at all and do not come here.
        if (TimestampUnits.Of(timestamp) == TimestampUnit.Seconds)
        {
            return ClockVerdict.InSeconds;
        }

        long age = receivedMs - timestamp;
        bool outside = age > _maxAgeMs || -age > _maxAheadMs;
        if (_skew is null)
        {
            return Verdict(outside, age);
        }

        Hear(device, outside, elapsedMs);
        if (outside && !_alarmed && (Interlocked.Decrement(ref _outsideLeft) <= 0 || elapsedMs >= Volatile.Read(ref _nextEvaluationMs)))
        {
            Evaluate(receivedMs, elapsedMs);
        }

        if (_alarmed)
        {
            return ClockVerdict.Unjudged;
        }

        _skew.Take(device, age - interval, interval, elapsedMs);
        return Verdict(outside, age);
    }

    /// <summary>Gives an element its time, the one that was sent or else the receive time less its interval, and judges it.</summary>
    public RejectionReason Stamp(IntakeBatch batch, uint device, long? sent, uint interval, out long timestamp, out ReadingFlags flags)
    {
        timestamp = sent ?? batch.ReceivedMs - interval;
        ClockVerdict verdict = Judge(device, timestamp, interval, batch.ReceivedMs, batch.ElapsedMs, sent: sent is not null);
        flags = (sent is null ? ReadingFlags.ServerTime : ReadingFlags.None) | (verdict == ClockVerdict.Unjudged ? ReadingFlags.Unjudged : ReadingFlags.None);
        return Reasons.Of(verdict);
    }

    private static ClockVerdict Verdict(bool outside, long age) =>
        !outside ? ClockVerdict.Good : age > 0 ? ClockVerdict.TooOld : ClockVerdict.TooFarAhead;

    private void Hear(uint device, bool outside, long elapsedMs)
    {
        long[] heard = Volatile.Read(ref _heard);
        if (device >= (uint)heard.Length)
        {
            heard = Grow(device);
        }

        heard[device] = ((elapsedMs + 1) << 1) | (outside ? 1L : 0);
    }

    private long[] Grow(uint device)
    {
        lock (_gate)
        {
            if (device >= (uint)_heard.Length)
            {
                long[] larger = new long[Math.Max(_heard.Length * 2, (int)device + 1)];
                _heard.CopyTo(larger, 0);
                Volatile.Write(ref _heard, larger);
            }

            return _heard;
        }
    }

    private void Evaluate(long receivedMs, long elapsedMs)
    {
        lock (_gate)
        {
            (int heard, int outside) = CountUnderLock(elapsedMs);
            bool most = heard >= MinDevices && outside * 2 > heard;
            bool stepped = IsRecent(elapsedMs);

            // So many devices more must be out of bounds before the answer can change; the last term bounds the work per reading.
            Volatile.Write(ref _outsideLeft, Math.Max(Math.Max(1, (Math.Max(MinDevices, heard) / 2) - outside), _heard.Length >> 10));
            Volatile.Write(ref _nextEvaluationMs, elapsedMs + EvaluateMs);
            bool alarm = most || stepped;
            if (alarm == _alarmed)
            {
                return;
            }

            // The record is in the log before the first reading that it is about. Without room the state stays, and the next try is soon.
            _writer.Begin(_log.Salt, receivedMs, elapsedMs);
            _writer.AddClockAlarm(alarm);
            if (!_log.TryAppend(_writer.Complete(), 0, null, out _))
            {
                return;
            }

            _alarmed = alarm;
            if (alarm)
            {
                IngressLog.ClockAlarmOn(_logger, stepped ? "UTC stepped against the monotonic clock" : "most devices disagree with it", outside, heard);
            }
            else
            {
                IngressLog.ClockAlarmOff(_logger, outside, heard);
            }
        }
    }

    private bool IsRecent(long elapsedMs) => elapsedMs - Volatile.Read(ref _steppedElapsedMs) < HeardMs;

    private (int Heard, int Outside) CountUnderLock(long elapsedMs)
    {
        int heard = 0;
        int outside = 0;
        foreach (long entry in _heard)
        {
            if (entry != 0 && elapsedMs - ((entry >> 1) - 1) <= HeardMs)
            {
                heard++;
                outside += (int)(entry & 1);
            }
        }

        return (heard, outside);
    }
}
