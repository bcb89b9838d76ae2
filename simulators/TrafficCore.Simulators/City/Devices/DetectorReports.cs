using System.Buffers;
using TrafficCore.Simulators.City.Faults;
using TrafficCore.Simulators.City.Layout;
using TrafficCore.Simulators.City.Sending;

namespace TrafficCore.Simulators.City.Devices;

/// <summary>Detectors that send readings: ends their intervals, and sends each reading once within the interval that follows.</summary>
/// <remarks>Ownership: the engine. Times are model time unless they say Unix.</remarks>
internal sealed class DetectorReports
{
    private readonly CityMap _map;
    private readonly IReadOnlyList<DetectorState> _detectors;
    private readonly SenderNumbers _numbers;
    private readonly CityClock _clock;
    private readonly SenderFaults?[] _faults;
    private readonly SenderFaults[] _faulty;
    private readonly DetectorReading[] _closed;
    private readonly long[] _sequences;
    private readonly string?[] _topics;
    private readonly DetectorGroup[] _groups;
    private readonly Func<int, int> _momentOf;
    private readonly ArrayBufferWriter<byte> _text = new(4096);

    public DetectorReports(CityMap map, IReadOnlyList<DetectorState> detectors, ReportOptions options, FaultSchedule faults, CityClock clock, int seed)
    {
        (_map, _detectors, _clock, _numbers) = (map, detectors, clock, SenderNumbers.Of(map));
        _faults = [.. map.Detectors.Select(d => SenderFaults.OfDetector(faults, d))];
        _faulty = [.. _faults.OfType<SenderFaults>()];
        _closed = new DetectorReading[map.Detectors.Count];
        _sequences = new long[map.Detectors.Count];
        _topics = new string?[_numbers.Count];
        _momentOf = d => SenderNumbers.Moment(seed, d, map.Detectors[d].IntervalMs, options.IsSpread);

        // A faulty detector sends for itself, so that what goes wrong with it does not befall its neighbours.
        int SenderOf(int d) => options.IsGrouped && _faults[d] is null ? _numbers.Cabinet(map.Detectors[d].Intersection) : d;
        _groups = [.. map.Detectors.GroupBy(static d => d.IntervalMs, static d => d.Index).Select(g => new DetectorGroup(
            [.. g], new SendSchedule(g.Key, g.Select(SenderOf).Distinct().Select(s => (SenderNumbers.Moment(seed, s, g.Key, options.IsSpread), s)))))];
    }

    /// <summary>Told of each reading: of which detector, what it says, and whether it is sent in good form, now or later; null: nobody asks.</summary>
    public Action<int, DetectorReading, bool>? OnClosed { get; set; }

    /// <summary>Ends the intervals that end now.</summary>
    public void Close(long now)
    {
        foreach (var group in _groups)
        {
            if (!_clock.Ends(now, group.Schedule.Period))
            {
                continue;
            }

            foreach (var detector in group.Detectors)
            {
                var reading = _detectors[detector].Close(now);
                _closed[detector] = reading;
                if (reading.Start >= _clock.Begin)
                {
                    OnClosed?.Invoke(detector, reading, _faults[detector] is not { } faults || !faults.IsLost(now + _momentOf(detector), NumberOf(reading)));
                }
            }

            if (now > _clock.Begin)
            {
                group.Schedule.Restart();
            }
        }
    }

    /// <summary>Sends what is due in a step.</summary>
    public void Send(long now, long until, Outbox outbox)
    {
        foreach (var faults in _faulty)
        {
            faults.Release(now, _clock.UnixOffset, outbox, isEnd: false);
        }

        foreach (var group in _groups)
        {
            Send(group.Schedule, _clock.Unix(now), _clock.Unix(until), outbox);
        }
    }

    /// <summary>Sends everything that is left when the run ends.</summary>
    public void Finish(long now, Outbox outbox)
    {
        foreach (var group in _groups)
        {
            Send(group.Schedule, _clock.Unix(now), group.Schedule.EndOf(_clock.Unix(now)), outbox);
        }

        foreach (var faults in _faulty)
        {
            faults.Release(now, _clock.UnixOffset, outbox, isEnd: true);
        }
    }

    private static long NumberOf(in DetectorReading reading) => reading.Start / reading.Interval;

    private void Send(SendSchedule schedule, long nowUnix, long untilUnix, Outbox outbox)
    {
        while (schedule.TryTake(nowUnix, untilUnix, out var due, out var sender))
        {
            if (sender >= _numbers.Detectors)
            {
                SendTogether(sender, due, schedule.Period, outbox);
            }
            else if (_closed[sender].Start >= _clock.Begin)
            {
                SendOne(sender, due, outbox);
            }
        }
    }

    private void SendOne(int detector, long due, Outbox outbox)
    {
        var map = _map.Detectors[detector];
        var reading = _closed[detector];
        var message = new CityMessage(due, map.Intersection, detector, _topics[detector] ??= CityTopics.Detector(_map, map));
        _text.ResetWrittenCount();
        if (_faults[detector] is { } faults)
        {
            SendFaulty(faults, detector, message, reading, outbox);
            return;
        }

        ReadingPayload.Write(_text, null, _clock.Unix(reading.Start), _sequences[detector]++, reading);
        outbox.Add(message, _text.WrittenSpan);
    }

    private void SendFaulty(SenderFaults faults, int detector, in CityMessage message, in DetectorReading reading, Outbox outbox)
    {
        var due = message.DueMs - _clock.UnixOffset;
        if (faults.HasRebooted(due))
        {
            _sequences[detector] = 0;
        }

        // A detector that is mute counts and numbers all the same; the gap in the numbers tells what is missing.
        ReadingPayload.Write(_text, null, _clock.Unix(reading.Start) + faults.ClockError(reading.Start), _sequences[detector]++, reading);
        faults.Send(due, NumberOf(reading), message, _text.WrittenSpan, outbox);
    }

    private void SendTogether(int cabinet, long due, int period, Outbox outbox)
    {
        var intersection = _map.Intersections[cabinet - _numbers.Cabinet(0)];
        _text.ResetWrittenCount();
        foreach (var map in intersection.Detectors)
        {
            if (map.IntervalMs == period && _faults[map.Index] is null && _closed[map.Index].Start >= _clock.Begin)
            {
                _text.Text(_text.WrittenCount == 0 ? "["u8 : ","u8);
                ReadingPayload.Write(_text, map.Site.Id, _clock.Unix(_closed[map.Index].Start), _sequences[map.Index]++, _closed[map.Index]);
            }
        }

        if (_text.WrittenCount > 0)
        {
            _text.Text("]"u8);
            outbox.Add(new CityMessage(due, intersection.Index, cabinet, _topics[cabinet] ??= CityTopics.Detectors(intersection)), _text.WrittenSpan);
        }
    }

    private sealed record DetectorGroup(int[] Detectors, SendSchedule Schedule);
}
